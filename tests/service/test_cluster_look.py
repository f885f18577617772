"""What users see and say of the cluster, without one: what the conductor says of it is a file."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from jupyter_orchest_jobs.domain.cluster import (
    CONNECTING,
    ClusterSettings,
    ClusterState,
    ExecutorName,
)
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.errors import InvalidInput, PoliciesInvalid
from jupyter_orchest_jobs.service import cluster_look
from jupyter_orchest_jobs.service.clock import utc_now
from jupyter_orchest_jobs.service.cluster_look import STALE, ClusterLook, ClusterView
from jupyter_orchest_jobs.service.limits import cluster_of
from jupyter_orchest_jobs.store.contract import Settings
from tests.service.desk import Desk, spec_of_run
from tests.service.world import World

ADDRESS = "tcp://127.0.0.1:8786"
FOUND = ClusterState(
    connected=True, since=utc_now(), workers=2, slots=4, free=3, resources={"GPU": 1.0}
)


@pytest.fixture(autouse=True)
def distributed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if it were installed: nothing here uses it."""
    monkeypatch.setattr(cluster_look, "has_distributed", lambda: True)


class Looker:
    """A user who looks at the cluster of a world."""

    def __init__(self, world: World, desk: Desk) -> None:
        self._desk = desk
        self._file = world.state.cluster
        self._look = ClusterLook(desk.session, utc_now)

    def look(self) -> ClusterView:
        return self._desk.ask(self._look.look())

    def change(self, **changes: object) -> ClusterView:
        return self._desk.ask(self._look.change(changes))

    def say(self, found: ClusterState, ago: timedelta = timedelta()) -> None:
        """Say how the cluster is, as the conductor does."""
        self._file.write_text(found.to_json(), encoding="utf-8")
        at = (utc_now() - ago).timestamp()
        os.utime(self._file, (at, at))


@pytest.fixture
def looker(world: World, desk: Desk) -> Looker:
    return Looker(world, desk)


def test_there_is_no_cluster_until_somebody_sets_one_up(looker: Looker) -> None:
    assert looker.look() == ClusterView(ClusterSettings(), installed=True)
    settings = ClusterSettings(address=ADDRESS, slots=2)
    assert looker.change(address=ADDRESS, slots=2) == ClusterView(settings, installed=True)
    assert looker.change(slots=3).settings == replace(settings, slots=3)
    assert looker.look().settings == replace(settings, slots=3)
    assert not looker.change(address="").settings.configured


def test_settings_that_cannot_be_used_are_refused_and_change_nothing(looker: Looker) -> None:
    before = looker.change(address=ADDRESS)
    for changes in ({"address": "tcp://example.org:8786"}, {"slots": 0}, {"store": "somewhere"}):
        with pytest.raises(InvalidInput):
            looker.change(**changes)
    assert looker.look() == before


def test_what_the_conductor_says_counts_while_it_is_news(looker: Looker) -> None:
    looker.change(address=ADDRESS)
    looker.say(FOUND)
    assert looker.look().state == FOUND
    looker.say(FOUND, ago=STALE + timedelta(seconds=1))
    assert looker.look().state is None
    looker.say(replace(FOUND, connected=False, error=CONNECTING))
    assert looker.look().state is None


def test_what_was_found_at_another_address_is_no_news(looker: Looker) -> None:
    looker.change(address=ADDRESS)
    looker.say(FOUND)
    assert looker.change(address=ADDRESS).state == FOUND
    assert looker.change(address="tcp://127.0.0.1:8787").state is None


def test_words_that_cannot_be_understood_are_none(world: World, looker: Looker) -> None:
    looker.change(address=ADDRESS)
    world.state.cluster.write_text("{}")
    assert looker.look().state is None


def test_nothing_is_looked_for_without_the_package(
    looker: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    looker.change(address=ADDRESS)
    looker.say(FOUND)
    monkeypatch.setattr(cluster_look, "has_distributed", lambda: False)
    assert (looker.look().installed, looker.look().state) == (False, None)


def test_settings_of_a_later_version_are_passed_over() -> None:
    kept = Settings(cluster={"address": ADDRESS, "colour": "red"})
    assert cluster_of(kept) == ClusterSettings(address=ADDRESS)


def test_runners_are_told_where_they_are_and_what_is_asked_for(world: World) -> None:
    job = world.recurring(executor=ExecutorName.DASK)
    world.pass_minutes(1)
    spec = spec_of_run(world, 1, job)
    assert (spec.executor, spec.resources) == ("dask", {})


def test_an_active_job_moves_to_a_cluster_only_if_there_is_one(
    world: World, desk: Desk, looker: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_orchest_jobs.service.limits.has_distributed", lambda: True)
    job = world.recurring()
    moved = replace(job.policies, executor=ExecutorName.DASK)
    with pytest.raises(PoliciesInvalid, match="none is set up"):
        desk.edit(job, policies=moved)
    looker.change(address=ADDRESS)
    assert desk.edit(job, policies=moved).job.policies == moved
    looker.change(address="")
    # What has nothing to do with it can still be changed, and it can come back.
    moved = replace(moved, keep_runs=5)
    assert desk.edit(job, policies=moved).job.policies == moved
    assert desk.edit(job, policies=Policies()).job.policies == Policies()
