"""The operations on files of runs and on snapshots that answer with JSON."""

from pydantic import BaseModel

from jupyter_orchest_jobs.api.call import Call
from jupyter_orchest_jobs.files.ignore import LeftOut
from jupyter_orchest_jobs.files.paths import shown
from jupyter_orchest_jobs.wire import drafts, results

MOST_LEFT_OUT, MOST_CHANGES = 1_000, 100


async def list_run_files(call: Call) -> BaseModel:
    """One folder of a run's files."""
    folder = await call.services.files.folder(call.path["id"], call.query.get("path", ""))
    items = [
        results.RunFileAnswer(
            name=shown(file.path.rpartition("/")[2]),
            path=shown(file.path),
            type=file.type,
            size=file.size,
            change=file.change,
        )
        for file in folder.files
    ]
    return results.RunFilesAnswer(
        path=folder.path, items=items, total=folder.total, note=folder.note
    )


async def get_snapshot(call: Call) -> BaseModel:
    """What a job's snapshot holds and lacks."""
    view = await call.services.look.get(call.path["id"])
    found = view.manifest
    return drafts.SnapshotDetailAnswer(
        id=found.id,
        taken_at=view.taken_at,
        files=found.files,
        bytes=found.bytes,
        commit=found.commit,
        dirty=found.dirty,
        left_out=[
            drafts.LeftOutAnswer(path=shown(item.path), reason=_reason(item))
            for item in found.left_out[:MOST_LEFT_OUT]
        ],
        left_out_total=len(found.left_out),
        skipped=list(found.skipped),
        warnings=list(found.warnings),
    )


async def get_snapshot_changes(call: Call) -> BaseModel:
    """What has changed in the project since the snapshot."""
    view = await call.services.look.changes(call.path["id"])
    found = view.changes.found if view.changes is not None else {}
    first = sorted(found.items())[:MOST_CHANGES]
    return drafts.SnapshotChangesAnswer(
        changed=bool(found),
        total=len(found),
        items=[drafts.ChangedFileAnswer(path=shown(path), change=change) for path, change in first],
        message=view.message,
    )


def _reason(item: LeftOut) -> str:
    if item.source is None:
        return item.reason
    return f"{shown(item.source)} line {item.line}: {shown(item.pattern or '')}"
