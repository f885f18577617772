"""Pages are those that nbconvert makes itself, made faster."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.exporters.html import HTMLExporter

from jupyter_orchest_jobs.render import exporter, html
from jupyter_orchest_jobs.render.finish import NO_TEXT, finished
from tests.render.notebooks import PIXEL, code, fails, markdown, prints, shows, written

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def as_nbconvert(page: str) -> BeautifulSoup:
    """What `HTMLExporter.from_notebook_node` does with a page at its end."""
    soup = BeautifulSoup(page, features="html.parser")
    for found in soup.select("img:not([alt])"):
        found.attrs["alt"] = NO_TEXT
    for place in ("div.jp-Cell-inputWrapper", "div.jp-OutputArea-output"):
        for found in soup.select(f".jp-Notebook {place}"):
            found.attrs["tabindex"] = "0"
    return soup


_RANDOM = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
"""Outputs in JavaScript have ids of their own in each page."""


def read(page: str) -> BeautifulSoup:
    return BeautifulSoup(_RANDOM.sub("id", page), features="html.parser")


def body(content: str) -> str:
    return f'<body class="jp-Notebook">{content}</body>'


def test_pages_are_those_of_nbconvert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = written(
        tmp_path,
        markdown("# T\n\n![a](x.png) <img src=y> $x<y$\n\n- **b**\n"),
        code("1 + 1", shows(image_png=PIXEL), shows(image_jpeg=PIXEL), prints("a\x1b[31mb<\n")),
        code("plot", shows(**{"image_svg+xml": "<svg><title>&amp;</title></svg>"})),
        code("%%html", shows(text_html="<table><tr><td>1<td>2</table><IMG SRC='a'><img alt>")),
        code("js", shows(application_javascript="var a = '<img src=x>' + \"<div>\";")),
        code("s", shows(text_html="<script>x = '<img>'</script><style>a{}</style><!-- <img> -->")),
        code("x", shows(text_html="<p title='<img>'>&lt;img&gt; &nbsp;</p><iframe></iframe>")),
        code("l", shows(text_latex="$\\alpha < \\beta$"), shows(text_markdown="*a* <img src='b'>")),
        code("e", fails("E", "<v>", "\x1b[0;31mE\x1b[0m: <v>")),
        code("t", shows(text_plain="<div class='jp-OutputArea-output'>")),
    )
    quick = html.render_notebook(notebook, theme="light", title="T").decode()
    monkeypatch.setattr(exporter, "QuickExporter", HTMLExporter)
    theirs = html.render_notebook(notebook, theme="light", title="T").decode()
    assert read(quick) == read(theirs)
    assert quick.count(f'alt="{NO_TEXT}"') == theirs.count(f'alt="{NO_TEXT}"') == 6
    assert quick.count('tabindex="0"') == theirs.count('tabindex="0"') > 20


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.ipynb")), ids=lambda path: path.name)
def test_examples_are_shown_as_by_nbconvert(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = html.render_notebook(path, theme="dark", title="T").decode()
    monkeypatch.setattr(exporter, "QuickExporter", HTMLExporter)
    theirs = html.render_notebook(path, theme="dark", title="T").decode()
    assert read(quick) == read(theirs)


@pytest.mark.parametrize(
    "content",
    [
        "<img src=a><img src='b' alt=''><IMG\nsrc=\"c\" ALT=x><img alt><img/><img src=d />",
        "<img data-alt=x><img title='alt=1'><img src=alt><img title=' alt '><img alt = 'x'>",
        "<!-- <img> --><script>'<img>'</script><style>/*<img>*/</style>",
        "<p title='<img>'><td a=1 title=\"<div class='jp-OutputArea-output'>\"><img></td></p>",
        "<div class=jp-OutputArea-output></div><DIV CLASS='a jp-Cell-inputWrapper b'></DIV>",
        "<div id=\"jp-OutputArea-output\"></div><div data-class='jp-OutputArea-output'></div>",
        "<div class='jp-OutputArea-output-2'></div><span class='jp-OutputArea-output'></span>",
        "1 < 2 <3 <table><tr><td>1</td><th>x</th></tr></table><image><imgs><divs>",
        "<div title='a>b' class=\"jp-OutputArea-output\" data-mime-type='<x>'>it's</div>",
    ],
)
def test_tags_are_touched_as_by_nbconvert(content: str) -> None:
    assert read(finished(body(content))) == as_nbconvert(body(content))


_values = st.text('<>=/ imgdvalt"-', max_size=12).map(lambda value: value.replace('"', ""))
_attributes = st.dictionaries(
    st.sampled_from(["alt", "src", "title", "class", "data-alt"]),
    st.one_of(
        _values,
        st.sampled_from(["jp-OutputArea-output", "a jp-Cell-inputWrapper", "<img>", "<div"]),
    ),
    max_size=3,
)
_tags = st.builds(
    lambda name, attributes, text: (
        f"<{name}"
        + "".join(f' {key}="{value}"' for key, value in attributes.items())
        + (">" if name == "img" else f">{text}</{name}>")
    ),
    st.sampled_from(["img", "div", "td", "p"]),
    _attributes,
    st.text("ab \n>'", max_size=5),
)
_pieces = st.one_of(
    _tags,
    st.text("ab &;>'\n", max_size=6),
    st.text("a<>img d'", max_size=8).map(lambda text: f"<!--{text}x-->"),
    st.text("a<>img d'", max_size=8).map(lambda text: f"<script>{text}</script>"),
)


@given(st.lists(_pieces, max_size=8).map("".join))
def test_any_well_formed_page_is_touched_as_by_nbconvert(content: str) -> None:
    assert read(finished(body(content))) == as_nbconvert(body(content))


@given(st.text("<>/!-\"'= adivmgsclrpt", max_size=80))
def test_whatever_is_malformed_loses_nothing(content: str) -> None:
    added = finished(content)
    for more in (f' alt="{NO_TEXT}"', ' tabindex="0"'):
        added = added.replace(more, "")
    assert added == content


def test_large_tables_are_whole(tmp_path: Path) -> None:
    """A tree of this page takes nbconvert some ten seconds, and hundreds of megabytes."""
    row = "<tr>" + "<td>1.0</td>" * 20 + "</tr>\n"
    notebook = written(tmp_path, code("t", shows(text_html=f"<table>{row * 20_000}</table>")))
    page = html.render_notebook(notebook, theme="light", title="T")
    assert page.count(b"<td>1.0</td>") == 400_000
