import os
import time
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.errors import InvalidInput, StoreUnavailable
from jupyter_orchest_jobs.service.secrets import ORPHANED_S, Secrets
from tests.service.desk import Desk, spec_of_run
from tests.service.world import World


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    (tmp_path / "secrets").mkdir()
    return Secrets(tmp_path / "secrets")


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_what_is_written_is_read_and_removed(secrets: Secrets) -> None:
    assert secrets.read("a") == {}
    secrets.write("a", {"B": "2", "A": "ä"})
    assert (secrets.read("a"), secrets.names("a")) == ({"B": "2", "A": "ä"}, ("A", "B"))
    assert secrets.path("a").stat().st_mode & 0o777 == 0o600
    secrets.remove("a")
    secrets.remove("a")
    assert not secrets.path("a").exists()


def test_damaged_file_says_what_to_do(secrets: Secrets) -> None:
    secrets.path("a").write_text("{")
    with pytest.raises(InvalidInput, match="set them again"):
        secrets.read("a")
    assert secrets.names("a") == ()


def test_secrets_that_cannot_be_written_change_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="can't be kept"):
        Secrets(tmp_path / "none").write("a", {"A": "1"})


def test_only_old_secrets_of_unknown_jobs_are_swept(secrets: Secrets) -> None:
    known, young, orphan = new_id(), new_id(), new_id()
    for job_id in (known, young, orphan, "mine"):
        secrets.write(job_id, {"A": "1"})
        age(secrets.path(job_id), 0 if job_id == young else ORPHANED_S + 60)
    secrets.sweep(lambda job_id: job_id == known)
    left = [job_id for job_id in (known, young, orphan, "mine") if secrets.path(job_id).exists()]
    assert left == [known, young, "mine"]


def test_conductor_sweeps_secrets_of_deleted_drafts(world: World) -> None:
    orphan, job = new_id(), world.job(start_requested_at=None)
    kept = Secrets(world.state.secrets)
    for job_id in (orphan, job.id):
        kept.write(job_id, {"A": "1"})
        age(kept.path(job_id), ORPHANED_S + 60)
    world.tick(3)
    assert not kept.path(orphan).exists()
    assert kept.path(job.id).exists()


def test_run_is_told_where_its_secrets_are_and_not_which(world: World, desk: Desk) -> None:
    job = world.recurring()
    desk.edit(job, secrets={"TOKEN": "hunter22"})
    world.pass_minutes(1)
    spec = spec_of_run(world, 1, job)
    assert Path(spec.secrets_file).read_text() == '{"TOKEN": "hunter22"}'
    assert "hunter22" not in spec.to_json()


def test_secrets_that_two_set_at_once_are_both_kept(world: World, desk: Desk) -> None:
    job = world.recurring()
    other = Desk(world)
    desk.meanwhile = lambda: other.edit(job, secrets={"OTHER": "2"}) and None
    desk.edit(job, secrets={"OWN": "1"})
    assert Secrets(world.state.secrets).names(job.id) == ("OTHER", "OWN")


def test_secrets_stay_as_they_are_where_a_change_is_refused(world: World, desk: Desk) -> None:
    job = world.started()
    with pytest.raises(Exception, match="only the name"):
        desk.edit(job, secrets={"A": "1"})
    assert Secrets(world.state.secrets).names(job.id) == ()


def test_copy_with_the_own_snapshot_has_the_secrets(world: World, desk: Desk) -> None:
    job = world.job(status=JobStatus.DRAFT, start_requested_at=None)
    Secrets(world.state.secrets).write(job.id, {"A": "1"})
    copy = desk.duplicate(job, own=True)
    assert Secrets(world.state.secrets).read(copy.id) == {"A": "1"}
