"""What an environment is, which packages it has, and when it is the same."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.environment import (
    Environment,
    EnvironmentManifest,
    EnvironmentState,
    Package,
    PackageChange,
)
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.snapshot.environments import changes, drift, lock, look, manifest
from jupyter_orchest_jobs.snapshot.environments.packages import packages_of
from jupyter_orchest_jobs.snapshot.environments.probe import version_of
from tests.environments import freeze_it, install, kernel_of, run, site_of, uninstall, wheel


def test_look_tells_what_an_environment_is(python: Path) -> None:
    found = look(str(python), kernel="x", display_name="X", kernelspec=kernel_of(python))
    assert found.program == str(python)
    assert found.prefix == str(python.parent.parent)
    assert found.version.startswith("Python 3.")
    assert (found.language, found.kernel, found.display_name) == ("python", "x", "X")
    assert (found.state, found.packages) == (EnvironmentState.WAITING, 2)
    assert Environment.from_json(json.loads(json.dumps(found.as_json()))) == found


def test_look_gives_equal_environments_one_id(python: Path) -> None:
    first = look(str(python))
    assert look(str(python)) == first
    assert look(str(python), display_name="by another name").id == first.id
    assert look(str(python.with_name("python3"))).id == first.id
    assert look(str(python), kernelspec=kernel_of(python)).id != first.id


def test_look_gives_another_id_after_each_change(python: Path, wheels: Path) -> None:
    seen = [look(str(python)).id]
    install(python, wheel(wheels, "apples", "2.0"))
    seen.append(look(str(python)).id)
    uninstall(python, "pears")
    seen.append(look(str(python)).id)
    (site_of(python) / "paths.pth").write_text("/tmp\n")
    seen.append(look(str(python)).id)
    (site_of(python) / "module.py").write_text("")
    seen.append(look(str(python)).id)
    assert len(set(seen)) == len(seen)


def test_look_again_starts_no_process(python: Path, tmp_path: Path) -> None:
    program = python.with_name("python-counted")
    counter = tmp_path / "starts"
    program.write_text(f'#!/bin/sh\necho >> "{counter}"\nexec "{python}" "$@"\n')
    program.chmod(0o755)
    wrapped = python.with_name("python3.99")
    os.link(program, wrapped)
    look(str(wrapped))
    look(str(wrapped))
    assert counter.read_text() == "\n"


def test_look_takes_an_interpreter_that_fails_for_unknown(tmp_path: Path) -> None:
    broken = tmp_path / "python3"
    broken.write_text("#!/bin/sh\necho no\nexit 1\n")
    broken.chmod(0o755)
    found = look(str(broken))
    assert (found.prefix, found.version, found.packages) == ("", "", 0)
    frozen = freeze_it(broken, tmp_path / "environments")
    assert frozen.reason == f"{broken} did not tell what it is."


def test_look_asks_an_interpreter_that_failed_again(python: Path, tmp_path: Path) -> None:
    hindrance = tmp_path / "hindrance"
    hindrance.touch()
    program = python.with_name("python3.99")
    program.write_text(f'#!/bin/sh\ntest ! -e "{hindrance}" && exec "{python}" "$@"\n')
    program.chmod(0o755)
    assert look(str(program)).prefix == ""
    hindrance.unlink()
    assert look(str(program)).prefix == str(python.parent.parent)


def test_look_finds_the_first_package_of_a_user(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    program = tmp_path / "python3"
    program.symlink_to(getattr(sys, "_base_executable", sys.executable))
    before = look(str(program))
    user = Path(run(program, "-m", "site", "--user-site"))
    user.mkdir(parents=True)
    shutil.unpack_archive(wheel(wheels, "apples"), user, "zip")
    assert look(str(program)).packages == before.packages + 1


def test_changes_tell_packages_that_differ_from_the_manifest(
    python: Path, wheels: Path, root: Path
) -> None:
    found = freeze_it(python, root)
    assert not changes(root, found)
    install(python, wheel(wheels, "apples", "2.0"))
    uninstall(python, "pears")
    assert changes(root, found).packages == (
        PackageChange("apples", "1.0", "2.0"),
        PackageChange("pears", "1.0", None),
    )
    python.unlink()
    assert f"{python}, is gone" in changes(root, found).problem


def test_changes_tell_a_program_that_was_replaced(tmp_path: Path, root: Path) -> None:
    program = tmp_path / "R"
    program.write_text("#!/bin/sh\necho R 4.1\n")
    program.chmod(0o755)
    found = freeze_it(program, root)
    assert found.version == "R 4.1"
    assert not changes(root, found)
    program.write_text("#!/bin/sh\necho R 4.10\n")
    assert changes(root, found).problem == f"{program} changed."


def test_drift_tells_what_was_done_to_a_clone(python: Path, root: Path) -> None:
    found = freeze_it(python, root)
    assert not drift(root, found.id)
    site = root / found.id / "prefix" / site_of(python).relative_to(python.parent.parent)
    for folder in (site, site / "apples"):
        folder.chmod(0o755)
    with (site_of(python) / "apples/data.txt").open("a") as file:
        file.write("written in place, which links can't keep out\n")
    (site / "pears/__init__.py").rename(site / "apples/more.py")
    told = drift(root, found.id)
    folder = site.relative_to(root / found.id / "prefix").as_posix()
    assert told.changed == (f"{folder}/apples/data.txt",)
    assert told.missing == (f"{folder}/pears/__init__.py",)
    assert told.added == (f"{folder}/apples/more.py",)


def test_packages_of_conda_are_not_told_twice(tmp_path: Path) -> None:
    site, conda = tmp_path / "site", tmp_path / "conda-meta"
    for name in ("ruamel.yaml", "typing_extensions"):
        about = site / f"{name.replace('.', '_')}-1.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    conda.mkdir()
    for name in ("ruamel.yaml", "typing-extensions", "zlib"):
        (conda / f"{name}-1.json").write_text(json.dumps({"name": name, "version": "1"}))
    found = packages_of((str(site), str(conda)), "key")
    assert [(one.name, one.origin) for one in found] == [
        ("ruamel.yaml", "conda"),
        ("typing-extensions", "conda"),
        ("zlib", "conda"),
    ]


def test_manifest_of_what_is_not_there_is_not_found(root: Path) -> None:
    for ask in (manifest, drift):
        with pytest.raises(NotFound):
            ask(root, "missing")


def test_manifest_tells_where_packages_come_from(python: Path, root: Path, wheels: Path) -> None:
    site = site_of(python)
    origins = {
        "vcs": {"url": "https://me:secret@x.org/r", "vcs_info": {"vcs": "git", "commit_id": "ab1"}},
        "archive": {"url": "https://x.org/a.zip", "archive_info": {}, "subdirectory": "sub"},
        "editable": {"url": "file:///src/my%20code", "dir_info": {"editable": True}},
        "folder": {"url": "file:///src/folder", "dir_info": {}},
    }
    for name, direct in origins.items():
        about = site / f"{name}-1.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        (about / "direct_url.json").write_text(json.dumps(direct))
    (site / "conda-1.dist-info").mkdir()
    (site / "conda-1.dist-info/METADATA").write_text("Name: conda\nVersion: 1\n")
    (site / "conda-1.dist-info/INSTALLER").write_text("conda\n")
    found = freeze_it(python, root)
    packages = {package.name: package.origin for package in manifest(root, found.id).packages}
    assert packages == {
        "apples": packages["apples"],
        "pears": packages["pears"],
        "archive": "url: https://x.org/a.zip#subdirectory=sub",
        "conda": "conda",
        "editable": "editable: /src/my code",
        "folder": "path: /src/folder",
        "vcs": "url: git+https://x.org/r@ab1",
    }
    # Those two were installed from a file.
    assert packages["apples"] == f"path: {wheel(wheels, 'apples')}"


def test_lock_has_what_can_be_installed_and_names_the_rest() -> None:
    environment = Environment("id", "python", "k", "Mine", "/e/bin/python", "/e", "Python 3.11.9")
    packages = (
        Package("a", "1.0"),
        Package("b", "2.0", "url: https://x.org/b.whl"),
        Package("c", "3.0", "editable: /src/c"),
        Package("d", "4.0", "conda"),
        Package("e", "5.0", "path: /src/e.whl"),
        Package("f", "6.0", "unknown"),
    )
    assert lock(EnvironmentManifest(environment, packages)).splitlines() == [
        "# Mine: /e/bin/python, Python 3.11.9",
        "a==1.0",
        "b @ https://x.org/b.whl",
        "# c==3.0 was installed as editable from /src/c",
        "# d==4.0 was installed by conda",
        "# e==5.0 was installed from /src/e.whl",
        "# f==6.0 was installed by something else than pip",
    ]


def test_programs_that_are_asked_get_no_token_of_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "R"
    program.write_text("#!/bin/sh\necho version 1, $JUPYTERHUB_API_TOKEN.\n")
    program.chmod(0o700)
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "hunter22")
    assert version_of(str(program)) == "version 1, ."
