"""Which state directory: the command line's, the one in Jupyter's configuration, the default."""

from pathlib import Path

from jupyter_core.application import JupyterApp

from jupyter_orchest_jobs.errors import InvalidInput
from jupyter_orchest_jobs.service.state import default_state_dir

_FILES = ("jupyter_server_config", "jupyter_lab_config", "jupyter_orchest_jobs_config")
"""In the order in which a server lets them win."""


def state_dir(given: str | None) -> Path:
    """The state directory that a server of this user would use.

    Args:
        given: what the command line says.

    Raises:
        InvalidInput: a configuration file can't be read.
    """
    if given:
        return Path(given).expanduser().absolute()
    for name in _FILES:
        configured = _configured(name, "state_dir")
        if isinstance(configured, str) and configured:
            return Path(configured).expanduser().absolute()
    return default_state_dir()


def shared_by_hosts(given: str | None) -> bool | None:
    """Whether several hosts use the state directory, as far as configuration files say.

    Args:
        given: the state directory that the command line says; they may be about another one.

    Raises:
        InvalidInput: a configuration file can't be read.
    """
    if given:
        return None
    for name in _FILES:
        configured = _configured(name, "shared_by_hosts")
        if isinstance(configured, bool):
            return configured
    return None


def _configured(name: str, trait: str) -> object:
    reader = JupyterApp(config_file_name=name, raise_config_file_errors=True)
    try:
        reader.load_config_file()
    except Exception as error:  # they are programs
        raise InvalidInput(
            f"Jupyter's configuration {name} can't be read ({type(error).__name__}: {error}); "
            "correct it, or say --state-dir."
        ) from error
    return reader.config.get("OrchestJobsApp", {}).get(trait)
