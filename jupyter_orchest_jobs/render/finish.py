"""The last touch of a page: a text for images without one, and tab stops.

nbconvert builds a tree of the whole page for that, which takes seconds for a few megabytes. Here
the page is read once, tag by tag, and stays as it is but for those attributes.
"""

import re

NO_TEXT = "No description has been provided for this image"

# Each step is told by its first character, so that there is nothing to try twice. No possessive
# quantifiers, which would say the same: Python 3.11.2, that of Debian 12, matches them wrongly.
_QUOTED = r"""(?:[^>"']|"[^"]*"|'[^']*')*"""
_TOKEN = re.compile(
    r"<(?!/|t[dhr]>)(?:"  # most tags of large tables are passed over at once
    # What only looks like tags: in comments, in scripts and the like, in values of attributes.
    r"!--.*?-->"
    r"|(script|style|textarea|title|xmp|iframe|noembed|noframes)\b.*?</\1\b"
    rf"|(?P<tag>img|div)\b(?P<attributes>{_QUOTED})>"
    rf"""|[a-z](?:[^<>"']|"[^"<]*"|'[^'<]*')*(?:"[^"<]*<[^"]*"|'[^'<]*<[^']*'){_QUOTED}>)""",
    re.IGNORECASE | re.DOTALL,
)
_VALUE = re.compile(r"""=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)""")
_ALT = re.compile(r"(?<![^\s/])alt(?![^\s/=])", re.IGNORECASE)
_CLASS = re.compile(
    r"""(?<![^\s"'/])class\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_TAB_STOPS = {"jp-Cell-inputWrapper", "jp-OutputArea-output"}


def finished(page: str) -> str:
    """A page of nbconvert's templates with alternative texts and tab stops.

    Args:
        page: as the templates make it. What is malformed stays so.
    """
    return _TOKEN.sub(_touched, page)


def _touched(found: re.Match[str]) -> str:
    tag, attributes = found["tag"], found["attributes"]
    if tag is None:
        return found[0]
    if tag.lower() == "img":
        more = "" if _ALT.search(_VALUE.sub("= ", attributes)) else f' alt="{NO_TEXT}"'
    else:
        more = ' tabindex="0"' if _TAB_STOPS & _classes(attributes) else ""
    # At the beginning: wherever the tag ends, that is within it.
    return f"<{tag}{more}{attributes}>" if more else found[0]


def _classes(attributes: str) -> set[str]:
    named = _CLASS.search(attributes) if "jp-" in attributes else None
    return set() if named is None else set((named[1] or named[2] or named[3] or "").split())
