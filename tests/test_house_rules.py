"""Rules about the source itself; CONTRIBUTING.md gives the reasons."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "jupyter_orchest_jobs"

MAX_LINES = 400
HAND_WRITTEN = {".py", ".ts", ".tsx", ".css"}
GENERATED = {"src/api/schema.ts"}
VAGUE_NAMES = {"utils", "util", "common"}
GIVEN_NAMES = {"jupyter_orchest_jobs/sdk/orchest/utils.py"}
"""Orchest's own: users import it."""

# Put together here, so that this file doesn't have them.
PLACES = [
    "/" + "work/",
    "farm" + "-",
    "pypi" + ".org",
    "registry." + "npmjs",
    "files." + "pythonhosted",
]


def committed() -> list[Path]:
    """The files that git knows and that are there, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str | None:
    """A file's text, or None for what is no text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def test_no_file_is_too_long() -> None:
    lengths = {
        str(path): len((text_of(path) or "").splitlines())
        for path in committed()
        if path.suffix in HAND_WRITTEN and path.as_posix() not in GENERATED
    }
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    names = [
        path
        for path in committed()
        for part in path.parts
        if part.partition(".")[0].lower() in VAGUE_NAMES and path.as_posix() not in GIVEN_NAMES
    ]
    assert names == []


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{path}:{number}: {needle}"
        for path in committed()
        for needle in PLACES
        for number, line in enumerate((text_of(path) or "").splitlines(), 1)
        if needle in line
    ]
    assert found == []


def public(node: ast.AST, name: str) -> Iterator[tuple[str, ast.AST]]:
    """What others may use below a module or a class: classes, functions, methods."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if child.name.startswith("_") or is_addition(child):
                continue
            yield f"{name}.{child.name}", child
            if isinstance(child, ast.ClassDef):
                yield from public(child, f"{name}.{child.name}")
        elif isinstance(child, ast.If | ast.Try | ast.ExceptHandler):
            yield from public(child, name)


def is_addition(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the text stands elsewhere: the setter of a property, an overload, an override."""
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return bool(names & {"setter", "deleter", "overload", "override"})


@pytest.mark.parametrize(
    "path",
    [path for path in committed() if path.suffix == ".py" and path.parts[0] == PACKAGE.name],
    ids=str,
)
def test_whatever_is_public_is_documented(path: Path) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    nodes = [(str(path), tree), *public(tree, str(path))]
    assert [name for name, node in nodes if not ast.get_docstring(node)] == []


def test_every_test_is_where_pytest_finds_it() -> None:
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    lost = [
        f"{path}: {inner.name} in {outer.name}"
        for path in committed()
        if path.suffix == ".py" and path.parts[0] == "tests"
        for outer in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(outer, functions)
        for inner in ast.walk(outer)
        if isinstance(inner, functions) and inner is not outer and inner.name.startswith("test_")
    ]
    assert lost == []
