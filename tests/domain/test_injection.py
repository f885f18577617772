import json
import re
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.injection import LANGUAGES, injection

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
HARD = {
    "quotes": "'\"`\\\n\r\t\0",
    "code": '"); process.exit(1); ("',
    "dollars": "$x $(1) ${y} %s {name} #{z}",
    "lines": "a\u2028b\u2029c\u0085d",
    "unicode": "äöü 🦜 \ud800",
    "nested": {"a": [1, 2.5, None, True, {"b": ""}]},
}


def source(language: str, values: dict[str, Any]) -> str:
    found = injection(language, values)
    assert found is not None
    assert found.left_out == ()
    return found.source


@given(st.dictionaries(st.from_regex(r"p_[a-z0-9_]{0,5}", fullmatch=True), VALUES))
def test_python_reads_every_value_as_it_was(values: dict[str, Any]) -> None:
    names: dict[str, Any] = {}
    exec(source("Python", values), names)  # noqa: S102  # source of ours
    assert {name: names[name] for name in values} == values


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_javascript_reads_every_value_as_it_was() -> None:
    code = f"{source('javascript', HARD)}\nconsole.log(JSON.stringify([{','.join(HARD)}]))"
    done = subprocess.run(["node", "-"], input=code, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == list(HARD.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_value_becomes_code(language: str) -> None:
    text = source(language, HARD)
    assert text.isascii()
    assert len(text.splitlines()) - len(HARD) in (0, 1)
    # Without what stands in literals nothing of the values is left.
    bare = re.sub(r'"(\\.|[^"\\])*"', "", text)
    assert not set(bare) & set("'\\$#%"), bare


def test_dollars_are_no_interpolation_in_julia() -> None:
    assert source("julia", {"a": "$b"}) == 'import JSON\na = JSON.parse("\\"\\$b\\"")'


def test_lines_are_those_that_people_would_write() -> None:
    assert source("python", {"alpha": 0.1}) == ('import json as _json\nalpha = _json.loads("0.1")')
    assert source("R", {"alpha.max": [1]}) == 'alpha.max <- jsonlite::fromJSON("[1]")'
    assert source("javascript", {"$a": None}) == '$a = JSON.parse("null");'


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("python", ["a-b", "a²", "class", "", "1a", "a.b", "a=1\nb", "None"]),
        ("r", ["_a", "TRUE", "a b"]),
        ("julia", ["end", "a!b"]),
        ("javascript", ["new", "a-b"]),
    ],
)
def test_names_that_are_no_variables_are_left_out(language: str, names: list[str]) -> None:
    found = injection(language, {"good": 1, **dict.fromkeys(names, 2)})
    assert found is not None
    assert found.left_out == tuple(names)
    assert found.source.splitlines()[-1].startswith("good ")
    nothing = injection(language, dict.fromkeys(names, 2))
    assert nothing is not None
    assert nothing.source == ""


def test_other_languages_are_not_known() -> None:
    assert injection("cobol", {"a": 1}) is None
    assert injection("", {"a": 1}) is None
