"""Identifiers: random ids for machines, small numbers for people."""

import uuid

MIN_PREFIX = 4
"""Shortest id prefix that is looked up; shorter ones are taken for numbers."""


def new_id() -> str:
    """A new random id (UUID version 4, lower case, with dashes)."""
    return str(uuid.uuid4())


def is_id(text: str) -> bool:
    """Whether the text is a whole id in its canonical form."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def run_label(job_number: int, run_number: int) -> str:
    """The name of a run for people: run 7 of job 12 is ``12.7``."""
    return f"{job_number}.{run_number}"
