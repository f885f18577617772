"""Requests made from the OpenAPI document by schemathesis, and what is asked of every answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from jupyter_orchest_jobs.api import openapi

PIPELINE = "main.orchest"
"""The pipeline of the project that is served; else no job could be made by chance."""
DOCUMENT = openapi.document()

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
Ids = Mapping[str, Mapping[str, str]]
"""First part of a path (``jobs``, ``runs``) → the parameters of such a path that exist."""


@dataclass
class Fuzz:
    """A server under fire.

    Attributes:
        address: with the base URL, without a slash at the end.
        headers: of every request: who asks.
        ids: gives a new job with a run, whenever it is called.
        folder: may be filled: the only one below which the server is told to make folders.
        counts: operation → requests made of it.
    """

    address: str
    headers: Mapping[str, str]
    ids: Callable[[], Ids]
    folder: Path
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Requests made of all operations."""
        return sum(self.counts.values())

    def all(self, cases: int, check: Callable[[Any, requests.Response], None]) -> None:
        """Ask for every operation, so many times each: half of it as documented, half not.

        Args:
            check: what each answer must be; raises otherwise.
        """
        schema = schemathesis.openapi.from_dict(DOCUMENT)
        schema.config.update(base_url=self.address)
        with requests.Session() as session:
            for found in schema.get_all_operations():
                operation = found.ok()
                # Every text is a possible path: there is nothing to do wrong.
                wrong = bool(operation.body or operation.query)
                modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
                for mode in modes if wrong else modes[:1]:
                    self._one(session, operation, mode, cases if wrong else 2 * cases, check)

    def _one(
        self,
        session: requests.Session,
        operation: Any,
        mode: GenerationMode,
        cases: int,
        check: Callable[[Any, requests.Response], None],
    ) -> None:
        name = operation.definition.raw["operationId"]
        known = dict(self.ids().get(operation.path.split("/")[2], {}))
        wanted = {one.name: known[one.name] for one in operation.path_parameters}
        random = operation.as_strategy(mode)
        fixed = operation.as_strategy(mode, path_parameters=wanted) if wanted else random

        @settings(
            max_examples=cases,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.one_of(fixed, fixed, random))
        def ask(case: Any) -> None:
            body = case.body
            if isinstance(body, dict) and isinstance(body.get("pipeline_path"), str):
                body["pipeline_path"] = PIPELINE
            if isinstance(body, dict) and str(body.get("data_dir")).startswith(("/", "~/")):
                body["data_dir"] = f"{self.folder}{body['data_dir']}"
            answer = case.call(session=session, headers=dict(self.headers), allow_redirects=False)
            self.counts[name] = self.counts.get(name, 0) + 1
            check(case, answer)

        ask()


def conforms(case: Any, answer: Any) -> None:
    """Fail unless an answer is as the document says, and what it can't mean was refused."""
    case.validate_response(answer, checks=_CHECKS)


def refuses(case: Any, answer: Any) -> None:
    """Fail unless a stranger was sent away."""
    what = f"{case.method} {case.formatted_path} → {answer.status_code}"
    if answer.status_code == 302:  # a page for people: to the login
        assert "/login?" in str(answer.headers.get("location")), what
    else:
        assert answer.status_code in (401, 403), what
    assert b"Fit" not in answer.content, what
