"""What a user can use is documented, and what the documents point to exists."""

import argparse
import importlib
import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from traitlets.config import Configurable

from jupyter_orchest_jobs.api import errors as api_errors
from jupyter_orchest_jobs.api.operations import NAMESPACE, OPERATIONS
from jupyter_orchest_jobs.app import OrchestJobsApp
from jupyter_orchest_jobs.cli import options
from jupyter_orchest_jobs.cli.grammar import parser
from jupyter_orchest_jobs.domain import cron, journal
from jupyter_orchest_jobs.domain.cluster import ClusterSettings, ExecutorName
from jupyter_orchest_jobs.domain.firing import FiringOutcome
from jupyter_orchest_jobs.domain.job import SnapshotStatus
from jupyter_orchest_jobs.domain.policies import CatchUp, OnStepFailure, Overlap, Policies
from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.schedule import Schedule, ScheduleKind
from jupyter_orchest_jobs.domain.status import (
    Cause,
    JobStatus,
    RunStatus,
    StepStatus,
    check_job_move,
    check_run_move,
)
from jupyter_orchest_jobs.domain.stepkinds import RUNNABLE
from jupyter_orchest_jobs.errors import OrchestJobsError
from jupyter_orchest_jobs.service import wish
from jupyter_orchest_jobs.store.contract import Settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
_OF_THE_ROOT = ("README", "ARCHITECTURE", "CONTRIBUTING", "CHANGELOG", "SECURITY")
REFERENCE = DOCS / "reference"
PAGES = sorted(
    [
        *DOCS.rglob("*.md"),
        *(ROOT / "examples").rglob("*.md"),
        *(ROOT / f"{name}.md" for name in _OF_THE_ROOT),
    ]
)

_FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def reference(page: str) -> str:
    return (REFERENCE / f"{page}.md").read_text(encoding="utf-8")


def undocumented(names: Iterable[str], page: str) -> list[str]:
    """Those that stand nowhere on the page as code."""
    spans = " ".join(_CODE.findall(_FENCE.sub("", reference(page))))
    return [
        name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", spans)
    ]


def section(page: str, heading: str) -> str:
    """What stands below a heading, up to the next one."""
    _, _, rest = reference(page).partition(f"\n## {heading}\n")
    return rest.partition("\n## ")[0]


def first_column(text: str) -> set[str]:
    """What the rows of its tables begin with, as code."""
    return set(re.findall(r"^\| `([^`]+)`", text, re.MULTILINE))


def actions(of: argparse.ArgumentParser) -> Iterator[str]:
    """All commands, options and arguments below a parser."""
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                yield name
                yield from actions(child)
        elif action.option_strings:
            yield from action.option_strings
        else:
            yield str(action.metavar)


def error_classes(root: type[OrchestJobsError]) -> Iterator[type[OrchestJobsError]]:
    yield root
    for child in root.__subclasses__():
        if child.__module__.startswith("jupyter_orchest_jobs."):
            yield from error_classes(child)


