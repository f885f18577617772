"""Real environments for tests: made by venv or uv, with tiny packages that need no network."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.environment import Environment
from jupyter_orchest_jobs.domain.run import StepEnvironment
from jupyter_orchest_jobs.snapshot.environments import freeze, frozen_program, look


def run(*command: str | Path, cwd: Path | None = None, **env: str) -> str:
    """What a command prints; fails if it does."""
    # What names an environment from outside would lead both installers elsewhere.
    strange = ("PYTHON", "VIRTUAL_ENV", "UV_", "CONDA")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
    done = subprocess.run(
        [str(word) for word in command],
        env={**clean, **env},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


def uv() -> str:
    """The program uv; skips the test where it isn't installed."""
    found = shutil.which("uv")
    if found is None:
        pytest.skip("uv is not installed; it is part of the extra “test”")
    return found


def uv_venv(folder: Path, *packages: str | Path, python: str = sys.executable) -> Path:
    """An environment made by uv.

    Args:
        packages: requirements or wheels; requirements come from the index, or from uv's cache.

    Returns:
        Its interpreter.
    """
    run(uv(), "venv", "-q", "--no-project", "-p", python, folder)
    program = folder / "bin/python"
    if packages:
        run(uv(), "pip", "install", "-q", "-p", program, *packages)
    return program


def install(program: Path, *wheels: Path) -> None:
    """Install wheels, in place of other versions: with uv, or else with pip."""
    found = shutil.which("uv")
    if found:
        run(found, "pip", "install", "-q", "--no-index", "--no-deps", "-p", program, *wheels)
    else:
        pip = (sys.executable, "-m", "pip", "-q", "--python", program)
        run(*pip, "install", "--no-index", "--no-deps", *wheels)


def uninstall(program: Path, name: str) -> None:
    """Uninstall a package, likewise."""
    found = shutil.which("uv")
    if found:
        run(found, "pip", "uninstall", "-q", "-p", program, name)
    else:
        run(sys.executable, "-m", "pip", "-q", "--python", program, "uninstall", "-y", name)


def plain_venv(folder: Path, *, pip: bool = False, system: bool = False) -> Path:
    """An environment made by ``python -m venv``; returns its interpreter."""
    options = [*([] if pip else ["--without-pip"]), *(["--system-site-packages"] if system else [])]
    run(sys.executable, "-m", "venv", *options, folder)
    return folder / "bin/python"


def site_of(program: Path) -> Path:
    """The folder with the packages of an environment."""
    return Path(run(program, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"))


def make_wheel(
    folder: Path, name: str, version: str, files: Mapping[str, str] | None = None
) -> Path:
    """A wheel of a package that has a version, a program of its own name, and these files."""
    about = f"{name}-{version}.dist-info"
    contents = {
        f"{name}/__init__.py": f"__version__ = {version!r}\ndef main():\n    print(__file__)\n",
        **(files or {}),
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
        f"{about}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
    }
    record = "".join(f"{path},sha256={_digest(text)},\n" for path, text in contents.items())
    folder.mkdir(parents=True, exist_ok=True)
    made = wheel(folder, name, version)
    with zipfile.ZipFile(made, "w") as archive:
        for path, text in {**contents, f"{about}/RECORD": f"{record}{about}/RECORD,,\n"}.items():
            archive.writestr(path, text)
    return made


def wheel(folder: Path, name: str, version: str = "1.0") -> Path:
    """The wheel that `make_wheel` made in this folder."""
    return folder / f"{name}-{version}-py3-none-any.whl"


def _digest(text: str) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def digests(folder: Path) -> dict[str, str]:
    """Path → what is there, of all but what Python compiles."""
    found = {}
    for path in _all(folder):
        content = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
        found[path.relative_to(folder).as_posix()] = hashlib.blake2b(content).hexdigest()
    return found


def naming(folder: Path, text: str) -> set[str]:
    """The files, and links, in which a text stands; compiled ones don't count."""
    return {
        path.relative_to(folder).as_posix()
        for path in _all(folder)
        if text.encode()
        in (str(path.readlink()).encode() if path.is_symlink() else path.read_bytes())
    }


def _all(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if (path.is_symlink() or path.is_file()) and "__pycache__" not in path.parts:
            yield path


def freeze_it(program: Path | str, root: Path, *, copy: bool = False) -> Environment:
    """Look at an environment, and freeze it."""
    return freeze(look(str(program)), root, copy=copy)


def step_of(root: Path, frozen: Environment) -> StepEnvironment:
    """What steps are given that run in a clone."""
    step = frozen_program(root, frozen)
    assert step is not None
    return step


def imported(program: Path | str, *modules: str) -> dict[str, list[str]]:
    """Module → its version and its file, as an interpreter imports it."""
    code = (
        "import importlib, json, sys\n"
        "found = [importlib.import_module(name) for name in sys.argv[1:]]\n"
        "print(json.dumps({m.__name__: [m.__version__, m.__file__] for m in found}))"
    )
    answer: dict[str, list[str]] = json.loads(run(program, "-c", code, *modules))
    return answer


def kernel_of(program: Path) -> dict[str, object]:
    """The kernelspec of an environment with ipykernel, as it would be found when installed."""
    return {
        "argv": [str(program), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "env": {"FOLDER": f"{program.parent.parent}/share", "MORE": "${HOME}"},
        "display_name": "Analysis",
        "language": "python",
        "interrupt_mode": "signal",
        "metadata": {},
    }
