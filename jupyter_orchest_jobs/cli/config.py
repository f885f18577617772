"""Which state directory: the command line's, the one in Jupyter's configuration, the default."""

from pathlib import Path

from jupyter_core.application import JupyterApp

from jupyter_orchest_jobs.service.state import default_state_dir


def state_dir(given: str | None) -> Path:
    """The state directory that a server of this user would use.

    Args:
        given: what the command line says.
    """
    if given:
        return Path(given).expanduser().absolute()
    for name in ("jupyter_orchest_jobs_config", "jupyter_server_config"):
        reader = JupyterApp(config_file_name=name, raise_config_file_errors=True)
        reader.load_config_file()
        configured = reader.config.get("OrchestJobsApp", {}).get("state_dir")
        if configured:
            return Path(configured).expanduser().absolute()
    return default_state_dir()
