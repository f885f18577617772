"""Text from files and steps, made harmless for terminals."""

import re

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """The text without what moves the cursor, colours or reorders: such characters are spelled."""
    return _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], text)


def line(text: str) -> str:
    """The same in one line."""
    return plain(text).replace("\n", "\\n").replace("\t", "\\t")
