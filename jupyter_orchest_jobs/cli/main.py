"""The command line: its beginning, its end, and its exit codes.

0: done, and where runs were waited for, all of them succeeded. 1: runs failed, were cancelled or
interrupted. 2: refused, or not possible; nothing was changed. 130: stopped waiting by Ctrl-C.
141: nobody read the output to its end.
"""

import asyncio
import io
import logging
import os
import sys
from collections.abc import Sequence

from jupyter_orchest_jobs.cli.grammar import parser
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


if __name__ == "__main__":
    sys.exit(main())
