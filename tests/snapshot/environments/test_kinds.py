"""Environments of all kinds: editable packages, further folders, plain Pythons, conda."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.environment import EnvironmentState
from jupyter_orchest_jobs.files.removal import remove_folder
from jupyter_orchest_jobs.snapshot.environments import drift, freeze, look
from jupyter_orchest_jobs.snapshot.environments.rewrite import Rewriter
from tests.environments import (
    digests,
    freeze_it,
    imported,
    install,
    naming,
    plain_venv,
    run,
    site_of,
    step_of,
    wheel,
)

NOBODY = 65534
MINOR = f"python3.{sys.version_info.minor}"


def test_editable_packages_are_captured(python: Path, root: Path, tmp_path: Path) -> None:
    source = tmp_path / "my code"
    for file, text in {
        "src/cherries/__init__.py": "__version__ = '1'",
        ".git/config": "",
        "node_modules/x.js": "",
        "env/pyvenv.cfg": "",
    }.items():
        (source / file).parent.mkdir(parents=True, exist_ok=True)
        (source / file).write_text(text)
    make_editable(python, source, f"{source}/src\n")
    before = look(str(python))
    found = freeze_it(python, root)
    clone = root / found.id / "prefix"
    assert sorted(digests(clone / "editable")) == ["1/src/cherries/__init__.py"]
    (source / "src/cherries/__init__.py").write_text("__version__ = '2 '")
    program = step_of(root, found).program
    assert imported(program, "cherries")["cherries"][0] == "1"
    assert not [name for name in naming(clone, str(source)) if "direct_url" not in name]
    assert not drift(root, found.id)
    # What was edited is another environment.
    assert look(str(python)).id != before.id == found.id


def test_sources_that_are_edited_meanwhile_are_frozen_as_they_are(
    python: Path, root: Path, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    make_editable(python, source, f"{source}\n")
    seen = look(str(python))
    (source / "cherries.py").write_text("__version__ = 'now'")
    found = freeze(seen, root)
    assert (found.state, found.id) == (EnvironmentState.FROZEN, seen.id)
    program = step_of(root, found).program
    assert imported(program, "cherries")["cherries"][0] == "now"


def test_sources_may_lose_files_while_they_are_looked_at(
    python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "cherries.py").touch()
    make_editable(python, source, f"{source}\n")
    before = look(str(python)).id
    listed = os.scandir

    @contextlib.contextmanager
    def scandir(path: str) -> Iterator[list[os.DirEntry[str]]]:
        (tmp_path / "source/of the editor~").touch()
        with listed(path) as entries:
            found = list(entries)
        (tmp_path / "source/of the editor~").unlink()
        yield found

    monkeypatch.setattr(os, "scandir", scandir)
    assert look(str(python)).id == before


def make_editable(python: Path, source: Path, pth: str) -> None:
    site = site_of(python)
    about = site / "cherries-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: cherries\nVersion: 1\n")
    direct = {"url": source.as_uri(), "dir_info": {"editable": True}}
    (about / "direct_url.json").write_text(json.dumps(direct))
    (site / "__editable__.cherries.pth").write_text(pth)


def test_paths_and_sources_that_are_not_captured_are_named(
    python: Path, root: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (site_of(python) / "paths.pth").write_text(f"# not this\n{outside}\n../nowhere\n")
    make_editable(python, tmp_path / "gone", f"{tmp_path}/gone\n")
    warnings = freeze_it(python, root).warnings
    assert f"{outside}, which a .pth file names, is not frozen." in warnings
    assert f"The source of cherries, {tmp_path}/gone, is not frozen: it isn't there." in warnings
    assert any(warning.startswith("Python itself") for warning in warnings)


def test_symbolic_links_lead_into_the_clone(python: Path, root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("")
    site = site_of(python)
    (site / "absolute.py").symlink_to(site / "apples/__init__.py")
    (site / "relative.py").symlink_to("apples/__init__.py")
    (site / "outside.py").symlink_to(os.path.relpath(outside, site))
    script = tmp_path / "script"
    script.write_text(f"#!{python}\nimport sys; print(sys.prefix)\n")
    script.chmod(0o755)
    (python.parent / "script").symlink_to(script)
    found = freeze_it(python, root)
    clone = root / found.id / "prefix"
    folder = clone / site.relative_to(python.parent.parent)
    assert (folder / "absolute.py").readlink() == folder / "apples/__init__.py"
    assert str((folder / "relative.py").readlink()) == "apples/__init__.py"
    assert (folder / "outside.py").readlink() == outside
    assert run(clone / "bin/script") == str(clone)


def test_packages_of_the_base_python_are_cloned_for_who_sees_them(
    tmp_path: Path, root: Path, wheels: Path
) -> None:
    base = plain_venv(tmp_path / "base")
    install(base, wheel(wheels, "apples", "2.0"), wheel(wheels, "pears"))
    python = plain_venv(tmp_path / "venv")
    install(python, wheel(wheels, "apples"))
    # As with --system-site-packages, of a Python that isn't that of the machine.
    site = site_of(python)
    (site / "elsewhere.pth").write_text("import elsewhere\n")
    (site / "elsewhere.py").write_text(
        f"import site\nsite.addsitedir({str(site_of(base))!r})\n"
        f"found = site.getsitepackages\n"
        f"site.getsitepackages = lambda *of: [*found(*of), {str(site_of(base))!r}]\n"
    )
    found = freeze_it(python, root)
    clone = root / found.id / "prefix"
    cloned = clone / site.relative_to(python.parent.parent)
    cloned.chmod(0o755)
    (cloned / "elsewhere.pth").unlink()
    shutil.rmtree(tmp_path / "base")
    program = step_of(root, found).program
    got = imported(program, "apples", "pears")
    assert [version for version, _ in got.values()] == ["1.0", "1.0"]
    assert got["pears"][1].startswith(f"{clone}/sites/")


@pytest.mark.slow
def test_plain_python_becomes_an_environment_with_its_packages(
    tmp_path: Path, root: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    base = Path(getattr(sys, "_base_executable", sys.executable))
    monkeypatch.setenv("HOME", str(home))
    user = Path(run(base, "-m", "site", "--user-site"))
    user.mkdir(parents=True)
    run("unzip", "-q", wheel(wheels, "apples"), "-d", user) if shutil.which("unzip") else (
        shutil.unpack_archive(wheel(wheels, "apples"), user, "zip")
    )
    script = home / ".local/bin/apples"
    script.parent.mkdir(parents=True)
    script.write_text(f"#!{base}\nimport apples; apples.main()\n")
    script.chmod(0o755)
    found = freeze_it(base, root)
    assert found.state is EnvironmentState.FROZEN, found.reason
    clone = root / found.id / "prefix"
    shutil.rmtree(user)
    program = step_of(root, found).program
    assert imported(program, "apples")["apples"] == [
        "1.0",
        f"{clone}/sites/1/apples/__init__.py",
    ]
    assert run(clone / "bin/apples").startswith(str(clone))
    path = json.loads(run(program, "-c", "import json, sys; print(json.dumps(sys.path))"))
    # The user's own packages come first, as they do without us.
    ours = [folder for folder in path if folder.startswith(str(clone))]
    assert ours[:2] == [f"{clone}/sites/1", f"{clone}/lib/{MINOR}/site-packages"]
    assert run(program, "-c", "import sys; print(sys.prefix)") == str(clone)
    assert not drift(root, found.id)


@pytest.mark.slow
def test_conda_environment_is_cloned_whole(tmp_path: Path, root: Path, wheels: Path) -> None:
    prefix = conda_like(tmp_path / "conda")
    python = prefix / f"bin/{MINOR}"
    (prefix / "pkgs/cache").mkdir(parents=True)
    (prefix / "lib/settings.txt").write_text(f"look in {prefix}/share, not {prefix}-2\n")
    told = {
        "name": "apples",
        "version": "1.0",
        "paths_data": {
            "paths": [
                {
                    "_path": "lib/settings.txt",
                    "prefix_placeholder": "/opt/anaconda1anaconda2anaconda3",
                    "file_mode": "text",
                },
                {"_path": "lib/x.so", "prefix_placeholder": "/opt/a", "file_mode": "binary"},
            ]
        },
    }
    (prefix / "conda-meta/apples-1.0.json").write_text(json.dumps(told))
    # Where it looks itself: the one that a distribution brings has another folder for them.
    site = run(python, "-c", "import site; print(site.getsitepackages()[0])")
    shutil.unpack_archive(wheel(wheels, "apples"), site, "zip")
    found = freeze_it(python, root)
    assert found.state is EnvironmentState.FROZEN, found.reason
    assert found.packages == 1
    assert any("1 programs and libraries" in warning for warning in found.warnings)
    clone = root / found.id / "prefix"
    step = step_of(root, found)
    assert dict(step.variables) == {"CONDA_PREFIX": str(clone), "PYTHONNOUSERSITE": "1"}
    assert (clone / "lib/settings.txt").read_text() == f"look in {clone}/share, not {prefix}-2\n"
    assert not (clone / "pkgs").exists()
    shutil.rmtree(prefix)
    assert imported(step.program, "apples", "json")["json"][1].startswith(str(clone))
    assert run(step.program, "-c", "import sys; print(sys.base_prefix)") == str(clone)


def conda_like(prefix: Path) -> Path:
    """A whole Python with the mark of conda, made from the one that runs the tests."""
    library = Path(os.__file__).parent
    shutil.copytree(
        library,
        prefix / "lib" / MINOR,
        symlinks=True,
        ignore=shutil.ignore_patterns(
            "test", "site-packages", "__pycache__", "idlelib", "config-*"
        ),
    )
    (prefix / "lib" / MINOR / "site-packages").mkdir()
    (prefix / "conda-meta").mkdir()
    (prefix / "conda-meta/history").touch()
    (prefix / "bin").mkdir()
    program = prefix / "bin" / MINOR
    shutil.copy(os.path.realpath(getattr(sys, "_base_executable", sys.executable)), program)
    for shared in library.parent.glob("libpython*"):
        shutil.copy(shared, prefix / "lib", follow_symlinks=False)
    return prefix


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("copy", [False, True])
def test_files_of_another_user_are_recorded_and_can_be_copied(tmp_path: Path, copy: bool) -> None:
    protected = Path("/proc/sys/fs/protected_hardlinks")
    if not protected.exists() or protected.read_text().strip() != "1":
        pytest.skip("this system lets anybody link")
    program = original_for_all(tmp_path)
    root = tmp_path / "theirs"
    root.mkdir()
    os.chown(root, NOBODY, NOBODY)
    for folder in [tmp_path, *tmp_path.parents][:-2]:
        folder.chmod(folder.stat().st_mode | 0o011)
    told = as_nobody(program, root / "environments", copy)
    if copy:
        assert told == ["frozen", False, "", 0]
    else:
        assert told[:2] == ["recorded", True]
        assert told[2].startswith("Its files belong to another user, such as ")
        assert told[3] == 1


def original_for_all(tmp_path: Path) -> Path:
    """The interpreter of an environment that belongs to root and that everybody can use."""
    for base in (getattr(sys, "_base_executable", sys.executable), "/usr/bin/python3"):
        with contextlib.suppress(OSError):
            subprocess.run([base, "-c", ""], user=NOBODY, group=NOBODY, check=True)
            run(base, "-m", "venv", "--without-pip", tmp_path / "everybody's")
            return tmp_path / "everybody's/bin/python"
    pytest.skip("nobody else may start a Python here")


def as_nobody(program: Path, root: Path, copy: bool) -> list[Any]:
    """State, whether a copy is offered, reason; and how many environments are there afterwards."""
    source, sink = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            found = freeze(look(str(program)), root, copy=copy)
            if found.state is EnvironmentState.FROZEN:
                remove_folder(root / found.id)
            left = len(list(root.iterdir()))
            told = json.dumps([found.state, found.copy_bytes > 0, found.reason, left])
        except BaseException as error:
            told = json.dumps([repr(error)])
        os.write(sink, told.encode())
        os._exit(0)
    os.close(sink)
    with open(source) as file:  # noqa: PTH123  # a descriptor
        answer: list[Any] = json.loads(file.read())
    os.waitpid(child, 0)
    return answer


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("/env/bin", "/a b/bin"),
        ("x=/env", "x=/a b"),
        ("file:///env/x", "file:///a b/x"),
        ("/env-2/bin /env2 /env.bak /my/env /env_", None),
        ("in /env.", "in /a b."),
    ],
)
def test_rewriter_replaces_whole_paths_only(text: str, new: str | None) -> None:
    assert Rewriter({"/env": "/a b"}).text(text) == (text if new is None else new)


def test_rewriter_keeps_scripts_executable(tmp_path: Path) -> None:
    new = f"{tmp_path}/{'long ' * 30}/env"
    program = Path(new, "bin/python")
    program.parent.mkdir(parents=True)
    program.symlink_to(sys.executable)
    script = tmp_path / "script"
    text = b"#!/env/bin/python -E\nimport sys\nprint(sys.flags.ignore_environment, sys.argv[1:])\n"
    script.write_bytes(Rewriter({"/env": new}).script(text))
    script.chmod(0o755)
    assert run(script, "a b") == "1 ['a b']"


def test_freeze_leaves_out_the_state_directory_that_is_in_the_environment(python: Path) -> None:
    root = python.parent.parent / "share/jupyter/orchest-jobs/environments"
    found = freeze(look(str(python)), root)
    assert found.state is EnvironmentState.FROZEN, found.reason
    assert not (root / found.id / "prefix/share/jupyter/orchest-jobs").exists()
    assert freeze(look(str(python)), root).id == found.id
    remove_folder(root / found.id)
