"""One table says what can be asked; tornado, the calls and the document agree with it."""

from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.api import openapi
from jupyter_orchest_jobs.api.calls import CALLS
from jupyter_orchest_jobs.api.operations import NAMESPACE, OPERATIONS
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import a_finished_run, cache_page, write_environment
from tests.api.routes import our_routes, targets
from tests.servers import Ask


def test_the_file_is_what_the_code_says() -> None:
    assert openapi.FILE.read_text("utf-8") == openapi.text()


def test_every_reference_in_the_document_leads_somewhere() -> None:
    document = openapi.document()
    references = set(_references(document))
    assert references
    for reference in references:
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


def test_names_and_paths_are_unique() -> None:
    assert len({operation.name for operation in OPERATIONS}) == len(OPERATIONS)
    assert len({(one.method, one.path) for one in OPERATIONS}) == len(OPERATIONS)


def test_every_operation_with_json_has_its_call_and_no_other() -> None:
    json = {one.name for one in OPERATIONS if one.content == "application/json"}
    assert json == CALLS.keys()


def test_everything_that_changes_something_is_no_get() -> None:
    for operation in OPERATIONS:
        assert (operation.action == "read") == (operation.method == "GET"), operation.name


def test_tornado_has_the_routes_of_the_table(jp_web_app: Any) -> None:
    found = {
        (route.path, method, operation.name)
        for route in our_routes(jp_web_app)
        for method, operation in route.operations.items()
    }
    assert found == {(f"/{NAMESPACE}/{one.path}", one.method, one.name) for one in OPERATIONS}


def test_each_path_leads_to_its_own_operations(jp_web_app: Any) -> None:
    for operation in OPERATIONS:
        operations = targets(jp_web_app, operation)["operations"]
        assert operations[operation.method] is operation


async def test_every_operation_answers_as_the_document_says(
    ask: Ask, store: SqliteStore, state_dir: Path
) -> None:
    example = a_finished_run(store)
    cache_page(example, state_dir)
    write_environment(state_dir)
    bodies = {
        "create_job": {"pipeline_path": "missing.orchest"},
        "change_settings": {"max_runs": 3},
        "change_job": {"name": "other"},
        "duplicate_job": {"snapshot": "own"},
        "preview_schedule": {"schedule": {"kind": "now"}},
        "pin_run": {"pinned": False},
        "act_on_runs": {"act": "cancel", "ids": [example.run.id]},
        "expand_grid": {"parameters": {}},
        "select_runs": {"parameters": {}, "include": True},
        "write_parameters_file": {"pipeline_path": "missing.orchest"},
    }
    refused = {
        "create_job": 404,
        "write_parameters_file": 404,
        # The example has neither a snapshot nor a working copy.
        **dict.fromkeys(("get_snapshot", "get_snapshot_changes"), 404),
        **dict.fromkeys(("download_run_file", "download_run_files"), 404),
        **dict.fromkeys(("start_job", "cancel_job", "pause_job", "resume_job"), 409),
        **dict.fromkeys(("refresh_snapshot", "run_now", "retry_batch"), 409),
        "freeze_environment": 409,
        **dict.fromkeys(("cancel_run", "retry_run", "resume_run"), 409),
    }
    # What deletes comes last, and the job, with its runs, at the very end.
    for operation in sorted(
        OPERATIONS, key=lambda one: (one.method == "DELETE", one.name == "delete_job")
    ):
        body = bodies.get(operation.name, {} if operation.request else None)
        answer = await ask(operation.method, example.fill(operation.path), body)
        assert answer.status == refused.get(operation.name, operation.status), operation.name


def _references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [found for item in part for found in _references(item)]
    if not isinstance(part, dict):
        return []
    own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
    return own + [found for item in part.values() for found in _references(item)]
