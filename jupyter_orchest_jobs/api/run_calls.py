"""The operations on runs: each turns a request into one use case, and its result into an answer."""

import asyncio

from pydantic import BaseModel

from jupyter_orchest_jobs.api.call import MAX_LOG_PIECE, MAX_PAGE, MAX_TEXT, Call, which_log
from jupyter_orchest_jobs.api.errors import read_rules
from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.selection import Rule
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.service.acts import Act
from jupyter_orchest_jobs.service.logs import LogPiece
from jupyter_orchest_jobs.service.runs import RunView
from jupyter_orchest_jobs.store.contract import RunQuery
from jupyter_orchest_jobs.wire import answers, requests, results


async def list_runs(call: Call) -> BaseModel:
    """A page of runs."""
    query = RunQuery(
        job_id=call.query.get("job"),
        status=call.status(RunStatus),
        since=call.since(),
        sort=call.query.get("sort", "number"),
        cursor=call.query.get("cursor"),
        limit=call.number("limit", 100, 1, MAX_PAGE),
        batch=call.number("batch", 0, 1, 2**62) if "batch" in call.query else None,
        text=call.text("text", MAX_TEXT),
        where=_rules(call.query.get("where")),
    )
    if call.flag("steps"):
        return answers.runs(await call.services.runs.page(query), answers.run_with_cells)
    return answers.runs(await call.services.runs.lines(query), answers.run)


async def act_on_runs(call: Call) -> BaseModel:
    """The same act on several runs."""
    body = call.body
    assert isinstance(body, results.RunsActRequest)  # noqa: S101  # by the route table
    outcome = await call.services.acts.act(Act(body.act), body.ids)
    refused = outcome.refused.items()
    return results.RunsActAnswer(
        done=list(outcome.done),
        refused=[results.RefusedAnswer(id=run_id, message=why) for run_id, why in refused],
    )


async def delete_run(call: Call) -> None:
    """Delete a run."""
    await call.services.acts.delete(call.path["id"])


async def get_run(call: Call) -> BaseModel:
    """One run with its steps."""
    return await _detail(call, await call.services.runs.get(call.path["id"]))


async def get_run_neighbours(call: Call) -> BaseModel:
    """The runs before and after one."""
    previous, following = await call.services.runs.neighbours(call.path["id"])
    return results.RunNeighboursAnswer(previous=previous, next=following)


async def cancel_run(call: Call) -> BaseModel:
    """Cancel a run."""
    return await _detail(call, await call.services.runs.cancel(call.path["id"]))


async def get_run_pipeline(call: Call) -> BaseModel:
    """The pipeline that a run executes."""
    view = await call.services.runs.get(call.path["id"])
    document = view.pipeline.with_parameters(view.run.combination)
    return results.PipelineAnswer(document=document)


async def get_log(call: Call) -> BaseModel:
    """A piece of a log."""
    offset = call.number("offset", 0, -(2**62), 2**62)
    limit = call.number("limit", 2**18, 1, MAX_LOG_PIECE)
    which = which_log(call.query)
    runs = call.services.runs
    view = await runs.get(call.path["id"])

    def read() -> LogPiece:
        return runs.logs(view, call.path["step"]).read(offset, limit, *which)

    piece = await asyncio.to_thread(read)
    return results.LogAnswer(
        attempt=piece.attempt,
        tries=piece.tries,
        text=piece.text,
        offset=piece.offset,
        next_offset=piece.next_offset,
        size=piece.size,
        finished=piece.finished,
    )


async def retry_run(call: Call) -> BaseModel:
    """Execute a run again."""
    return await _detail(call, await call.services.runs.again(call.path["id"], AttemptKind.RETRY))


async def resume_run(call: Call) -> BaseModel:
    """Go on with a run."""
    return await _detail(call, await call.services.runs.again(call.path["id"], AttemptKind.RESUME))


async def pin_run(call: Call) -> BaseModel:
    """Keep a run, or no longer."""
    body = call.body
    assert isinstance(body, requests.PinRequest)  # noqa: S101  # by the route table
    return await _detail(call, await call.services.runs.pin(call.path["id"], body.pinned))


def _rules(text: str | None) -> tuple[Rule, ...]:
    """The rules of a query.

    Raises:
        Malformed: they are not a JSON list of rules.
    """
    if text is None:
        return ()
    rules = read_rules(text)
    return tuple(Rule(rule.scope, rule.name, rule.value) for rule in rules)


async def _detail(call: Call, view: RunView) -> BaseModel:
    runs = call.services.runs
    steps, host = await asyncio.to_thread(lambda: (runs.steps(view), runs.host(view)))
    return answers.run_detail(view, steps, host)
