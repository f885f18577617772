"""A manifest as requirements that can be installed again."""

from jupyter_orchest_jobs.domain.environment import EnvironmentManifest, Package


def lock(manifest: EnvironmentManifest) -> str:
    """The packages as a file for ``uv pip sync`` or ``pip install --no-deps -r``.

    What can't be installed from an index or a URL is a comment.
    """
    environment = manifest.environment
    about = f"# {environment.display_name}: {environment.program}, {environment.version}"
    return "\n".join([about, *(_line(package) for package in manifest.packages)]) + "\n"


def _line(package: Package) -> str:
    kind, _, where = package.origin.partition(": ")
    pinned = f"{package.name}=={package.version}"
    match kind:
        case "pip":
            return pinned
        case "url":
            return f"{package.name} @ {where}"
        case "conda":
            return f"# {pinned} was installed by conda"
        case "editable":
            return f"# {pinned} was installed as editable from {where}"
        case "path":
            return f"# {pinned} was installed from {where}"
    return f"# {pinned} was installed by something else than pip"
