"""Which kernel a notebook gets, and which interpreter runs Python scripts."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import (
    NATIVE_KERNEL_NAME,
    KernelSpec,
    KernelSpecManager,
    NoSuchKernel,
)
from jupyter_core.paths import jupyter_path

from jupyter_orchest_jobs.domain.run import StepEnvironment

_USUAL = {"python": NATIVE_KERNEL_NAME, "r": "ir"}
"""The kernel of a language that its users take for granted."""


def kernel_specs() -> KernelSpecManager:
    """The manager of kernelspecs, as Jupyter has it.

    Left to itself it imports IPython, for nothing but the name of this old folder.
    """
    ipython = Path(os.environ.get("IPYTHONDIR") or "~/.ipython").expanduser()
    return KernelSpecManager(kernel_dirs=[*jupyter_path("kernels"), str(ipython / "kernels")])


class FrozenKernelSpecs(KernelSpecManager):
    """Has the one kernelspec that was frozen with an environment, whatever is installed."""

    frozen: Mapping[str, Any] | None = None

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """That kernelspec.

        Raises:
            NoSuchKernel: there was none.
        """
        if self.frozen is None:
            raise NoSuchKernel(kernel_name)
        return self.kernel_spec_class(resource_dir="", **self.frozen)


def specs_of(environment: StepEnvironment | None) -> KernelSpecManager:
    """Where the kernel of a step is looked for."""
    if environment is None:
        return kernel_specs()
    specs = FrozenKernelSpecs()
    specs.frozen = environment.kernelspec
    return specs


@dataclass(frozen=True)
class InstalledKernel:
    """A kernelspec, with what Jupyter makes of it on this machine.

    Attributes:
        language: in lower case.
        program: absolute path of what is started; "" if it isn't there.
        spec: ``argv``, ``env``, ``display_name``, ``language``, ``interrupt_mode``, ``metadata``;
            programs and folders by absolute paths, ``{connection_file}`` as it is.
    """

    name: str
    language: str
    display_name: str
    program: str
    spec: Mapping[str, Any]


def find_kernel(name: str) -> InstalledKernel | None:
    """The kernelspec of this name; None if there is none that can be read."""
    try:
        found = kernel_specs().get_kernel_spec(name)
    except (LookupError, OSError, ValueError):
        return None
    spec = found.to_dict()
    folders = {"{prefix}": sys.prefix, "{resource_dir}": found.resource_dir}
    argv = [_with_folders(word, folders) for word in spec["argv"]]
    program = _program(argv[0]) if argv else ""
    return InstalledKernel(
        name=name,
        language=found.language.lower(),
        display_name=found.display_name,
        program=program,
        spec={**spec, "argv": [program or argv[0], *argv[1:]] if argv else []},
    )


def _with_folders(word: str, folders: Mapping[str, str]) -> str:
    for template, folder in folders.items():
        word = word.replace(template, folder)
    return word


def _program(word: str) -> str:
    """The absolute path of a kernelspec's program, links not followed; "" if it isn't there."""
    name = Path(word).name
    minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if name == word and name in {"python", f"python{sys.version_info.major}", minor}:
        # Jupyter takes these names for the interpreter that it runs in.
        return sys.executable
    found = shutil.which(word)
    return str(Path(found).absolute()) if found else ""


def installed_kernels() -> dict[str, str]:
    """Names of all installed kernelspecs and their languages, in lower case."""
    found = kernel_specs().get_all_specs()
    return {name: str(found[name]["spec"].get("language") or "").lower() for name in sorted(found)}


def language_of(
    notebook_metadata: Mapping[str, Any],
    hint: str | None = None,
    installed: Mapping[str, str] | None = None,
) -> str:
    """The language of a notebook, in lower case.

    Args:
        notebook_metadata: of the notebook file.
        hint: the pipeline's kernel name, which may be that of a language or of a kernel.
        installed: name → language of the installed kernels; looked up if None.

    Returns:
        What the notebook says; else what the hint means; else python.
    """
    for section, key in (("kernelspec", "language"), ("language_info", "name")):
        part = notebook_metadata.get(section)
        if isinstance(part, Mapping) and part.get(key):
            return str(part[key]).lower()
    if not hint:
        return "python"
    kernels = installed_kernels() if installed is None else installed
    return kernels.get(hint) or hint.lower()


def resolve_kernel(
    notebook_metadata: Mapping[str, Any],
    hint: str | None = None,
    installed: Mapping[str, str] | None = None,
) -> str | None:
    """The kernel to run a notebook with.

    Args:
        notebook_metadata: of the notebook file.
        hint: the pipeline's kernel name for the step; used where the notebook says nothing.
        installed: name → language of the installed kernels; looked up if None.

    Returns:
        The notebook's own kernel if it is installed; else the default one of its language; None
        if there is none.
    """
    kernels = installed_kernels() if installed is None else installed
    spec = notebook_metadata.get("kernelspec")
    own = str(spec.get("name") or "") if isinstance(spec, Mapping) else ""
    if own in kernels:
        return own
    language = language_of(notebook_metadata, hint, kernels)
    if not own and hint is not None and kernels.get(hint) == language:
        return hint
    usual = _USUAL.get(language, language)
    if kernels.get(usual) == language:
        return usual
    return next((name for name, speaks in kernels.items() if speaks == language), None)


def python_for_scripts() -> str:
    """Absolute path of the interpreter for Python scripts: that of the default Python kernel.

    So a script and a notebook of one pipeline have the same packages.
    """
    kernel = find_kernel(NATIVE_KERNEL_NAME)
    if kernel is None or not Path(kernel.program).name.startswith("python"):
        return sys.executable
    return kernel.program