def test_every_command_and_option_is_documented() -> None:
    words = sorted(set(actions(parser())))
    assert "run" in words
    assert (
        undocumented([word for word in words if word not in ("JOB", "RUN")], "command-line") == []
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_in_examples_are_understood(page: Path) -> None:
    scripts = [
        fence.replace("\\\n", "")
        for fence in _FENCE.findall(page.read_text(encoding="utf-8"))
        if fence.startswith("```bash")
    ]
    for line in re.findall(r"^ *jupyter orchest-jobs (.*)$", "\n".join(scripts), re.MULTILINE):
        arguments = parser().parse_args(shlex.split(line, comments=True))
        options.policies(getattr(arguments, "policy", []), Policies())
        if getattr(arguments, "cron", None):
            Schedule.recurring(arguments.cron, arguments.zone or "UTC")
        if getattr(arguments, "at", None):
            options.local_time(arguments.at, "--at")


def test_every_word_to_accept_is_documented() -> None:
    words = [wish.LARGE_SNAPSHOT, wish.MANY_RUNS, wish.WITHOUT_SERVICES]
    assert undocumented(words, "command-line") == []


def test_every_operation_is_documented() -> None:
    rows = set(
        re.findall(
            r"^\| `(\w+)` \| `(\w+) ([^`]+)` \|.*\| (\d+)", reference("rest-api"), re.MULTILINE
        )
    )
    assert rows == {(one.name, one.method, one.path, str(one.status)) for one in OPERATIONS}
    queries = sorted({query.name for one in OPERATIONS for query in one.query})
    assert undocumented(queries, "rest-api") == []
    assert NAMESPACE in reference("rest-api")


def test_every_error_code_is_documented_with_its_status() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", section("rest-api", "Errors"), re.MULTILINE)
    statuses = {
        kind.code: str(int(api_errors.status_of(kind.__new__(kind))))
        for kind in error_classes(OrchestJobsError)
    }
    assert dict(rows) == statuses


def test_every_setting_is_documented() -> None:
    own: type[Configurable] = OrchestJobsApp
    traits = [f"OrchestJobsApp.{name}" for name in own.class_own_traits(config=True)]
    assert traits
    assert undocumented([*traits, *Settings.__dataclass_fields__], "configuration") == []
    assert first_column(section("configuration", "Cluster")) == set(
        ClusterSettings.__dataclass_fields__
    )


def test_every_setting_of_jupyterlab_is_documented() -> None:
    schema = json.loads((ROOT / "schema" / "plugin.json").read_text(encoding="utf-8"))
    settings = schema["properties"]
    choices = [one["const"] for setting in settings.values() for one in setting.get("oneOf", [])]
    assert choices
    assert undocumented([*settings, *choices], "configuration") == []


def test_every_policy_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `([^`]*)` \|", reference("policies"), re.MULTILINE)
    known = Policies().as_json()
    assert len(rows) == len(known)
    assert {name: _json(text) for name, text in rows} == known


def _json(text: str) -> object:
    return json.loads(text) if text in ("null", "true", "false", "[]") or text.isdecimal() else text


def test_every_choice_of_a_policy_is_documented() -> None:
    choices = [*CatchUp, *Overlap, *OnStepFailure, *ExecutorName]
    assert undocumented(choices, "policies") == []
    assert first_column(section("policies", "Firings")) >= {*CatchUp, *Overlap}


def test_every_kind_of_schedule_is_documented() -> None:
    assert first_column(section("rest-api", "Creating a job")) == set(ScheduleKind)


def test_every_cron_name_is_documented() -> None:
    rows = re.findall(r"^\| `(@\w+)` \| `([^`]+)` \|", reference("cron"), re.MULTILINE)
    assert dict(rows) == cron.ALIASES


def test_the_examples_of_cron_fire_as_the_page_says() -> None:
    rows = re.findall(
        r"^\| `([^`]+)` \| `([^`]+)` \| ([\d: -]+) \| ([\d:, -]+) \|",
        section("cron", "Time zones"),
        re.MULTILINE,
    )
    assert len(rows) > 5
    for expression, zone, after, expected in rows:
        moment = datetime.fromisoformat(after).replace(tzinfo=ZoneInfo(zone))
        firings = Schedule.recurring(expression, zone).firings(moment)
        wanted = expected.split(", ")
        found = [f"{at:%Y-%m-%d %H:%M}" for at in islice(firings, len(wanted))]
        assert found == wanted, expression


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Jobs", JobStatus),
        ("Firings", FiringOutcome),
        ("Runs", RunStatus),
        ("Attempts", AttemptKind),
        ("Steps", StepStatus),
        ("Causes", Cause),
    ],
)
def test_every_state_and_cause_has_its_line(heading: str, words: type[JobStatus]) -> None:
    assert first_column(section("states", heading)) == set(words)


