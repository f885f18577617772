"""The tools with which we are compared, in an environment of their own that the bench makes.

It is kept in the user's cache, so only the first run needs the network.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

from bench.server import environment

REQUIREMENTS = ("ipykernel", "jupyter-scheduler", "nbclient", "pandas", "papermill", "scikit-learn")
SHOWN = ("ipykernel", "jupyter-scheduler", "nbclient", "papermill")
_VERSIONS = """\
import sys
from importlib.metadata import version
print(", ".join(f"{name} {version(name)}" for name in sys.argv[1:]))
"""


def python() -> str:
    """The interpreter that has them.

    Raises:
        RuntimeError: they can't be installed.
    """
    key = hashlib.sha256(f"{sys.version} {REQUIREMENTS}".encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "orchest-jobs-bench" / f"peers-{key}"
    ready, interpreter = folder / "ready", folder / "bin" / "python"
    if not ready.exists():
        sys.stdout.write(f"installing {', '.join(REQUIREMENTS)} into {folder}\n")
        sys.stdout.flush()
        venv.create(folder, clear=True, with_pip=True, symlinks=True)
        done = subprocess.run(  # noqa: S603  # the interpreter that was just made
            [interpreter, "-m", "pip", "install", "-q", *REQUIREMENTS],
            env=clean(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"the peers can't be installed:\n{done.stdout[-4000:]}")
        ready.touch()
    return str(interpreter)


def versions() -> str:
    """Which ones they are."""
    return subprocess.run(  # noqa: S603  # the interpreter of the peers
        [python(), "-c", _VERSIONS, *SHOWN], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()


def ask(home: Path, module: str, *arguments: str, ours: bool = False) -> tuple[float, float]:
    """What a module of this package prints, in a process and with a home of its own.

    Args:
        home: a folder for all that it writes.
        ours: whether it runs in our environment, not in that of the peers.

    Returns:
        Seconds by the clock, and of computing.
    """
    own = home / "peer-home"
    own.mkdir(exist_ok=True)
    with (own / "log").open("ab") as log:
        done = subprocess.run(  # noqa: S603  # a module of this package
            [sys.executable if ours else python(), "-m", module, *arguments],
            cwd=Path(__file__).parent.parent,
            env=environment(own) if ours else clean(own),
            check=True,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    clock, computing = done.stdout.splitlines()[-1].split()
    return float(clock), float(computing)


def clean(home: Path | None = None) -> dict[str, str]:
    """Environment variables with which modules come from the environment of the peers alone."""
    variables = dict(os.environ) if home is None else environment(home)
    for name in ("PYTHONPATH", "PYTHONHOME", "JUPYTER_PATH", "VIRTUAL_ENV"):
        variables.pop(name, None)
    return variables
