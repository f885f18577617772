"""What a step leaves: pieces of its log, its files to be saved, and its page in a sandbox."""

import os
from pathlib import Path
from urllib.parse import unquote

import pytest

from jupyter_orchest_jobs.api.operations import NAMESPACE
from jupyter_orchest_jobs.domain.status import StepStatus
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import NOTEBOOK, a_finished_run, cache_page
from tests.servers import BASE, Ask

ODD_TITLES = {
    "Fit": "Fit",
    "Größe ü 模型": "Größe ü 模型",
    "a \"b\" 'c'; filename=x": "a \"b\" 'c'; filename=x",
    "a\nb\r\nSet-Cookie: x=1": "a_b__Set-Cookie: x=1",
    "../../etc/passwd": ".._.._etc_passwd",
    "a\\b\tc": "a_b_c",
    "<script>%0d%0a": "<script>%0d%0a",
}


async def test_a_log_comes_in_pieces_of_whole_characters(ask: Ask, store: SqliteStore) -> None:
    text = "début ✓\nfin\n"
    example = a_finished_run(store, log=text.encode())
    size = len(text.encode())
    whole = (await ask("GET", example.at("log"))).data
    assert whole == {
        "text": text,
        "offset": 0,
        "next_offset": size,
        "size": size,
        "finished": True,
        "attempt": 1,
        "tries": 1,
    }
    pieces, offset = [], 0
    while offset < size:
        piece = (await ask("GET", example.at("log"), offset=offset, limit=4)).data
        assert piece["offset"] == offset
        assert piece["finished"] == (piece["next_offset"] == size)
        pieces.append(piece["text"])
        assert piece["next_offset"] > offset
        offset = piece["next_offset"]
    assert "".join(pieces) == text


async def test_the_end_of_a_log_is_counted_from_behind(ask: Ask, store: SqliteStore) -> None:
    example = a_finished_run(store, log=b"0123456789")
    assert (await ask("GET", example.at("log"), offset=-3)).data["text"] == "789"
    assert (await ask("GET", example.at("log"), offset=-99)).data["offset"] == 0
    beyond = (await ask("GET", example.at("log"), offset=99)).data
    assert (beyond["text"], beyond["offset"], beyond["next_offset"]) == ("", 10, 10)


async def test_the_log_of_a_running_step_goes_on(ask: Ask, store: SqliteStore) -> None:
    example = a_finished_run(store, log=b"so far", status=StepStatus.RUNNING, finished_at=None)
    piece = (await ask("GET", example.at("log"))).data
    assert not piece["finished"]
    with (example.folder / "log.txt").open("ab") as file:
        file.write(b", and on")
    more = (await ask("GET", example.at("log"), offset=piece["next_offset"])).data
    assert more["text"] == ", and on"


async def test_numbers_that_make_no_sense_are_refused(ask: Ask, store: SqliteStore) -> None:
    example = a_finished_run(store)
    for offset in ("x", "1.5", "", 2**70, "9" * 5000):
        answer = await ask("GET", example.at("log"), offset=offset)
        assert (answer.status, answer.data["code"]) == (400, "malformed"), offset
    for limit in (0, -1, 2**40):
        assert (await ask("GET", example.at("log"), limit=limit)).status == 400, limit


async def test_files_are_saved_under_the_name_of_run_and_step(ask: Ask, store: SqliteStore) -> None:
    content = b"\x00\xff one\n" * 200_000  # more than one piece, and no text
    for number, (title, shown) in enumerate(ODD_TITLES.items(), 1):
        example = a_finished_run(store, title=title, log=content)
        answer = await ask("GET", example.at("log.txt"))
        assert answer.body == content
        disposition = answer.headers["Content-Disposition"]
        kind, _, name = disposition.partition("; filename*=utf-8''")
        assert kind == "attachment"
        assert unquote(name) == f"run-{number}.1-{shown}.log"
        assert not set(name) & set(" +;\"'\n\r<>")
        assert "x=1" not in answer.headers.get("Set-Cookie", "")


async def test_the_notebook_is_saved_as_it_is(ask: Ask, store: SqliteStore) -> None:
    answer = await ask("GET", a_finished_run(store).at("notebook.ipynb"))
    assert answer.body == NOTEBOOK
    assert answer.headers["Content-Disposition"].endswith("''run-1.1-fit.ipynb")


