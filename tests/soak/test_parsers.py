"""A million texts that find their way through the parsers."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.factories import PROJECTS, pipeline_text

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(7200),
    pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed"),
]

RUNS = 1_000_000
SECONDS = 10
"""A text that takes longer than this is taken for one that hangs."""
SEEDS = {
    "json": ['{"a": [1, 2.5e3, "\\ud83d\\ude00", null]}'],
    "text": ['[NaN, {"a": 1, "a": 2}]', "[" * 70],
    "pipeline": [pipeline_text(), '{"steps": {"a": {"incoming_connections": ["a"]}}}'],
    "parameters": ['{"pipeline_parameters": {"n": [1, 2]}, "a": {"n": [{}]}}', '{"x": {"n": 1}}'],
    "setting": ["a.n=[1]", "pipeline.x=[true]"],
    "cron": ["30 2 * * 1-5", "*/5 0-23/2 1,15 jan MON", "@daily"],
    "cell": ["x = 1\ny: int = -2.5\nz = [1, {'a': None}]", "f'{x}'"],
}
"""What each of the targets of ``parsers.py`` begins with, in their order."""


def test_no_text_breaks_a_parser_or_keeps_it_busy(tmp_path: Path) -> None:
    wild = [path.read_text() for path in sorted((PROJECTS / "wild").glob("*.orchest"))]
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for target, texts in enumerate(SEEDS.values()):
        for number, text in enumerate([*texts, *(wild if target == 2 else [])]):
            (corpus / f"{target}-{number}").write_bytes(bytes([target]) + text.encode())
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.soak.parsers"),
            *(f"-runs={RUNS}", f"-timeout={SECONDS}", "-max_len=4096", "-rss_limit_mb=2000"),
            *(f"-artifact_prefix={tmp_path}/", str(corpus)),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    assert f"Done {RUNS} runs" in done.stderr
