"""Which packages an environment has, and a key that changes when any of them does."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.metadata import Distribution, distributions
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from packaging.utils import canonicalize_name

from jupyter_orchest_jobs.domain.environment import Package

_EDITABLE = "editable: "


def shallow_key(folders: Iterable[str]) -> str:
    """A hash that changes with every install, upgrade and removal; takes a millisecond.

    It holds the names of what is installed, size and time of what the installers write last, and
    what ``.pth`` files say.

    Args:
        folders: those that hold packages, and ``conda-meta``.
    """
    digest = hashlib.sha256()
    for folder in folders:
        digest.update(f"\0{folder}\0".encode("utf-8", "surrogateescape"))
        for line in sorted(_lines(folder)):
            digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _lines(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name == "__pycache__":
                    continue
                told = ""
                if name.endswith(".dist-info"):
                    told = _stamp(f"{entry.path}/RECORD") or _stamp(f"{entry.path}/METADATA")
                elif name.endswith((".egg-info", ".egg-link", ".py", ".so", ".json")):
                    told = _stamp(entry.path)
                elif name.endswith(".pth"):
                    told = Path(entry.path).read_text("utf-8", "surrogateescape")
                yield f"{name}\0{told}\0"
    except OSError:
        # What can't be read has no packages that could be used either.
        return


def _stamp(path: str) -> str:
    try:
        status = os.stat(path)  # noqa: PTH116  # thousands of them
    except OSError:
        return ""
    return f"{status.st_size} {status.st_mtime_ns}"


@lru_cache(maxsize=32)
def packages_of(folders: tuple[str, ...], key: str) -> tuple[Package, ...]:
    """The packages, sorted by name; the first of a name counts, as it does for Python.

    Args:
        folders: those that hold packages, and ``conda-meta``, in the order of the search.
        key: their `shallow_key`, as long as which the answer is remembered.
    """
    found: dict[str, Package] = {}
    for folder in folders:
        if Path(folder).name == "conda-meta":
            for package in _conda(Path(folder)):
                found.setdefault(canonicalize_name(package.name), package)
    for distribution in distributions(path=[one for one in folders if one]):
        name = distribution.metadata["Name"]
        if name:
            package = Package(name, distribution.version or "", _origin(distribution))
            found.setdefault(canonicalize_name(name), package)
    return tuple(found[name] for name in sorted(found))


def _conda(folder: Path) -> Iterator[Package]:
    for file in folder.glob("*.json"):
        try:
            about = json.loads(file.read_bytes())
            yield Package(about["name"], about["version"], "conda")
        except (OSError, ValueError, KeyError, TypeError):
            continue


def _origin(distribution: Distribution) -> str:
    direct = _read_json(distribution.read_text("direct_url.json"))
    url = str(direct.get("url") or "")
    if url:
        path = unquote(urlsplit(url).path) if url.startswith("file:") else ""
        if path:
            editable = (direct.get("dir_info") or {}).get("editable")
            return f"{_EDITABLE if editable else 'path: '}{path}"
        return f"url: {_direct(url, direct)}"
    installer = (distribution.read_text("INSTALLER") or "").strip()
    if installer == "conda":
        return "conda"
    return "pip" if installer else "unknown"


def editable_root(package: Package) -> Path | None:
    """The folder of the source of a package that is installed as editable."""
    if not package.origin.startswith(_EDITABLE):
        return None
    return Path(package.origin.removeprefix(_EDITABLE))


def _direct(url: str, direct: dict[str, dict[str, str]]) -> str:
    """The URL of a package as a requirement has it, without anybody's password."""
    parts = urlsplit(url)
    url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    version_control = direct.get("vcs_info") or {}
    if version_control.get("commit_id"):
        url = f"{version_control.get('vcs', 'git')}+{url}@{version_control['commit_id']}"
    folder = direct.get("subdirectory")
    return f"{url}#subdirectory={folder}" if folder else url


def _read_json(text: str | None) -> dict[str, dict[str, str]]:
    try:
        data = json.loads(text or "{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