async def test_whatever_is_opened_directly_is_shut_in(
    ask: Ask, store: SqliteStore, state_dir: Path
) -> None:
    example = a_finished_run(store, log=b"<script>alert(1)</script>")
    cache_page(example, state_dir)
    for tail, sandbox in {
        "log.txt": "sandbox",
        "notebook.ipynb": "sandbox",
        "html": "sandbox allow-scripts",
    }.items():
        headers = (await ask("GET", example.at(tail))).headers
        policy = [part.strip() for part in headers["Content-Security-Policy"].split(";")]
        assert sandbox in policy, tail
        assert "default-src 'none'" in policy, tail
        assert "frame-ancestors 'self'" in policy, tail
        assert "allow-same-origin" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("what", ["link", "folder", "pipe"])
async def test_what_a_step_put_in_the_place_of_its_results_is_not_read(
    ask: Ask, store: SqliteStore, tmp_path: Path, what: str
) -> None:
    example = a_finished_run(store)
    secret = tmp_path / "secret"
    secret.mkdir()
    for name in ("log.txt", "notebook.ipynb"):
        (secret / name).write_bytes(NOTEBOOK.replace(b"{}", b'{"secret": 1}'))
        path = example.folder / name
        path.unlink()
        if what == "link":
            path.symlink_to(secret / name)
        elif what == "pipe":
            os.mkfifo(path)
    if what == "folder":
        example.folder.rmdir()
        example.folder.symlink_to(secret)
    for tail in ("log", "log.txt", "notebook.ipynb", "html"):
        answer = await ask("GET", example.at(tail))
        assert answer.status == 404, tail
        assert b"secret" not in answer.body
    (step,) = (await ask("GET", f"runs/{example.run.id}")).data["steps"]
    assert (step["has_log"], step["has_notebook"]) == (False, False)


async def test_names_without_end_are_cut(ask: Ask, store: SqliteStore) -> None:
    example = a_finished_run(store, title="模" * 100_000)
    answer = await ask("GET", example.at("log.txt"))
    name = unquote(answer.headers["Content-Disposition"].partition("''")[2])
    assert (len(name), name[:10], name[-6:]) == (120, "run-1.1-模模", "模模.log")


async def test_a_page_is_framed_for_whoever_could_leave_it(
    ask: Ask, fetch: Ask, jp_auth_header: dict[str, str], store: SqliteStore, state_dir: Path
) -> None:
    example = a_finished_run(store, title='Fit "><script>alert(1)</script>')
    cache_page(example, state_dir, "dark")
    asked = await ask("GET", example.at("html"), theme="dark", framed="true")
    path = f"{BASE}{NAMESPACE}/{example.at('html')}?theme=dark"
    alone = await fetch("GET", path, headers={**jp_auth_header, "Sec-Fetch-Dest": "document"})
    assert alone.text == asked.text
    assert 'src="html?theme=dark#failure"' in asked.text
    assert '<iframe sandbox="allow-scripts"' in asked.text
    assert "<script" not in asked.text
    policy = [part.strip() for part in asked.headers["Content-Security-Policy"].split(";")]
    assert {"default-src 'none'", "frame-src 'self'", "frame-ancestors 'self'"} <= set(policy)
    assert not any(part.startswith(("sandbox", "script-src")) for part in policy)
    framed = await fetch("GET", path, headers={**jp_auth_header, "Sec-Fetch-Dest": "iframe"})
    assert "sandbox allow-scripts" in framed.headers["Content-Security-Policy"]
    assert (await ask("GET", example.at("html"), framed="maybe")).status == 400


async def test_a_page_comes_from_the_cache_in_the_theme_that_is_asked_for(
    ask: Ask, store: SqliteStore, state_dir: Path
) -> None:
    example = a_finished_run(store, title="Fit <b>")
    light, dark = (cache_page(example, state_dir, theme) for theme in ("light", "dark"))
    assert (await ask("GET", example.at("html"))).text == light
    assert (await ask("GET", example.at("html"), theme="dark")).text == dark
    odd = await ask("GET", example.at("html"), theme="<script>")
    assert odd.text == light


