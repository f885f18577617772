"""What others have made, and we use: no version with a known hole, and nothing from elsewhere."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
BUNDLE = ROOT / "jupyter_orchest_jobs" / "labextension" / "static"

LAST_VULNERABLE = {
    "jupyter_server": "2.19.0",  # CVE-2026-44727, -40110, -35397, -5422
    "nbconvert": "7.17.0",  # CVE-2026-39378, CVE-2021-32862
    "jupyterlab": "4.5.6",  # CVE-2026-40171, -42557
    "jupyter_core": "5.8.0",  # CVE-2025-30167
    "tornado": "6.5.2",  # CVE-2025-67724, -67725, -67726, -47287, CVE-2024-52804
}
FROM_ELSEWHERE = re.compile(
    r"(?:src|href)=\\?[\"']?(?:https?:)?//"
    r"|url\(\\?[\"']?(?:https?:)?//"
    r"|@import\s+\\?[\"'](?:https?:)?//"
    r"|import\(\\?[\"']https?://"
    r"|cdn\.|cdnjs|unpkg\.|jsdelivr|googleapis|gstatic|esm\.sh|skypack"
)


def test_versions_with_known_holes_are_not_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {one.name: one for one in map(Requirement, project["dependencies"])}
    assert LAST_VULNERABLE.keys() <= wanted.keys()
    allowed = [
        str(wanted[name])
        for name, version in LAST_VULNERABLE.items()
        if wanted[name].specifier.contains(version)
    ]
    assert allowed == []


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://a.example/x.js">',
        "e.innerHTML='<link href=\"//a.example/x.css\">'",
        "a{background:url(https://a.example/x.png)}",
        'import("https://a.example/x.mjs")',
        'load("https://cdn.example/x.js")',
    ],
)
def test_what_comes_from_elsewhere_is_noticed(text: str) -> None:
    assert FROM_ELSEWHERE.search(text)


@pytest.mark.skipif(not BUNDLE.is_dir(), reason="the front end is not built: jlpm build:prod")
def test_the_front_end_loads_nothing_from_elsewhere() -> None:
    files = [path for path in BUNDLE.rglob("*") if path.suffix in (".js", ".css", ".html")]
    assert files
    found = [
        f"{path.name}: {match.group()}"
        for path in files
        for match in FROM_ELSEWHERE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
