"""A notebook as one HTML page that needs nothing from anywhere else. Executes nothing.

``python -m jupyter_orchest_jobs.render.html`` reads a :class:`Request` from its standard input,
writes the page, and answers with one line of JSON. Importing nbconvert takes seconds and its
work holds the interpreter, so nobody else does it in their own process.
"""

import hashlib
import json
import os
import resource
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, get_args

from jupyter_orchest_jobs.domain import notebookcells
from jupyter_orchest_jobs.errors import InvalidInput, NotFound, OrchestJobsError
from jupyter_orchest_jobs.files.atomic import write_atomic
from jupyter_orchest_jobs.files.reading import NotRegular, open_file
from jupyter_orchest_jobs.render import policy
from jupyter_orchest_jobs.render.cache import prune

Theme = Literal["light", "dark"]

VERSION = 4
"""Of what we make of a notebook; counts up when that changes, and no old page is used again."""
MAX_BYTES = 50 * 2**20
"""The largest notebook that is made into a page."""
TIMEOUT_S = 60
"""How long that may take."""
MAX_MEMORY = 4 * 2**30
"""How much address space it may take, in bytes."""

# What can be shown without a network comes first; sources of formulas before bare names.
_PREFERRED = (
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/vnd.mermaid",
    "text/latex",
    "application/javascript",
    "text/plain",
)


@dataclass(frozen=True)
class Request:
    """What to render, and where to put the page.

    Attributes:
        notebook: path of the file.
        cache_dir: the folder of pages.
        title: of the page.
    """

    notebook: str
    cache_dir: str
    theme: Theme
    title: str

    def to_json(self) -> str:
        """As the process reads it."""
        return json.dumps(asdict(self))

    def page_for(self, content: bytes) -> Path:
        """Where the page of a notebook with this content is, or would be."""
        about = json.dumps([VERSION, version("nbconvert"), self.theme, self.title])
        digest = hashlib.sha256(about.encode() + b"\0" + content).hexdigest()
        return Path(self.cache_dir, f"{digest}.html")


def read_notebook(path: Path) -> bytes:
    """The content of a notebook's file.

    Raises:
        NotFound: no such file.
        InvalidInput: larger than ``MAX_BYTES``, not a file, or not readable.
    """
    try:
        with open_file(path) as file:
            size = os.fstat(file.fileno()).st_size
            content = b"" if size > MAX_BYTES else file.read(MAX_BYTES + 1)
    except NotRegular:
        raise InvalidInput(f"{path.name} is not a file.") from None
    except FileNotFoundError:
        raise NotFound(f"There is no notebook {path.name}.") from None
    except OSError as error:
        raise InvalidInput(f"{path.name} can't be read: {error.strerror}.") from error
    if max(size, len(content)) > MAX_BYTES:
        raise InvalidInput(
            f"{path.name} is larger than {MAX_BYTES // 2**20} MB, too large to be shown as a page; "
            "download it instead."
        )
    return content


def render_notebook(notebook: Path, *, theme: Theme, title: str) -> bytes:
    """A notebook as a page, with whatever outputs it has.

    Args:
        notebook: path of the file.
        theme: which of Lab's two standard themes.
        title: of the page, as plain text.

    Raises:
        NotFound: no such file.
        InvalidInput: not a notebook, or one that can't be shown.
    """
    return _page(read_notebook(notebook), notebook.name, theme, title)


def _page(content: bytes, name: str, theme: Theme, title: str) -> bytes:
    # Pulled in by way of jsonschema, which does without; builds a grammar for a second.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import nbformat

    from jupyter_orchest_jobs.render.exporter import QuickExporter

    try:
        book = nbformat.reads(content.decode(), as_version=4)
        book.metadata["title"] = title
        # Their interactive half would be loaded from elsewhere; outputs have a plain half, too.
        book.metadata.pop("widgets", None)
        failure = _failure(book)
        _note(book.cells)
    except Exception as error:
        raise InvalidInput(f"{name} is not a notebook that can be read: {_said(error)}") from error
    exporter = QuickExporter(  # type: ignore[no-untyped-call]
        template_name="lab",
        template_file="page.html.j2",
        extra_template_paths=[str(Path(__file__).parent)],
        extra_template_basedirs=[],
        theme=theme,
        embed_images=False,
    )
    # For what it makes when it gets to work.
    exporter.config.NbConvertBase.display_data_priority = list(_PREFERRED)
    resources = {
        "metadata": {"name": title},
        "content_security_policy": policy.META,
        "failure": failure,
    }
    try:
        page, _ = exporter.from_notebook_node(book, resources)
    except Exception as error:
        raise InvalidInput(
            f"{name} can't be shown as a page: {_said(error)}; download it instead."
        ) from error
    # Halves of characters can stand in JSON, but not in a page.
    return bytes(page.encode("utf-8", "replace"))


def _failure(book: Any) -> dict[str, str] | None:
    """Mark the first cell with an error, and tell where it is and what it says."""
    for cell, number in zip(book.cells, notebookcells.numbers(book.cells), strict=True):
        for output in cell.outputs if number is not None else ():
            if output.output_type == "error":
                cell.metadata["first_failure"] = True
                what = ": ".join(filter(None, (output.ename, output.evalue)))
                return {"where": f"Code cell {number} failed", "what": what[:1000]}
    return None


def _note(cells: Any) -> None:
    """Mark the cells with which a run did something else than execute them."""
    parameters = notebookcells.parameters_place(cells)
    for place, cell in enumerate(cells):
        cell.metadata.pop("run_note", None)  # whoever else may have called something so
        if not notebookcells.is_code(cell):
            continue
        if notebookcells.is_skipped(cell):
            cell.metadata["run_note"] = "Not executed: the cell has the tag “skip”"
        elif (
            parameters is not None
            and place > parameters
            and notebookcells.has_tag(cell, notebookcells.INJECTED_TAG)
        ):
            cell.metadata["run_note"] = "Values of this run"


def _said(error: Exception) -> str:
    first, _, _ = str(error).partition("\n")
    return f"{type(error).__name__}: {first[:200]}".removesuffix(".")


def main() -> None:
    """Serve one request."""
    request = Request(**json.loads(sys.stdin.read()))
    assert request.theme in get_args(Theme)  # noqa: S101  # checked by who sends it
    resource.setrlimit(resource.RLIMIT_CPU, (TIMEOUT_S, TIMEOUT_S))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    os.nice(5)  # the server's own answers come first
    notebook = Path(request.notebook)
    try:
        content = read_notebook(notebook)
        page = request.page_for(content)
        write_atomic(page, _page(content, notebook.name, request.theme, request.title))
        prune(page.parent, page)
        answer = {"page": page.name}
    except OrchestJobsError as error:
        answer = {"error": error.code, "message": error.message}
    except MemoryError:
        answer = {
            "error": InvalidInput.code,
            "message": f"{notebook.name} takes too much memory to be shown as a page; "
            "download it instead.",
        }
    except OSError as error:
        answer = {"error": "error", "message": f"The page can't be kept: {error.strerror}."}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
