"""The grammar, the exit codes, and what is said where something is refused."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_orchest_jobs._version import __version__
from jupyter_orchest_jobs.cli import config as cli_config
from jupyter_orchest_jobs.cli.main import main
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.contract import JobQuery
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import a_finished_run, write_project
from tests.factories import pipeline_text

Captured = pytest.CaptureFixture[str]


def refused(capsys: Captured, *arguments: str) -> str:
    """Run a command that is refused, and return what it said."""
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    return captured.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["walk"],
        ["run"],
        ["jobs"],
        ["jobs", "show"],
        ["jobs", "list", "--limit", "many"],
        ["runs", "log"],
        ["run", "a.orchest", "--unknown"],
        ["serve", "--json"],
    ],
    ids=" ".join,
)
def test_what_is_not_in_the_grammar_is_refused(arguments: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as exit:
        main(arguments)
    assert exit.value.code == 2
    assert "usage: jupyter orchest-jobs" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        *([], ["run"], ["jobs"], ["jobs", "list"], ["jobs", "edit"], ["runs"], ["runs", "log"]),
        *(["schedule"], ["settings"], ["serve"]),
    ],
    ids=" ".join,
)
def test_every_command_explains_itself(arguments: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as exit:
        main([*arguments, "--help"])
    assert exit.value.code == 0
    assert "usage: jupyter orchest-jobs" in capsys.readouterr().out


def test_the_version_is_the_packages(capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.strip() == __version__


def test_help_needs_neither_service_nor_libraries() -> None:
    code = (
        "import sys\nfrom jupyter_orchest_jobs.cli.main import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'pydantic', 'sqlalchemy', 'rich', 'tornado', 'traitlets', 'nbformat',"
        " 'jupyter_orchest_jobs.service'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_jupyter_finds_the_command() -> None:
    command = Path(sys.executable).with_name("jupyter")
    done = subprocess.run(
        [command, "orchest-jobs", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == __version__


@pytest.mark.parametrize(
    "arguments",
    [
        ["jobs", "show", "1"],
        ["jobs", "cancel", "1"],
        ["jobs", "edit", "1", "--name", "x"],
        ["jobs", "firings", "1"],
        ["jobs", "delete", "1", "--yes"],
        ["runs", "list", "1"],
        ["runs", "pin", "1.1"],
        ["runs", "show", "1.1"],
        ["runs", "log", "1.1"],
        ["runs", "cancel", "1.1"],
    ],
    ids=" ".join,
)
def test_looking_where_nothing_is_creates_nothing(
    arguments: list[str], capsys: Captured, home: Path, state: StateDir
) -> None:
    assert str(state.root) in refused(capsys, *arguments)
    assert list(home.iterdir()) == []


def test_a_list_of_no_jobs_says_where_it_looked_and_creates_nothing(
    capsys: Captured, home: Path, state: StateDir
) -> None:
    assert main(["jobs", "list"]) == 0
    assert str(state.root) in capsys.readouterr().out
    assert main(["jobs", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert list(home.iterdir()) == []


def test_the_state_directory_can_be_said_or_configured(
    capsys: Captured, home: Path, tmp_path: Path
) -> None:
    assert main(["jobs", "list", "--state-dir", str(tmp_path / "said")]) == 0
    assert str(tmp_path / "said") in capsys.readouterr().out
    config = home / ".jupyter-config"
    write_project(config, {"jupyter_server_config.py": "c.OrchestJobsApp.state_dir = '~/mine'"})
    assert main(["jobs", "list"]) == 0
    assert f"{home}/mine" in capsys.readouterr().out


def test_the_command_line_learns_that_hosts_share_the_directory(home: Path) -> None:
    assert cli_config.shared_by_hosts(None) is None
    text = "c.OrchestJobsApp.shared_by_hosts = True"
    write_project(home / ".jupyter-config", {"jupyter_server_config.py": text})
    assert cli_config.shared_by_hosts(None) is True
    # Of another directory nothing was said.
    assert cli_config.shared_by_hosts("/elsewhere") is None


def test_a_broken_configuration_is_told(capsys: Captured, home: Path) -> None:
    write_project(home / ".jupyter-config", {"jupyter_server_config.py": "c.Orchest = ("})
    said = refused(capsys, "jobs", "list")
    assert "jupyter_server_config" in said
    assert "--state-dir" in said


def test_what_does_not_exist_is_told(capsys: Captured, store: SqliteStore) -> None:
    example = a_finished_run(store)
    assert "no job 7" in refused(capsys, "jobs", "show", "7")
    assert "no run 1.9" in refused(capsys, "runs", "show", "1.9")
    said = refused(capsys, "runs", "log", "1.1", "--step", "Nope")
    assert "'Nope'" in said
    assert "“Fit”" in said
    assert "has ended" in refused(capsys, "jobs", "cancel", "1")
    assert "has ended" in refused(capsys, "runs", "cancel", example.run.id[:8])


def test_a_state_directory_that_cannot_be_used_is_told(capsys: Captured, home: Path) -> None:
    write_project(home, {"file": "", "bad/orchest-jobs.sqlite/no": "database"})
    write_project(home, {"main.orchest": pipeline_text(), "a.py": ""})
    assert "bad" in refused(capsys, "jobs", "list", "--state-dir", "bad")
    assert "file" in refused(capsys, "run", "main.orchest", "--state-dir", "file/jobs")


BAD_PIPELINES = {
    "none.orchest": (None, "There is no file none.orchest"),
    "json.orchest": ('{\n"steps": [}', r"json\.orchest:2:11: is not valid JSON"),
    "shape.orchest": ("[]", r"shape\.orchest:1:1: is not a pipeline"),
    "empty.orchest": (pipeline_text({}), r"empty\.orchest: has no steps; add one"),
    "file.orchest": (
        pipeline_text({"x": {"title": "Load", "file_path": "gone.py"}}),
        r"file\.orchest.*: step “Load”: there is no file gone\.py; create it or correct",
    ),
    "cycle.orchest": (
        pipeline_text({"a": {"incoming_connections": ["b"]}, "b": {"incoming_connections": ["a"]}}),
        r"cycle\.orchest:\d+:\d+: the steps depend on each other in a circle: “[AB]” → “[AB]”",
    ),
    "edge.orchest": (
        pipeline_text({"a": {"incoming_connections": ["z"]}}),
        r"edge\.orchest:\d+:\d+: step “A”: depends on step z, which is not in the pipeline; remove",
    ),
}


@pytest.mark.parametrize("name", BAD_PIPELINES)
def test_a_pipeline_that_cannot_be_run_is_refused_with_its_place(
    name: str, capsys: Captured, home: Path, state: StateDir
) -> None:
    text, expected = BAD_PIPELINES[name]
    write_project(home, {"a.py": "", **({name: text} if text is not None else {})})
    assert re.search(expected, refused(capsys, "run", name))
    assert not state.root.exists()


BAD_VALUES = {
    "lists": (
        '{\n"pipeline_parameters": {"x": 5}}',
        r"p\.json:2:30: the value of “x” must be a list",
    ),
    "steps": (
        '{\n\n"nobody": {"x": [5]}, "a": {"x": 5}}',
        r"p\.json:3:11: “nobody” is not a step[^§]*p\.json:3:34: step “A”: the value of “x”",
    ),
    "only steps": ('{"nobody": {"x": [5]}}', r"p\.json has .*“nobody”[^§]*--accept unknown_steps"),
    "empty": ('{"a": {"x": []}}', r"p\.json:1:13: step “A”: the list of “x” is empty and gives"),
    "json": ("{", r"p\.json:1:2: is not valid JSON"),
}


@pytest.mark.parametrize("what", BAD_VALUES)
def test_values_that_cannot_be_used_are_refused_with_their_place(
    what: str, capsys: Captured, home: Path, state: StateDir
) -> None:
    text, expected = BAD_VALUES[what]
    write_project(home, {"main.orchest": pipeline_text(), "a.py": "", "p.json": text})
    assert re.search(expected, refused(capsys, "run", "main.orchest", "--parameters", "p.json"))
    assert not state.root.exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--set", "x"], "write pipeline.NAME='\\[…\\]' or STEP.NAME='\\[…\\]'"),
        (["--set", "Nobody.x=[1]"], "names no step; the steps are 'A'"),
        (["--set", "pipeline.x=1"], "must be a list, even for one value: \\[1\\]"),
        (["--set", "pipeline.x=oops"], "pipeline.x is not valid JSON"),
        (["--env", "NAME"], "write NAME=VALUE"),
        (["--env", "A-B=1"], "can't be the name of an environment variable"),
        (["--env", "ORCHEST_X=1"], "the product's own"),
        (["--accept", "everything"], "nothing called everything to accept"),
        (["--parameters", "gone.json"], "There is no file"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    arguments: list[str], expected: str, capsys: Captured, home: Path, state: StateDir
) -> None:
    write_project(home, {"main.orchest": pipeline_text(), "a.py": ""})
    assert re.search(expected, refused(capsys, "run", "main.orchest", *arguments))
    assert not state.root.exists()


def test_what_needs_the_users_word_says_how_to_give_it(
    capsys: Captured, home: Path, store: SqliteStore
) -> None:
    services = {"db": {"scope": ["noninteractive"]}}
    write_project(home, {"main.orchest": pipeline_text(services=services), "a.py": ""})
    said = refused(capsys, "run", "main.orchest")
    assert said.endswith("To go on, add --accept without_services.\n")
    assert store.jobs(JobQuery()).total == 0
    assert main(["run", "main.orchest", "--accept", "without_services"]) == 0
    assert "warning: main.orchest: runs without its services db" in capsys.readouterr().err


def test_names_cannot_move_the_terminals_cursor(
    capsys: Captured, home: Path, state: StateDir
) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\r\x9b31m\u202e"
    text = pipeline_text({"a": {"title": evil, "file_path": "gone.py"}})
    write_project(home, {"main.orchest": text})
    said = refused(capsys, "run", "main.orchest")
    assert not set(evil) & set("\x1b\x07\r\x9b\u202e") & set(said)
    assert r"\x1b]0;owned" in said


def test_a_reader_that_has_seen_enough_is_no_error(store: SqliteStore, state: StateDir) -> None:
    a_finished_run(store, log=b"line\n" * 500_000)
    for arguments in ("runs log 1.1", "jobs list"):
        command = [sys.executable, "-m", "jupyter_orchest_jobs.cli.main", *arguments.split()]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.close()
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (141, b"")
