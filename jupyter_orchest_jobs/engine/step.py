"""Executes one try of a step, whatever its kind: its folder, log, environment, metrics."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.run import RunSpec, StepSpec
from jupyter_orchest_jobs.domain.status import Cause, StepStatus
from jupyter_orchest_jobs.engine.context import Report, StepContext
from jupyter_orchest_jobs.engine.environment import for_step, missing
from jupyter_orchest_jobs.engine.folder import LOG, NOTEBOOK, AttemptFolder
from jupyter_orchest_jobs.engine.left_out import explain_left_out
from jupyter_orchest_jobs.engine.metrics import Reported, read_metrics
from jupyter_orchest_jobs.engine.notebook import run_notebook
from jupyter_orchest_jobs.engine.outcome import Outcome, failed
from jupyter_orchest_jobs.engine.passing import forget_outputs, write_parameters
from jupyter_orchest_jobs.engine.script import run_script
from jupyter_orchest_jobs.engine.step_log import StepLog
from jupyter_orchest_jobs.engine.stop import Stop
from jupyter_orchest_jobs.engine.warm.kernels import WarmKernels
from jupyter_orchest_jobs.files.private import make_private

_METRICS = "metrics.jsonl"
_LOG_TAIL = 64 * 1024


async def execute_step(
    folder: AttemptFolder,
    spec: RunSpec,
    step: StepSpec,
    tries: int,
    *,
    runtime: Path,
    environ: Mapping[str, str],
    warm: WarmKernels,
    report: Report,
    stop: Stop,
    on_disk_full: Callable[[OSError], None],
) -> Outcome:
    """Execute a step; all of it but its end and its metrics is journalled.

    The working copy is as the try before left it, if there was one.

    Args:
        folder: of the attempt.
        spec: of the run.
        tries: counts the tries of this step in this attempt, from 1.
        runtime: a private folder with a short path, for sockets.
        environ: the runner's environment variables.
        warm: forks kernels.
        report: writes this step's entries to the journal.
        stop: set when the step shall end now.
        on_disk_full: to be called when a file of ours can't be written.

    Raises:
        OSError: a file of ours can't be written.
    """
    home = folder.step(step.id)
    make_private(home)
    if tries > 1:
        _put_aside(home, tries - 1)
    forget_outputs(folder.work, spec, step.id)
    metrics = home / _METRICS
    parameters = runtime / f"{step.id}.parameters.json"
    write_parameters(parameters, spec, step, work=folder.work, metrics=metrics)
    _make_data_dir(spec.data_dir)
    log = StepLog(
        home / LOG,
        on_limit=lambda message: report(journal.StepOutputLimit, message=message),
        on_disk_full=on_disk_full,
    )
    context = StepContext(
        step=step,
        tries=tries,
        work=folder.work,
        folder=home,
        runtime=runtime,
        parameters=spec.parameters_of(step.id),
        env=for_step(
            environ,
            spec,
            step,
            work=folder.work,
            pipeline=folder.pipeline,
            parameters=parameters,
            metrics=metrics,
            attempt=folder.number,
        ),
        job_variables=frozenset(spec.env_variables),
        warm=warm,
        python=spec.python if step.environment is None else step.environment.program,
        sdk_dir=spec.sdk_dir,
        log=log,
        report=report,
        stop=stop,
        on_disk_full=on_disk_full,
        owns_work=lambda: not folder.next.exists(),
    )
    try:
        outcome = await _run(context)
        if outcome.status is StepStatus.FAILED:
            outcome = _explained(outcome, context, Path(spec.snapshot) / "manifest.json")
        if outcome.status is StepStatus.CANCELLED or outcome.cause is Cause.TIMEOUT:
            log.line(f"Ended: {outcome.message}" if outcome.message else "Cancelled.")
        return replace(outcome, metrics=_metrics(metrics, log))
    finally:
        log.close()


async def _run(context: StepContext) -> Outcome:
    if not context.file.is_file():
        context.report_start()
        message = f"There is no file {context.step.path} in the working copy."
        context.log.line(message)
        return failed(message)
    lacking = missing(context.step)
    if lacking is not None:
        context.report_start()
        context.log.line(lacking)
        return failed(lacking, Cause.ENVIRONMENT_MISSING)
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


def _metrics(path: Path, log: StepLog) -> Reported:
    metrics, problems = read_metrics(path)
    for problem in problems[:10]:
        log.line(problem)
    return metrics


def _make_data_dir(path: str) -> None:
    # Most steps don't use it; those that do will tell what is wrong with it.
    with suppress(OSError):
        if path:
            Path(path).mkdir(mode=0o700, exist_ok=True)


def _put_aside(home: Path, tries: int) -> None:
    """Keep what an earlier try left, under names of its own."""
    for name in (LOG, NOTEBOOK, _METRICS):
        with suppress(FileNotFoundError):
            (home / name).rename(home / f"try-{tries}.{name}")