async def test_a_page_is_made_of_the_notebook(ask: Ask, store: SqliteStore) -> None:
    cell = b'{"cell_type": "markdown", "metadata": {}, "source": "# Results"}'
    notebook = NOTEBOOK.replace(b'"cells": []', b'"cells": [' + cell + b"]")
    answer = await ask("GET", a_finished_run(store, notebook=notebook).at("html"))
    assert answer.status == 200
    assert "Results" in answer.text


async def test_what_is_not_a_notebook_is_told_in_plain_words(ask: Ask, store: SqliteStore) -> None:
    broken = a_finished_run(store, notebook=b"100 % <b>broken</b>")
    answer = await ask("GET", broken.at("html"))
    assert answer.status == 422
    assert "not a notebook" in answer.text
    assert answer.headers["Content-Type"].startswith("text/plain")
    missing = a_finished_run(store, notebook=None)
    answer = await ask("GET", missing.at("html"))
    assert (answer.status, answer.text) == (404, "This step has no notebook yet.")
    assert (await ask("GET", missing.at("notebook.ipynb"))).status == 404


async def test_logs_of_earlier_tries_are_listed_read_and_saved(
    ask: Ask, store: SqliteStore
) -> None:
    example = a_finished_run(store, log=b"second", tries=2)
    (example.folder / "try-1.log.txt").write_bytes(b"first")
    (step,) = (await ask("GET", f"runs/{example.run.id}")).data["steps"]
    assert (step["tries"], step["max_tries"]) == (2, 3)
    assert step["logs"] == [{"attempt": 1, "tries": [1, 2]}]
    last = (await ask("GET", example.at("log"))).data
    assert (last["text"], last["attempt"], last["tries"]) == ("second", 1, 2)
    first = (await ask("GET", example.at("log"), attempt=1, **{"try": 1})).data
    assert (first["text"], first["finished"], first["tries"]) == ("first", True, 1)
    saved = await ask("GET", example.at("log.txt"), **{"try": 1})
    assert saved.body == b"first"
    assert saved.headers["Content-Disposition"].endswith("''run-1.1-Fit.attempt-1.try-1.log")
    assert (await ask("GET", example.at("log.txt"))).body == b"second"


async def test_logs_of_attempts_and_tries_that_never_were_are_not_found(
    ask: Ask, store: SqliteStore
) -> None:
    example = a_finished_run(store)
    for tail in ("log", "log.txt"):
        for query, said in (({"attempt": 2}, "no attempt 2"), ({"try": 3}, "no log of try 3")):
            answer = await ask("GET", example.at(tail), **query)
            assert (answer.status, said in answer.text) == (404, True), (tail, query)
        for value in ("0", "-1", "x", str(2**40)):
            for name in ("attempt", "try"):
                assert (await ask("GET", example.at(tail), **{name: value})).status == 400


async def test_runs_steps_and_jobs_that_do_not_exist_are_not_found(
    ask: Ask, store: SqliteStore
) -> None:
    example = a_finished_run(store)
    for tail in ("log", "log.txt", "html", "notebook.ipynb"):
        for path in (
            f"runs/none/steps/{example.step}/{tail}",
            f"runs/{example.run.id}/steps/x/{tail}",
        ):
            answer = await ask("GET", path)
            assert answer.status == 404
            assert answer.text
    for path in ("runs/none", "runs/none/pipeline", "jobs/none"):
        assert (await ask("GET", path)).data["code"] == "not_found"


async def test_a_run_tells_its_steps_and_its_pipeline(ask: Ask, store: SqliteStore) -> None:
    example = a_finished_run(store)
    run = (await ask("GET", f"runs/{example.run.id}")).data
    assert (run["status"], run["attempt"], run["metrics"]) == ("succeeded", 1, {"score": 0.5})
    assert run["parameters"] == {"pipeline_parameters": {"depth": 1}}
    (step,) = run["steps"]
    assert (step["title"], step["kind"], step["cells_done"]) == ("Fit", "notebook", 2)
    assert (step["has_log"], step["has_notebook"]) == (True, True)
    assert step["finished_at"] == "2024-02-29T12:00:03.123Z"
    frozen = (await ask("GET", f"runs/{example.run.id}/pipeline")).data["document"]
    assert frozen["parameters"] == {"depth": 1}
    assert frozen["steps"].keys() == {example.step}
