"""Whatever is asked, the server answers, and as the document says: requests made by chance."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.api.operations import OPERATIONS
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import a_finished_run, cache_page, write_environment, write_project
from tests.api.fuzzing import PIPELINE, Fuzz, Ids, conforms, refuses
from tests.factories import pipeline_text
from tests.servers import BASE

EACH = 6
"""Requests of each kind for each operation: more than 500 in all."""


@pytest.fixture
def ids(store: SqliteStore, state_dir: Path, jp_root_dir: Path) -> Callable[[], Ids]:
    write_project(jp_root_dir, {PIPELINE: pipeline_text(), "a.py": ""})
    write_environment(state_dir)

    def ids() -> Ids:
        example = a_finished_run(store)
        cache_page(example, state_dir)
        environment = example.job.environments.items[0].id
        return {
            "jobs": {"id": example.job.id, "environment": environment, "number": "1"},
            "runs": {"id": example.run.id, "step": example.step},
        }

    return ids


@pytest.fixture
def address(http_server_client: Any, http_server_port: Any) -> str:
    return f"http://127.0.0.1:{http_server_port[1]}{BASE.rstrip('/')}"


@pytest.mark.slow
async def test_requests_made_by_chance_are_answered_as_documented(
    address: str, ids: Callable[[], Ids], jp_auth_header: Mapping[str, str], tmp_path: Path
) -> None:
    fuzz = Fuzz(address, jp_auth_header, ids, tmp_path)
    await asyncio.to_thread(fuzz.all, EACH, conforms)
    assert fuzz.counts.keys() == {one.name for one in OPERATIONS}
    assert fuzz.total >= 500


@pytest.mark.slow
async def test_requests_made_by_chance_without_a_token_are_refused(
    address: str, ids: Callable[[], Ids], tmp_path: Path
) -> None:
    fuzz = Fuzz(address, {}, ids, tmp_path)
    await asyncio.to_thread(fuzz.all, EACH // 3, refuses)
    assert fuzz.counts.keys() == {one.name for one in OPERATIONS}
