"""What the editor of a draft asks: its grid, pipelines, and parameters files."""

import asyncio
import os
from pathlib import Path

from pydantic import BaseModel

from jupyter_orchest_jobs.api.call import Call, file_of
from jupyter_orchest_jobs.api.errors import Malformed
from jupyter_orchest_jobs.api.meanings import selection_of
from jupyter_orchest_jobs.domain.choosing import choose_filtered, choose_places
from jupyter_orchest_jobs.domain.grid import Filter, Grid
from jupyter_orchest_jobs.domain.jsontext import short
from jupyter_orchest_jobs.domain.parameters import Lists, parameters_file_of
from jupyter_orchest_jobs.domain.selection import Rule, Selection
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.errors import InvalidInput
from jupyter_orchest_jobs.service.listfiles import write_lists
from jupyter_orchest_jobs.service.pipelines import find_pipelines
from jupyter_orchest_jobs.service.source import defaults_of
from jupyter_orchest_jobs.wire import answers, drafts

MOST_SHOWN = 1_000
"""Characters that are told of each value in a row of a grid: a long one stands in many rows."""


async def list_pipelines(call: Call) -> BaseModel:
    """Find pipeline files."""
    state = call.services.session.state.root
    found = await asyncio.to_thread(find_pipelines, call.root, frozenset({state}))
    return drafts.PipelineFilesAnswer(
        items=[
            drafts.PipelineFileAnswer(
                path=one.path,
                name=one.name,
                uuid=one.uuid,
                project=one.project,
                parameters_file=one.parameters_file,
            )
            for one in found.items
        ],
        complete=found.complete,
    )


async def expand_grid(call: Call) -> BaseModel:
    """A piece of a grid."""
    body = call.body
    assert isinstance(body, drafts.GridRequest)  # noqa: S101  # by the route table
    # Long lists, or thousands of exceptions, take longer than others should wait.
    return await asyncio.to_thread(_expand, body)


async def select_runs(call: Call) -> BaseModel:
    """Include combinations, or leave them out."""
    body = call.body
    assert isinstance(body, drafts.SelectRequest)  # noqa: S101  # by the route table
    return await asyncio.to_thread(_select, body)


async def write_parameters_file(call: Call) -> BaseModel:
    """Write a job's lists, or a pipeline's defaults, into a file."""
    body = call.body
    assert isinstance(body, drafts.ParametersFileRequest)  # noqa: S101  # by the route table
    if (body.job is None) == (body.pipeline_path is None):
        raise Malformed("Give either job or pipeline_path.")
    lists: Lists
    if body.job is not None:
        job = (await call.services.jobs.get(body.job)).job
        lists, pipeline = job.strategy.values, Path(job.project) / job.pipeline_path
    else:
        pipeline = file_of(call, body.pipeline_path or "")
        lists = await asyncio.to_thread(defaults_of, pipeline)
    path = await asyncio.to_thread(_target, call, body.path, pipeline)
    await asyncio.to_thread(write_lists, lists, call.root, path, frozenset(body.accept))
    return drafts.ParametersFileAnswer(path=path)


def _target(call: Call, wished: str | None, pipeline: Path) -> str:
    """The path of the file to be written, relative to the server's root."""
    root = Path(os.path.realpath(call.root))
    if wished:
        return file_of(call, wished).relative_to(call.root).as_posix()
    beside = Path(os.path.realpath(pipeline.parent), parameters_file_of(pipeline.name))
    if not beside.is_relative_to(root):
        raise InvalidInput(
            f"{pipeline} is not below the server's root directory; name a file that is."
        )
    return file_of(call, beside.relative_to(root).as_posix()).relative_to(call.root).as_posix()


def _expand(body: drafts.GridRequest) -> drafts.GridAnswer:
    selection = selection_of(body.selection) or Selection()
    grid = Grid(Strategy(body.parameters), selection, _filter_of(body.filter))
    return drafts.GridAnswer(
        total=grid.total,
        included=grid.included,
        matching=grid.matching,
        axes=[drafts.GridAxisAnswer(scope=one.scope, name=one.name) for one in grid.varying],
        items=[
            drafts.CombinationAnswer(
                index=row.index,
                texts=[short(text, MOST_SHOWN) for text in row.texts],
                included=row.included,
            )
            for row in grid.page(body.offset, body.limit)
        ],
    )


def _select(body: drafts.SelectRequest) -> drafts.SelectAnswer:
    strategy = Strategy(body.parameters)
    selection = selection_of(body.selection) or Selection()
    if body.indexes is not None:
        after = choose_places(strategy, selection, body.indexes, include=body.include)
    else:
        filter = _filter_of(body.filter)
        after = choose_filtered(strategy, selection, filter, include=body.include)
    included = Grid(strategy, after).included
    return drafts.SelectAnswer(selection=answers.selection(after), included=included)


def _filter_of(request: drafts.FilterRequest) -> Filter:
    rules = tuple(Rule(rule.scope, rule.name, rule.value) for rule in request.rules)
    return Filter(request.text, rules, request.included)
