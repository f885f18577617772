import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.errors import InvalidInput, NotFound
from jupyter_orchest_jobs.render import html
from jupyter_orchest_jobs.render.html import render_notebook
from tests.render.notebooks import PIXEL, code, fails, markdown, prints, shows, written


class Page(HTMLParser):
    """What stands in a page: its elements, and its text without styles and scripts."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.title = ""
        self._within = ""
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._within = tag

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "title":
            self.title += data
        elif self._within not in ("style", "script"):
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def sources(self) -> set[str]:
        """All that a browser would load by itself."""
        return {
            str(attributes[key])
            for tag, attributes in self.elements
            for key in ("src", "srcset", "href", "data", "poster", "action")
            if attributes.get(key) and not (tag == "a" and key == "href")
        }


def page_of(folder: Path, *cells: Any, title: str = "Step", **metadata: Any) -> Page:
    return Page(render_notebook(written(folder, *cells, **metadata), theme="light", title=title))


def test_cells_that_runs_treat_otherwise_are_noted(tmp_path: Path) -> None:
    cells = [code("a = 1"), code("a = 2"), code("skipped()"), code("a", fails("KeyError", "a"))]
    for cell, tag in zip(cells, ("parameters", "injected-parameters", "skip"), strict=False):
        cell.metadata["tags"] = [tag]
    page = page_of(tmp_path, *cells)
    assert page.text.index("Values of this run") < page.text.index("a = 2")
    assert page.text.index("Not executed: the cell has the tag “skip”") < page.text.index("skipped")
    # As in the user's notebook, which has no cell with the run's values.
    assert "Code cell 3 failed" in page.text


def test_a_failed_cell_is_marked_and_its_traceback_shown(tmp_path: Path) -> None:
    error = fails(
        "ZeroDivisionError",
        "division by <zero>",
        "\x1b[0;31mZeroDivisionError\x1b[0m Traceback",
        "\x1b[0;32m----> 1\x1b[0m 1\x1b[0;34m/\x1b[0m0",
    )
    page = page_of(tmp_path, code("ok"), code("1/0", error), code("2/0", error))
    assert "ZeroDivisionError Traceback" in page.text
    assert "----> 1 1/0" in page.text
    assert "\x1b" not in page.text
    assert {"class": "ansi-red-fg"} in page.all("span")
    # And one finds it from the top.
    assert "Code cell 2 failed:\nZeroDivisionError: division by <zero>" in page.text
    assert {"href": "#failure"} in page.all("a")
    marked = [each.get("id") for each in page.all("div") if each.get("class") == "ojobs-failure"]
    assert marked == ["failure", None]


def test_a_good_notebook_has_no_marks(tmp_path: Path) -> None:
    page = page_of(tmp_path, code("print(1)", prints("1\n")))
    assert "failed" not in page.text
    assert "failure" not in str(page.elements)


def test_outputs_are_shown(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        markdown("# Heading\n\nSome *text*."),
        code("print()", prints("\x1b[1mbold\x1b[0m <b>&</b>\n")),
        code("figure", shows(image_png=PIXEL, text_plain="<Figure>")),
        code("formula", shows(image_png="iVBORw0KGgo=", text_latex="$x$")),
        code("table", shows(text_html="<table><tr><td>cell</td></tr></table>", text_plain="x")),
    )
    assert any(each.get("src") == f"data:image/png;base64,{PIXEL}" for each in page.all("img"))
    assert "bold <b>&</b>" in page.text
    assert "<Figure>" not in page.text
    # A formula's image needs nothing to be drawn, unlike its source.
    assert "$x$" not in page.text
    assert page.all("table") == [{}]
    assert page.all("h1")


def test_themes_differ(tmp_path: Path) -> None:
    notebook = written(tmp_path, code("1"))
    light, dark = (render_notebook(notebook, theme=theme, title="") for theme in ("light", "dark"))
    assert b'data-jp-theme-light="true"' in light
    assert b"color-scheme: light" in light
    assert b'data-jp-theme-light="false"' in dark
    assert b"color-scheme: dark" in dark


def test_nothing_is_loaded_from_elsewhere(tmp_path: Path) -> None:
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}, "text/plain": "Slider"}
    page = page_of(
        tmp_path,
        markdown("$x^2$ and\n\n$$\\int x$$\n\n```mermaid\ngraph TD\n```"),
        code("f", shows(text_latex="$\\alpha<\\beta$")),
        code("m", shows(**{"text_vnd.mermaid": "graph TD; A-->B", "text_plain": "no"})),
        code("w", shows(**{kind.replace("/", "_", 1): value for kind, value in widget.items()})),
        widgets={"application/vnd.jupyter.widget-state+json": {"m": {}}},
    )
    assert page.sources() == set()
    assert page.all("script") == []
    # What isn't drawn can still be read.
    for text in ("$x^2$", "$$\\int x$$", "graph TD; A-->B", "$\\alpha<\\beta$", "Slider"):
        assert text in page.text


def test_what_the_notebook_itself_would_load_is_blocked(tmp_path: Path) -> None:
    page = page_of(tmp_path, markdown("![x](https://example.org/x.png)"))
    assert page.sources() == {"https://example.org/x.png"}
    tags = [tag for tag, _ in page.elements]
    first = page.elements[tags.index("head") + 1]
    assert first[0] == "meta"
    assert first[1]["http-equiv"] == "Content-Security-Policy"
    policy = str(first[1]["content"])
    assert policy.startswith("default-src 'none'; ")
    assert re.search(r"img-src data: blob:;", policy)
    assert "http" not in policy


@pytest.mark.parametrize(
    "title", ["</title><script>alert(1)</script>", "{{ 7*7 }} {% raw %}", "a & b\n'\"", "é \ud800"]
)
def test_titles_are_text(tmp_path: Path, title: str) -> None:
    page = page_of(tmp_path, code("1"), title=title)
    assert page.title == title.replace("\ud800", "?")
    assert page.all("script") == []


def test_the_notebooks_own_words_are_text(tmp_path: Path) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    page = page_of(
        tmp_path,
        code(hostile, prints(hostile), fails(hostile, hostile, hostile)),
        code("1", shows(text_plain=hostile)),
        code("2", shows(**{"text_vnd.mermaid": hostile})),
        title=hostile,
    )
    assert page.all("img") == []


def test_halves_of_characters_are_replaced(tmp_path: Path) -> None:
    notebook = written(tmp_path, code("print()", prints("half HERE")))
    notebook.write_text(notebook.read_text().replace("HERE", "\\ud83d"))
    assert b"half ?" in render_notebook(notebook, theme="light", title="")


def test_old_notebooks_are_shown(tmp_path: Path) -> None:
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "metadata": {},
                "cells": [
                    {
                        "cell_type": "code",
                        "language": "python",
                        "input": "print('old')",
                        "metadata": {},
                        "collapsed": False,
                        "outputs": [],
                    }
                ],
            }
        ],
    }
    (tmp_path / "old.ipynb").write_text(json.dumps(old))
    page = Page(render_notebook(tmp_path / "old.ipynb", theme="light", title=""))
    assert "print" in page.text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": []}',
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": [], "cells": {}}',
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]}',
    ],
)
def test_broken_notebooks_are_refused(tmp_path: Path, content: bytes) -> None:
    notebook = tmp_path / "broken.ipynb"
    notebook.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"^broken\.ipynb (is not a notebook|can't be shown)"):
        render_notebook(notebook, theme="light", title="")


def test_large_notebooks_are_to_be_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = tmp_path / "large.ipynb"
    with notebook.open("wb") as file:
        file.truncate(html.MAX_BYTES + 1)
    with pytest.raises(InvalidInput, match=r"50 MB.*download"):
        html.read_notebook(notebook)
    monkeypatch.setattr(html, "MAX_BYTES", 4)
    notebook.write_bytes(b"1234")
    assert html.read_notebook(notebook) == b"1234"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ipynb")
    for name, error in ((".", InvalidInput), ("pipe.ipynb", InvalidInput), ("none", NotFound)):
        with pytest.raises(error):
            html.read_notebook(tmp_path / name)
