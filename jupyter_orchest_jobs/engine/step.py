"""Executes one step, whatever its kind: its folder, log, environment, metrics."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.run import RunSpec, StepSpec
from jupyter_orchest_jobs.domain.status import Cause, StepStatus
from jupyter_orchest_jobs.engine.environment import for_step
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.engine.left_out import explain_left_out
from jupyter_orchest_jobs.engine.metrics import read_metrics
from jupyter_orchest_jobs.engine.notebook import run_notebook
from jupyter_orchest_jobs.engine.outcome import Outcome, Report, StepContext, failed
from jupyter_orchest_jobs.engine.script import run_script
from jupyter_orchest_jobs.engine.step_log import StepLog

_LOG_TAIL = 64 * 1024


async def execute_step(
    folder: AttemptFolder,
    spec: RunSpec,
    step: StepSpec,
    *,
    runtime: Path,
    environ: Mapping[str, str],
    report: Report,
    stop: asyncio.Event,
    on_disk_full: Callable[[OSError], None],
) -> Outcome:
    """Execute a step; all of it but its end is journalled.

    Args:
        folder: of the attempt.
        spec: of the run.
        runtime: a private folder with a short path, for sockets.
        environ: the runner's environment variables.
        report: writes this step's entries to the journal.
        stop: set when the step shall end now.
        on_disk_full: to be called when a file of ours can't be written.

    Raises:
        OSError: a file of ours can't be written.
    """
    home = folder.step(step.id)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    metrics = home / "metrics.jsonl"
    log = StepLog(
        home / "log.txt",
        on_limit=lambda message: report(journal.StepOutputLimit, message=message),
        on_disk_full=on_disk_full,
    )
    context = StepContext(
        step=step,
        work=folder.work,
        folder=home,
        runtime=runtime,
        env=for_step(environ, spec, step, pipeline=folder.pipeline, metrics=metrics),
        job_variables=frozenset(spec.env_variables),
        python=spec.python,
        sdk_dir=spec.sdk_dir,
        log=log,
        report=report,
        stop=stop,
        on_disk_full=on_disk_full,
    )
    try:
        outcome = await _run(context)
        if outcome.status is StepStatus.FAILED:
            outcome = _explained(outcome, context, Path(spec.snapshot) / "manifest.json")
        elif outcome.status is StepStatus.CANCELLED:
            log.line("Cancelled.")
        _report_metrics(metrics, context)
        return outcome
    finally:
        log.close()


async def _run(context: StepContext) -> Outcome:
    if not context.file.is_file():
        context.report(journal.StepStarted)
        message = f"There is no file {context.step.path} in the working copy."
        context.log.line(message)
        return failed(message)
    if context.step.kind == "notebook":
        return await run_notebook(context)
    return await run_script(context)


def _explained(outcome: Outcome, context: StepContext, manifest: Path) -> Outcome:
    if outcome.cause is not Cause.STEP_FAILED:
        return outcome
    text = f"{outcome.message}\n{context.log.tail(_LOG_TAIL)}"
    why = explain_left_out(text, context.work, context.cwd, manifest)
    if why is None:
        return outcome
    context.log.line(why)
    return replace(outcome, message=f"{outcome.message}\n{why}")


def _report_metrics(path: Path, context: StepContext) -> None:
    metrics, problems = read_metrics(path)
    for name, value in metrics:
        context.report(journal.Metric, name=name, value=value)
    for problem in problems[:10]:
        context.log.line(problem)
