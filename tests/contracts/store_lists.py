"""The half of a store's contract about runs that is about filters, and order by values."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.job import Batch
from jupyter_orchest_jobs.domain.run import AttemptKind, Run, StepRun
from jupyter_orchest_jobs.domain.selection import Rule
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus, StepStatus
from jupyter_orchest_jobs.errors import InvalidInput
from jupyter_orchest_jobs.store.contract import JobQuery, RunQuery, Store
from tests.records import AWKWARD, ENDED, NOW, a_run, pages, stored_job, stored_runs

IN_ORDER: list[Any] = [
    *(-(10**300), -1.5, -1, 0, 0.5, 1, 2, 10, 2**53, 2**53 + 1, 2**64, 1e300),
    *("", "10", "2", "B", "a", "b", "é", "😀"),
    *(False, True, None),
    *([1], [], {"a": 1, "b": 2}, {"a": 2, "b": 1}),
]
"""Values as lists of runs show them, ascending."""
SOME: list[Any] = [0, 1, 1.0, True, None, "x", "X y", [1], {"b": 1, "a": [None]}]


def with_value(value: Any) -> dict[str, Any]:
    """What gives a run a value for the pipeline's parameter x."""
    return {"combination": {"pipeline_parameters": {"x": value}}}


def numbers(store: Store, query: RunQuery) -> list[int]:
    """The numbers of all runs of a list, page by page; its total and its lines are right."""
    found = pages(lambda cursor: store.runs(replace(query, cursor=cursor)))
    lines = pages(lambda cursor: store.run_lines(replace(query, cursor=cursor)))
    assert lines == [run.line for run in found]
    assert store.runs(query).total == len(found)
    return [run.number for run in found]


