"""The command line: its grammar, and its exit codes.

0: done, and where runs were waited for, all of them succeeded. 1: runs failed, were cancelled or
interrupted. 2: refused, or not possible; nothing was changed. 130: stopped waiting by Ctrl-C.
141: nobody read the output to its end.
"""

import argparse
import asyncio
import io
import logging
import os
import sys
from collections.abc import Sequence

from jupyter_orchest_jobs._version import __version__
from jupyter_orchest_jobs.cli.plain import plain
from jupyter_orchest_jobs.errors import ConfirmationNeeded, OrchestJobsError

REFUSED = 2
INTERRUPTED = 130
CUT_OFF = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: without the program's name; the process's own if None.

    Returns:
        The exit code.
    """
    arguments = parser().parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):  # names may have what the terminal can't show
        sys.stdout.reconfigure(errors="backslashreplace")
    # Commands are imported when they are chosen: `--help` needs none of them.
    try:
        if arguments.command == "serve":
            from jupyter_orchest_jobs.cli.serve import serve

            logging.basicConfig(
                level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
            )
            return serve(arguments)
        from jupyter_orchest_jobs.cli.commands import COMMANDS

        code = asyncio.run(COMMANDS[arguments.command](arguments))
        sys.stdout.flush()
        return code
    except ConfirmationNeeded as error:
        return _refuse(f"{error.message}\nTo go on, add --accept {error.accept}.")
    except OrchestJobsError as error:
        return _refuse(error.message)
    except BrokenPipeError:
        # `… | head` has seen enough. What is still in the buffer must not fail at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CUT_OFF
    except OSError as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED


def _refuse(message: str) -> int:
    print(plain(message), file=sys.stderr)
    return REFUSED


def parser() -> argparse.ArgumentParser:
    """The grammar."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--state-dir",
        metavar="DIR",
        help="where jobs are kept; if left out, where the Jupyter server keeps them",
    )
    output = argparse.ArgumentParser(add_help=False, parents=[shared])
    output.add_argument("--json", action="store_true", help="print JSON, as the REST API has it")
    top = argparse.ArgumentParser(
        prog="jupyter orchest-jobs",
        description="Run pipelines as jobs: over a grid of parameters, from a snapshot.",
    )
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", parents=[output], help="run a pipeline as a job")
    run.add_argument("pipeline", metavar="PIPELINE", help="a .orchest file")
    run.add_argument(
        "--parameters",
        metavar="FILE",
        help="lists of values; if left out, PIPELINE.parameters.json beside the pipeline",
    )
    run.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="WHERE.NAME='[…]'",
        help="values of one parameter; WHERE is “pipeline”, or a step's title or id",
    )
    run.add_argument(
        "--env", action="append", default=[], metavar="NAME=VALUE", help="an environment variable"
    )
    run.add_argument("--name", help="of the job; if left out, the pipeline's name")
    run.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="WHAT",
        help="agree to large_snapshot, without_services or many_runs",
    )
    run.add_argument("--wait", action="store_true", help="show progress until all runs have ended")

    jobs = commands.add_parser("jobs", help="list, show or cancel jobs")
    verbs = jobs.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", parents=[output], help="list jobs, newest first")
    listing.add_argument("--limit", type=int, default=50, help="at most so many (50)")
    show = verbs.add_parser("show", parents=[output], help="show a job and its runs")
    cancel = verbs.add_parser("cancel", parents=[output], help="cancel a job and its runs")
    for verb in (show, cancel):
        verb.add_argument("job", metavar="JOB", help="a job's number, or the start of its id")

    runs = commands.add_parser("runs", help="list, show or cancel runs, or read a log")
    verbs = runs.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", parents=[output], help="list the runs of a job")
    listing.add_argument("job", metavar="JOB", help="a job's number, or the start of its id")
    show = verbs.add_parser("show", parents=[output], help="show a run and its steps")
    log = verbs.add_parser("log", parents=[shared], help="print the logs of a run's steps")
    log.add_argument("--step", help="only this step's, by title or id")
    cancel = verbs.add_parser("cancel", parents=[output], help="cancel a run")
    for verb in (show, log, cancel):
        verb.add_argument("run", metavar="RUN", help="like 12.7, or the start of a run's id")

    serve = commands.add_parser(
        "serve", parents=[shared], help="carry out jobs until stopped, as a service"
    )
    serve.add_argument(
        "--background",
        action="store_true",
        help="leave when there is nothing to do and nobody is attached; so others start it",
    )
    return top


if __name__ == "__main__":
    sys.exit(main())
