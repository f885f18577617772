"""Bytes that atheris makes up on its way through our parsers; a program, as it ends its process.

It ends badly at the first bytes that raise anything but a refusal, or take too long.
"""

import sys
from collections.abc import Callable
from contextlib import suppress

import atheris

with atheris.instrument_imports(include=["jupyter_orchest_jobs.domain"]):
    from jupyter_orchest_jobs.domain import cron, jsontext
    from jupyter_orchest_jobs.domain.cellparameters import read_parameters
    from jupyter_orchest_jobs.domain.parameters import read_parameters_file, read_setting
    from jupyter_orchest_jobs.domain.pipeline import Pipeline, read_pipeline
    from jupyter_orchest_jobs.errors import InvalidInput

_PIPELINE = '{"steps": {"a": {"title": "A", "file_path": "a.py", "parameters": {"n": 1}}}}'


def _targets() -> list[Callable[[bytes, str], object]]:
    pipeline: Pipeline = read_pipeline(_PIPELINE, "p.orchest")
    return [
        lambda data, text: jsontext.parse(jsontext.decode(data, "f"), "f"),
        lambda data, text: jsontext.parse(text, "f"),
        lambda data, text: read_pipeline(text, "f"),
        lambda data, text: read_parameters_file(text, "f", pipeline),
        lambda data, text: read_setting(text, pipeline),
        lambda data, text: cron.parse(text),
        lambda data, text: read_parameters(text),
    ]


def main() -> None:
    """Try as many bytes as the command line says (``-runs=…``)."""
    targets = _targets()

    def one(data: bytes) -> None:
        if data:
            rest = data[1:]
            with suppress(InvalidInput, jsontext.JsonProblem):  # they are answers
                targets[data[0] % len(targets)](rest, rest.decode("utf-8", "surrogateescape"))

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
