"""Files that belong to nothing are removed, and nothing else is."""

from contextlib import ExitStack
from pathlib import Path

from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.files.locks import FileLock
from tests.records import a_job
from tests.service.world import World


def test_cleanup_removes_what_belongs_to_nothing(world: World) -> None:
    kept = world.started()
    gone = world.job()
    snapshot = world.state.snapshots / str(kept.snapshot.id)
    for folder in (
        snapshot,
        world.state.snapshots / new_id(),
        world.state.snapshots / ".tmp-something",
        world.state.run(new_id()) / "work",
        world.state.root / "runs" / "not ours",
    ):
        folder.mkdir(parents=True)
    world.finish()
    world.tick()
    run_of_gone = world.run(gone)
    assert world.state.run(run_of_gone.id).exists()
    world.store.delete_job(gone.id, {JobStatus.SUCCEEDED})
    world.tick()
    assert sorted(path.name for path in world.state.snapshots.iterdir()) == [
        ".tmp-something",
        snapshot.name,
    ]
    assert {path.name for path in (world.state.root / "runs").iterdir()} == {
        world.run(kept).id,
        "not ours",
    }


def test_cleanup_removes_what_killed_conductors_were_building(world: World) -> None:
    places = (world.state.snapshots, world.state.environments)
    left, building = ([place / f".tmp-{name}" for place in places] for name in ("left", "building"))
    for folder in (*left, *building):
        (folder / "project").mkdir(parents=True)
    with ExitStack() as living:
        for folder in building:
            lock = FileLock.try_acquire(folder.with_name(f"{folder.name}.lock"))
            assert lock is not None
            living.enter_context(lock)
        world.tick()
        assert [folder.exists() for folder in (*left, *building)] == [False, False, True, True]


def test_cleanup_removes_folders_that_steps_have_closed(world: World, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o500)
    folder = world.state.run(new_id())
    (folder / "work" / "closed").mkdir(parents=True)
    (folder / "work" / "closed" / "file").write_text("")
    (folder / "work" / "link").symlink_to(outside)
    (folder / "work" / "closed").chmod(0)
    (folder / "work").chmod(0o500)
    world.store.delete_job(world.store.add_job(a_job()).id, {JobStatus.DRAFT})
    world.tick()
    assert not folder.exists()
    assert outside.stat().st_mode & 0o777 == 0o500


def test_cleanup_keeps_what_a_damaged_database_has_forgotten(world: World) -> None:
    folder = world.state.run(new_id()) / "work"
    folder.mkdir(parents=True)
    world.store.has_lost_records = True  # type: ignore[misc]  # it was repaired from a backup
    world.store.delete_job(world.store.add_job(a_job()).id, {JobStatus.DRAFT})
    world.tick()
    assert folder.exists()