@pytest.mark.parametrize(
    ("heading", "words", "check"),
    [("Jobs", JobStatus, check_job_move), ("Runs", RunStatus, check_run_move)],
)
def test_what_the_diagrams_show_may_happen(
    heading: str, words: type[JobStatus], check: Callable[[JobStatus, JobStatus], None]
) -> None:
    moves = re.findall(r"^ +(\w+) --> (\w+)", section("states", heading), re.MULTILINE)
    assert moves
    for old, new in moves:
        check(words(old), words(new))


def test_every_state_of_a_snapshot_is_documented() -> None:
    assert undocumented(list(SnapshotStatus), "states") == []


def test_every_sort_of_step_file_is_documented() -> None:
    assert undocumented(filter(None, RUNNABLE), "pipeline-file") == []


def test_every_kind_of_journal_entry_is_documented_with_its_fields() -> None:
    common = set(journal.Entry.__dataclass_fields__)
    rows = {
        kind: set(re.findall(r"`(\w+)`", fields))
        for kind, fields in re.findall(
            r"^\| `(\w+)` \| (`[^|]*) \|", reference("journal"), re.MULTILINE
        )
    }
    assert rows == {
        kind: set(entry.__dataclass_fields__) - common for kind, entry in journal.KINDS.items()
    }


def test_every_function_of_the_sdk_is_documented() -> None:
    sdk = importlib.import_module("jupyter_orchest_jobs.sdk.orchest")
    assert undocumented(list(sdk.__all__), "sdk") == []


def test_every_page_is_in_the_list_of_pages() -> None:
    listed = {(DOCS / link).resolve() for link in links(DOCS / "README.md")}
    pages = {path for path in DOCS.rglob("*.md") if "decisions" not in path.parts}
    assert pages - listed == {DOCS / "README.md"}


def test_every_decision_is_in_the_architecture() -> None:
    listed = {(ROOT / link).resolve() for link in links(ROOT / "ARCHITECTURE.md")}
    assert set((DOCS / "decisions").glob("*.md")) - listed == set()


def links(page: Path) -> list[str]:
    """The links of a page to files of ours, without what stands in code."""
    text = _CODE.sub("", _FENCE.sub("", page.read_text(encoding="utf-8")))
    return [link for link in _LINK.findall(text) if "://" not in link]


def anchors(page: Path) -> set[str]:
    """The names of a page's headings in links, as GitHub makes them."""
    headings = _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_targets_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\.PHONY: (\S+)", makefile, re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", text, re.MULTILINE))
    assert named - targets == set()


def test_files_that_the_architecture_names_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:\w[\w.-]*/)+[\w.-]*|\w+\.(?:py|ts))`", text))
    places = [ROOT, ROOT / "jupyter_orchest_jobs"]
    places += [ROOT / "jupyter_orchest_jobs" / room for room in ("engine", "service")]
    places += [path for path in (ROOT / "jupyter_orchest_jobs").iterdir() if path.is_dir()]
    places += [path for path in (ROOT / "src").iterdir() if path.is_dir()]
    assert named
    assert [
        name for name in sorted(named) if not any((one / name).exists() for one in places)
    ] == []


def test_tests_that_the_page_on_security_names_exist() -> None:
    text = (DOCS / "explanation" / "security.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:ui-)?tests/[^`:]+)(?:::(\w+))?`", text)
    assert len(named) > 25
    for path, test in named:
        source = (ROOT / path).read_text(encoding="utf-8")
        assert not test or re.search(rf"^(async )?def {test}\(", source, re.MULTILINE), (path, test)
    titled = re.findall(r"^- `((?:ui-tests|src)/[^`]+)`: (.+(?:\n  .+)*)", text, re.MULTILINE)
    assert titled
    for path, told in titled:
        source = (ROOT / path).read_text(encoding="utf-8")
        titles = re.findall(r"“([^”]+)”", " ".join(told.split()))
        assert titles
        for title in titles:
            assert f"('{title}'," in source, (path, title)
    # What a section promises, it has tests for.
    promises = text.partition("\n## What is promised\n")[2].partition("\n## ")[0]
    for section in promises.split("\n### ")[1:]:
        assert "\n- " in section, section
        assert "::test_" in section, section
