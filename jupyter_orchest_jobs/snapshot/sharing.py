"""A project in which nothing has changed needs no other snapshot: the one of before is its own."""

from jupyter_orchest_jobs.files import manifest as manifests
from jupyter_orchest_jobs.files.copy import folder_mode
from jupyter_orchest_jobs.files.manifest import Item
from jupyter_orchest_jobs.files.walk import Entry, Listing
from jupyter_orchest_jobs.snapshot.base import Base
from jupyter_orchest_jobs.snapshot.links import ReadLinks


def is_as_before(base: Base, listing: Listing, links: ReadLinks) -> bool:
    """Whether another snapshot would be the same as the one of before, beyond doubt.

    Also in what it leaves out and says of that, but for the commit that is checked out. What the
    snapshot of before has is looked at, too: its files must be there, with their sizes and times.
    Files that were written so shortly before the last snapshot that they have to be read are a
    doubt: the next one links them, and notes their times anew.
    """
    before = base.manifest
    return (
        bool(before.id)
        and not listing.problems
        and set(listing.left_out) == set(before.left_out)
        and (tuple(listing.warnings), links.skipped) == (before.warnings, before.skipped)
        and _items(base, listing, links) == before.items
        and _is_whole(base)
    )


def _items(base: Base, listing: Listing, links: ReadLinks) -> dict[str, Item | None]:
    """What a snapshot would hold; None for what isn't surely known."""

    def item(entry: Entry) -> Item | None:
        return (
            Item("dir", folder_mode(entry.mode)) if entry.kind == "dir" else base.unchanged(entry)
        )

    found = {e.path: item(e) for e in listing.entries if e.kind in ("dir", "file")}
    return {**found, **links.items}


def _is_whole(base: Base) -> bool:
    try:
        return not manifests.differences(base.folder / manifests.PROJECT, base.manifest)
    except OSError:
        return False
