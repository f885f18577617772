"""The shapes of what is told of environments."""

from typing import Literal

from pydantic import Field

from jupyter_orchest_jobs.wire.base import Answer

State = Literal["waiting", "freezing", "frozen", "recorded", "live"]


class EnvironmentAnswer(Answer):
    """What steps of a job are executed in, and how far it is frozen."""

    id: str
    language: str
    kernel: str = Field(description="Name of the kernelspec; empty for an interpreter without one.")
    display_name: str
    program: str
    prefix: str = Field(description="The folder of the original; empty if it isn't Python's.")
    version: str
    state: State = Field(
        description="frozen: steps use a clone; recorded: it can't be frozen, what it has is "
        "known; live: the job doesn't want it frozen. Steps of these two use the original."
    )
    reason: str = Field(description="Why it isn't frozen, as a sentence; empty if it is.")
    packages: int
    bytes: int = Field(description="What its files come to; while it is being frozen, so far.")
    copy_bytes: int = Field(description="What a copy would take; 0 if none is possible or needed.")
    warnings: list[str] = Field(description="What of it is not frozen.")


class PackageAnswer(Answer):
    """An installed package."""

    name: str
    version: str
    origin: str = Field(description="pip, conda, editable: PATH, path: PATH, url: URL or unknown.")


class EnvironmentDetailAnswer(EnvironmentAnswer):
    """An environment with its packages, as it was when it was frozen or recorded."""

    items: list[PackageAnswer] = Field(description="All packages, by name.")


class PackageChangeAnswer(Answer):
    """A package that is another one in the original by now."""

    name: str
    before: str | None = Field(description="Its version then; null if it wasn't there.")
    now: str | None = Field(description="Its version now; null if it isn't there any more.")


class EnvironmentChangesAnswer(Answer):
    """What has changed in the original of an environment since it was frozen or recorded."""

    changed: bool
    items: list[PackageChangeAnswer] = Field(description="All that differ, by name.")
    message: str | None = Field(description="If its interpreter is gone, or another one.")