class ListContract:
    """Promises about lists of runs."""

    @pytest.mark.parametrize("limit", [1, 3, 100])
    def test_values_are_sorted_by_type_and_then_by_value(self, store: Store, limit: int) -> None:
        job = stored_job(store)
        shuffled = [IN_ORDER[at * 7 % len(IN_ORDER)] for at in range(len(IN_ORDER))]
        runs = stored_runs(store, job, {}, *map(with_value, shuffled), {"combination": {"s": {}}})
        values = {run.number: run.combination["pipeline_parameters"]["x"] for run in runs[1:-1]}
        query = RunQuery(job.id, sort="parameter:pipeline_parameters/x", limit=limit)
        found = numbers(store, query)
        # Those without it first; the equal ones by number.
        assert found[:2] == [1, len(runs)]
        assert [repr(values[number]) for number in found[2:]] == [*map(repr, IN_ORDER)]
        assert numbers(store, replace(query, sort=f"-{query.sort}")) == found[::-1]

    def test_metrics_are_sorted_by_size(self, store: Store) -> None:
        job = stored_job(store)
        metrics = [{"loss": 0.5}, {}, {"loss": -1.0, "a/b": 2.0}, {"a/b": 1.0}, {"loss": 0.5}]
        stored_runs(store, job, *({"metrics": each} for each in metrics))
        for limit in (2, 100):
            query = RunQuery(job.id, sort="metric:loss", limit=limit)
            assert numbers(store, query) == [2, 4, 3, 1, 5]
            assert numbers(store, replace(query, sort="-metric:loss")) == [5, 1, 3, 4, 2]
        assert numbers(store, RunQuery(job.id, sort="metric:a/b")) == [1, 2, 5, 4, 3]

    def test_names_of_parameters_may_have_slashes_and_quotes(self, store: Store) -> None:
        job = stored_job(store)
        name = "a/b.\"c'$[0] é"
        stored_runs(store, job, *({"combination": {"s": {name: -at}}} for at in range(3)))
        assert numbers(store, RunQuery(job.id, sort=f"parameter:s/{name}")) == [3, 2, 1]
        rule = Rule("s", name, -1)
        assert numbers(store, RunQuery(job.id, where=(rule,))) == [2]

    def test_those_that_end_last_come_last(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        ends = [NOW + timedelta(seconds=2), None, NOW, NOW + timedelta(seconds=1)]
        stored_runs(store, job, *({"finished_at": end} for end in ends))
        stored_runs(store, other, {"finished_at": NOW})
        for limit in (1, 2, 100):
            query = RunQuery(job.id, sort="finished_at", limit=limit)
            assert numbers(store, query) == [2, 3, 4, 1]
            assert numbers(store, replace(query, sort="-finished_at")) == [1, 4, 3, 2]
        assert len(numbers(store, RunQuery(sort="finished_at", limit=2))) == 5

    def test_runs_are_chosen_by_batch(self, store: Store) -> None:
        job = stored_job(store)
        stored_runs(store, job, {}, ENDED)
        store.add_batch(Batch(job.id, 2, "manual", NOW), [a_run(job, 3, batch=2)], {})
        assert numbers(store, RunQuery(job.id, batch=1)) == [1, 2]
        assert numbers(store, RunQuery(job.id, batch=2)) == [3]
        assert numbers(store, RunQuery(job.id, RunStatus.PENDING, batch=1)) == [1]
        assert numbers(store, RunQuery(job.id, batch=7)) == []

    def test_each_value_that_is_named_for_a_parameter_will_do(self, store: Store) -> None:
        job = stored_job(store)
        combinations = [{"p": {"x": x, "y": y}} for x in SOME for y in (1, 2)]
        stored_runs(store, job, {}, *({"combination": each} for each in combinations))
        for at, value in enumerate(SOME):
            found = numbers(store, RunQuery(job.id, where=(Rule("p", "x", value),), limit=1))
            # 1, 1.0 and true are three values.
            assert found == [2 * at + 2, 2 * at + 3]
        rules = (Rule("p", "x", 0), Rule("p", "y", 2), Rule("p", "x", {"a": [None], "b": 1}))
        assert numbers(store, RunQuery(job.id, where=rules, sort="-number")) == [19, 3]
        assert numbers(store, RunQuery(job.id, where=(Rule("q", "x", 0),))) == []
        by_value = RunQuery(job.id, where=(Rule("p", "y", 2),), sort="-parameter:p/x", limit=4)
        assert numbers(store, by_value) == [19, 17, 11, 9, 13, 15, 7, 5, 3]

    def test_texts_are_found_in_numbers_states_messages_and_values(self, store: Store) -> None:
        job = stored_job(store)
        stored_runs(
            store,
            job,
            with_value("Größe X"),
            {"combination": {"step-7": {"seed": {"deep": [0.25]}}}},
            {"status": RunStatus.FAILED, "message": "ValueError: ÄRGER\nline 2"},
            *({} for _ in range(7)),
        )
        for text, expected in {
            "größe x": [1],
            '"GRÖSSE': [1],
            "0.2": [2],
            "deep": [2],
            "seed": [],
            "step-7": [],
            "fail": [3],
            "ärger": [3],
            "2": [2, 3],
            "10": [10],
            "%": [],
            "_": [],
            "line 2": [3],
            "nothing": [],
        }.items():
            for key in ("number", "duration", "parameter:pipeline_parameters/x"):
                query = RunQuery(job.id, text=text, sort=key, limit=2)
                assert sorted(numbers(store, query)) == expected, (text, key)
            assert len(store.runs(RunQuery(text=text)).items) == len(expected)

    def test_odd_texts_and_values_do_no_harm(self, store: Store) -> None:
        job = stored_job(store)
        odd = [*AWKWARD, "\ud800"]
        stored_runs(store, job, *map(with_value, odd), {"message": "a\0b"})
        for text in ("\0", "\ud800", "a\0b", "'; DROP TABLE runs; --", "x" * 10_000, "\\"):
            store.runs(RunQuery(job.id, text=text))
        assert numbers(store, RunQuery(job.id, text="ab")) == [len(odd) + 1]

    def test_a_message_is_found_from_its_first_moment_to_its_last(self, store: Store) -> None:
        (run,) = stored_runs(store, stored_job(store), {"status": RunStatus.RUNNING})
        failed = replace(run, status=RunStatus.FAILED, message="Boom")
        assert store.runs(RunQuery(text="boom")).total == 0
        failed = store.save_run(failed, {RunStatus.RUNNING}) or failed
        assert store.runs(RunQuery(text="boom")).total == 1
        store.save_run(replace(failed, status=RunStatus.PENDING, message=None), {RunStatus.FAILED})
        assert store.runs(RunQuery(text="boom")).total == 0

    def test_deleted_runs_are_not_found(self, store: Store) -> None:
        job = stored_job(store)
        runs = stored_runs(store, job, *(ENDED | with_value("here") for _ in range(2)))
        store.delete_runs([runs[0].id])
        assert numbers(store, RunQuery(job.id, text="here")) == [2]
        store.update_job(job.id, {"status": JobStatus.SUCCEEDED})
        store.delete_job(job.id, {JobStatus.SUCCEEDED})
        assert store.runs(RunQuery(text="here")).total == 0

    @pytest.mark.parametrize(
        "query",
        [
            RunQuery(sort="metric:loss"),
            RunQuery(sort="parameter:p/x"),
            RunQuery(batch=1),
            RunQuery(where=(Rule("p", "x", 1),)),
        ],
    )
    def test_what_only_one_job_can_answer_is_refused(self, store: Store, query: RunQuery) -> None:
        with pytest.raises(InvalidInput, match="one job"):
            store.runs(query)

    @pytest.mark.parametrize("sort", ["parameter:x", "parameter", "metric", "step:x", "text"])
    def test_values_are_named_in_full(self, store: Store, sort: str) -> None:
        with pytest.raises(InvalidInput, match="sorted by"):
            store.runs(RunQuery(stored_job(store).id, sort=sort))

    def test_cursors_belong_to_their_filters(self, store: Store) -> None:
        job = stored_job(store)
        stored_runs(store, job, *(with_value(1) for _ in range(4)))
        lists = [
            RunQuery(job.id, limit=1),
            RunQuery(job.id, limit=1, batch=1),
            RunQuery(job.id, limit=1, text="1"),
            RunQuery(job.id, limit=1, where=(Rule("pipeline_parameters", "x", 1),)),
            RunQuery(job.id, limit=1, sort="parameter:pipeline_parameters/x"),
        ]
        for query in lists:
            cursor = store.runs(query).next_cursor
            assert cursor is not None
            for other in lists:
                if other != query:
                    with pytest.raises(InvalidInput, match="another list"):
                        store.runs(replace(other, cursor=cursor))

    @pytest.mark.parametrize("sort", ["number", "-metric:loss"])
    def test_what_no_longer_matches_is_named(self, store: Store, sort: str) -> None:
        job, other = stored_job(store), stored_job(store)
        running = {"status": RunStatus.RUNNING, "metrics": {"loss": 1.0}}
        stays, leaves, gone, _ = stored_runs(store, job, running, running, ENDED, running)
        (elsewhere,) = stored_runs(store, other, running)
        query = RunQuery(job.id, RunStatus.RUNNING, since=store.revision(), sort=sort)
        store.save_run(replace(stays, journal_seq=1), {RunStatus.RUNNING})
        store.save_run(replace(leaves, status=RunStatus.FAILED), {RunStatus.RUNNING})
        store.save_run(replace(elsewhere, status=RunStatus.FAILED), {RunStatus.RUNNING})
        store.delete_runs([gone.id])
        page = store.runs(query)
        assert [run.number for run in page.items] == [1]
        assert sorted(page.deleted) == sorted([leaves.id, gone.id])
        assert (page.total, page.next_cursor) == (2, None)
        assert list(store.runs(replace(query, status=None)).deleted) == [gone.id]

    def test_quick_jobs_and_their_runs_are_only_where_they_are_asked_for(
        self, store: Store
    ) -> None:
        usual, quick = stored_job(store), stored_job(store, quick=True)
        since = store.revision()
        stored_runs(store, usual, {})
        stored_runs(store, quick, {}, {"status": RunStatus.FAILED})
        for wanted, expected in ((False, [usual]), (True, [quick]), (None, [quick, usual])):
            page = store.jobs(JobQuery(quick=wanted))
            assert [job.id for job in page.items] == [job.id for job in expected]
            assert page.total == len(expected)
            changed = store.job_lines(JobQuery(quick=wanted, since=since))
            assert {job.id for job in changed.items} == {job.id for job in expected}
        assert [run.job_id for run in store.runs(RunQuery()).items] == [usual.id]
        assert store.runs(RunQuery()).total == 1
        assert store.runs(RunQuery(status=RunStatus.FAILED)).total == 0
        assert [run.job_id for run in store.runs(RunQuery(since=since)).items] == [usual.id]
        assert len(numbers(store, RunQuery(quick.id))) == 2

    @pytest.mark.parametrize("sort", ["number", "-finished_at", "parameter:s/x"])
    def test_lines_say_what_the_steps_come_to(self, store: Store, sort: str) -> None:
        job = stored_job(store)
        late = StepRun("late", StepStatus.FAILED, finished_at=NOW + timedelta(microseconds=1))
        early = StepRun("ü", StepStatus.INTERRUPTED, finished_at=NOW)
        waits, goes = StepRun("waits"), StepRun("goes", StepStatus.RUNNING)
        fine, left = StepRun("fine", StepStatus.SUCCEEDED), StepRun("left", StepStatus.SKIPPED)
        bad = {**ENDED, "status": RunStatus.FAILED, "retry_requested": AttemptKind.RESUME}
        runs = stored_runs(
            store,
            job,
            {"steps": (fine, waits, goes)},
            {**bad, "steps": (fine, late, early, left), "cause": Cause.STEP_FAILED},
            {"status": RunStatus.RUNNING, "steps": (goes,), "metrics": {"loss": 0.5}},
        )
        query = RunQuery(job.id, sort=sort)
        lines = {line.number: line for line in store.run_lines(query).items}
        told = [(lines[number].steps_done, lines[number].failed_step_id) for number in (1, 2, 3)]
        assert told == [(1, None), (4, "ü"), (0, None)]
        assert [repr(lines[run.number]) for run in runs] == [repr(run.line) for run in runs]
        since = store.revision()
        store.save_run(replace(runs[2], steps=(late, fine)), {RunStatus.RUNNING})
        page = store.run_lines(replace(query, since=since))
        assert [(line.steps_done, line.failed_step_id) for line in page.items] == [(2, "late")]

    def test_filters_go_together(self, store: Store) -> None:
        values = st.sampled_from(SOME)
        special = st.fixed_dictionaries(
            {
                "status": st.sampled_from([RunStatus.PENDING, RunStatus.FAILED]),
                "message": st.sampled_from([None, "x marks", "1"]),
                "combination": st.builds(lambda x: {"p": {"x": x}}, values),
            }
        )

        @settings(max_examples=25, deadline=None)
        @given(
            st.lists(special, max_size=10),
            st.sampled_from(["", "x", "1", "fail", "null"]),
            st.lists(values, max_size=3),
            st.sampled_from(["number", "-number", "parameter:p/x", "-parameter:p/x", "-status"]),
            st.integers(1, 4),
        )
        def check(
            specials: list[dict[str, Any]], text: str, among: list[Any], sort: str, limit: int
        ) -> None:
            job = stored_job(store)
            runs = stored_runs(store, job, *specials)
            rules = tuple(Rule("p", "x", value) for value in among)
            query = RunQuery(job.id, sort=sort, text=text, where=rules, limit=limit)
            assert sorted(numbers(store, query)) == [
                run.number for run in runs if is_meant(run, text, among)
            ]

        check()


def is_meant(run: Run, text: str, among: list[Any]) -> bool:
    """Whether a run is in a list, slowly and surely."""
    value = json.dumps(run.combination["p"]["x"], sort_keys=True)
    places = [
        str(run.number),
        str(run.status),
        run.message or "",
        json.dumps(run.combination["p"]["x"]).lower(),
    ]
    is_named = not among or value in [json.dumps(each, sort_keys=True) for each in among]
    return is_named and any(text in place for place in places)
