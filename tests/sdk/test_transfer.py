"""Output and inputs of steps, one process playing all of them."""

import ast
import pickle
import shutil
import threading
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import jupyter_orchest_jobs
from jupyter_orchest_jobs.sdk import orchest
from jupyter_orchest_jobs.sdk.orchest import transfer
from tests.sdk.conftest import Become

NAMES = st.none() | st.text().filter(lambda name: name != "unnamed" and "; " not in name)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=12,
)


def folder(tmp_path: Path, step: str) -> Path:
    return tmp_path / "project" / ".orchest" / "pipelines" / "p" / "data" / step


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(outputs=st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=5))
def test_what_a_step_outputs_is_what_the_next_gets(
    become: Become, outputs: list[tuple[str | None, Any]]
) -> None:
    become("c")
    # As the engine does before each try.
    shutil.rmtree(transfer.folder_of(transfer.project_dir(), "p", "c"), ignore_errors=True)
    expected: dict[str, Any] = {"unnamed": []}
    for name, value in outputs:
        orchest.output(value, name)
        if name is None:
            expected["unnamed"] = [value]
        else:
            expected[name] = value
    become("d")
    got = orchest.get_inputs()
    assert got == expected
    assert repr(sorted(got)) == repr(sorted(expected))


def test_names_and_the_order_of_connections_decide(become: Become) -> None:
    orchest.output("Hello, World!", None)
    become("b")
    orchest.output([3, 1, 4], None)
    become("c")
    assert orchest.get_inputs() == {"unnamed": [[3, 1, 4], "Hello, World!"]}
    become("a")
    orchest.output("named", name="x")
    become("c")
    got = orchest.get_inputs()
    assert got == {"unnamed": [[3, 1, 4], "Hello, World!"], "x": "named"}
    assert list(got) == ["unnamed", "x"]


def test_one_output_is_laid_out_as_by_orchest(become: Become, tmp_path: Path) -> None:
    orchest.output({"k": 1}, "my data")
    home = folder(tmp_path, "a")
    assert sorted(path.name for path in home.iterdir()) == ["HEAD", "a.PICKLE"]
    moment, kind, name = (home / "HEAD").read_text().split("; ")
    assert (len(moment), kind, name) == (19, "PICKLE", "my data")
    datetime.fromisoformat(moment)
    assert pickle.loads((home / "a.PICKLE").read_bytes()) == {"k": 1}


def test_of_several_outputs_the_newest_name_is_where_orchest_looks(
    become: Become, tmp_path: Path
) -> None:
    for name in ("first", "second", "third"):
        orchest.output(name.upper(), name)
    orchest.output("again", "second")
    home = folder(tmp_path, "a")
    assert (home / "HEAD").read_text().endswith("; third")
    assert sorted(path.name for path in home.iterdir()) == ["HEAD", "a.PICKLE", "more"]
    found = {
        path.parent.name: path.read_text().split("; ")[2] for path in (home / "more").glob("*/HEAD")
    }
    assert found == {"1": "first", "2": "second"}
    become("b")
    orchest.output(None, None)
    become("c")
    got = orchest.get_inputs()
    assert got == {"unnamed": [None], "first": "FIRST", "second": "again", "third": "THIRD"}
    assert list(got) == ["unnamed", "first", "second", "third"]


def test_processes_of_one_step_may_output_at_once(become: Become) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("fork")) as pool:
        list(pool.map(orchest.output, range(40), [f"n{n}" for n in range(40)]))
    become("b")
    orchest.output(0, None)
    become("c")
    assert orchest.get_inputs() == {"unnamed": [0], **{f"n{n}": n for n in range(40)}}


def test_collision_names_the_steps(become: Become) -> None:
    orchest.output(1, "x")
    become("b")
    orchest.output(2, "x")
    become("c")
    with pytest.raises(orchest.InputNameCollisionError) as caught:
        orchest.get_inputs(ignore_failure=True)
    assert str(caught.value) == (
        "Name collisions between input data coming from different steps:\nx: ['Clean', 'Load']"
    )


def test_missing_output_names_the_step_whatever_is_ignored(become: Become) -> None:
    orchest.output(1, "x")
    become("c")
    for ignore in (False, True):
        with pytest.raises(orchest.OutputNotFoundError, match=r"“Clean” \(b\) cannot be found"):
            orchest.get_inputs(ignore)
        become("c")
    become("a")
    assert orchest.get_inputs() == {"unnamed": []}


def test_data_that_has_gone_is_an_error_or_none(
    become: Become, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    orchest.output(1, "x")
    become("b")
    orchest.output(None, None)
    (folder(tmp_path, "a") / "a.PICKLE").unlink()
    become("c")
    with pytest.raises(orchest.OutputNotFoundError, match="“Load”: There is no file"):
        orchest.get_inputs()
    become("c")
    assert orchest.get_inputs(ignore_failure=True, verbose=True) == {"unnamed": [None], "x": None}
    assert capsys.readouterr().out == (
        "Retrieved input from step: “Clean”\nFailed to retrieve input from step: “Load”\n"
    )


def test_damaged_data_is_told(become: Become, tmp_path: Path) -> None:
    orchest.output(1, "x")
    become("b")
    orchest.output(1, "y")
    (folder(tmp_path, "a") / "a.PICKLE").write_bytes(b"no pickle")
    become("c")
    with pytest.raises(orchest.DeserializationError, match=r"“Load”.*a\.PICKLE can't be read"):
        orchest.get_inputs()
    foreign = b"cgone_module\nThing\n."
    (folder(tmp_path, "a") / "a.PICKLE").write_bytes(foreign)
    become("c")
    with pytest.raises(orchest.DeserializationError, match=r"gone_module.*environment needs"):
        orchest.get_inputs()
    (folder(tmp_path, "a") / "a.PICKLE").write_bytes(foreign.replace(b"gone_module", b"__main__"))
    become("c")
    with pytest.raises(orchest.DeserializationError, match="put it into a module"):
        orchest.get_inputs()
    (folder(tmp_path, "a") / "HEAD").write_text("nothing")
    become("c")
    with pytest.raises(orchest.OutputNotFoundError, match=r"“Load”.*damaged"):
        orchest.get_inputs()


@pytest.mark.parametrize("name", ["unnamed", "a; b", 3, b"x"])
def test_names_that_cannot_be_are_refused(become: Become, tmp_path: Path, name: Any) -> None:
    with pytest.raises(orchest.DataInvalidNameError):
        orchest.output(1, name)
    assert not folder(tmp_path, "a").exists()


def test_data_that_cannot_be_written_leaves_what_was_there(become: Become, tmp_path: Path) -> None:
    orchest.output("good", "x")
    with pytest.raises(orchest.SerializationError, match="type list can't be output"):
        orchest.output(["x" * 100_000, threading.Lock()], "x")
    assert sorted(path.name for path in folder(tmp_path, "a").iterdir()) == ["HEAD", "a.PICKLE"]
    become("b")
    orchest.output(1, None)
    become("c")
    assert orchest.get_inputs()["x"] == "good"


def test_second_call_warns_unless_silenced(become: Become, monkeypatch: pytest.MonkeyPatch) -> None:
    orchest.get_inputs()
    with pytest.warns(RuntimeWarning, match="silence_multiple_data_transfer_calls_warning"):
        orchest.get_inputs()
    monkeypatch.setattr(orchest.Config, "silence_multiple_data_transfer_calls_warning", True)
    orchest.get_inputs()


def test_functions_of_the_transfer_module_do_the_same(become: Become, tmp_path: Path) -> None:
    transfer.output_to_disk(b'{"a": [1]}', "json", transfer.Serialization.JSON)
    with pytest.warns(DeprecationWarning, match="writes to the disk"):
        transfer.output_to_memory(2, "memory")
    become("b")
    transfer.output_to_disk(3, None)
    become("c")
    assert transfer.get_inputs() == {"unnamed": [3], "json": {"a": [1]}, "memory": 2}


def test_pipeline_is_shown_as_an_object(become: Become) -> None:
    become("c")
    pipeline = orchest.utils.get_pipeline()
    me = pipeline.get_step_by_uuid(orchest.utils.get_step_uuid(pipeline))
    assert [parent.name for parent in me.parents] == ["Clean", "Load"]
    assert [child.properties["uuid"] for child in me.children] == ["d"]
    assert pipeline.to_dict()["steps"]["a"]["title"] == "Load"
    with pytest.raises(orchest.StepUUIDResolveError):
        pipeline.get_step_by_uuid("z")


def test_services_say_what_to_do(become: Become) -> None:
    with pytest.raises(orchest.ServiceNotFound, match=r"no service 'db'.*as a parameter"):
        orchest.get_service("db")
    with pytest.raises(orchest.ServiceNotFound, match="not started here"):
        orchest.get_services()


def test_large_arrays_and_frames_come_as_they_were(become: Become) -> None:
    numpy = pytest.importorskip("numpy")
    pandas = pytest.importorskip("pandas")
    array = numpy.arange(200_000.0).reshape(2, -1)[:, ::2]
    frozen = numpy.arange(5)
    frozen.flags.writeable = False
    frame = pandas.DataFrame({"n": range(1000), "t": [f"t{n}" for n in range(1000)]})
    orchest.output([array, frozen], "arrays")
    become("b")
    orchest.output(frame, "frame")
    become("c")
    got = orchest.get_inputs()
    assert numpy.array_equal(got["arrays"][0], array) and got["arrays"][0].flags.writeable
    assert not got["arrays"][1].flags.writeable
    pandas.testing.assert_frame_equal(got["frame"], frame)


def test_arrow_tables_and_batches_are_mapped(become: Become, tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    table = arrow.table({"n": range(100_000), "t": ["x"] * 100_000})
    batch = arrow.record_batch({"n": [1, 2]})
    orchest.output(table, "table")
    become("b")
    orchest.output("first a pickle", None)
    orchest.output(batch, None)
    become("c")
    before = arrow.total_allocated_bytes()
    got = orchest.get_inputs()
    assert got["table"].equals(table)
    assert got["unnamed"][0].equals(batch)
    assert arrow.total_allocated_bytes() - before < 10_000
    assert sorted(path.name for path in folder(tmp_path, "b").iterdir()) == [
        "HEAD",
        "b.ARROW_BATCH",
    ]
    # Who goes on reading what was mapped is not disturbed by what comes later.
    become("a")
    orchest.output(arrow.table({"n": [0]}), "table")
    assert got["table"].equals(table)


class _Trap:
    """What is executed where it is loaded."""

    def __init__(self, sprung: Path) -> None:
        self._sprung = sprung

    def __reduce__(self) -> Any:
        return Path.touch, (self._sprung,)


@pytest.mark.parametrize("linked", ["step", "file"])
def test_data_of_another_run_is_not_loaded(become: Become, tmp_path: Path, linked: str) -> None:
    sprung = tmp_path / "sprung"
    other = tmp_path / "other run"
    other.mkdir()
    (other / "HEAD").write_text("2026-01-01T00:00:00; PICKLE; x")
    (other / "b.PICKLE").write_bytes(pickle.dumps(_Trap(sprung)))
    orchest.output(1, "a")
    home = folder(tmp_path, "b")
    if linked == "step":
        home.symlink_to(other)
    else:
        shutil.copytree(other, home)
        (home / "b.PICKLE").unlink()
        (home / "b.PICKLE").symlink_to(other / "b.PICKLE")
    become("c")
    with pytest.raises(orchest.OutputNotFoundError, match="leads out of the run"):
        orchest.get_inputs()
    assert not sprung.exists()


def test_only_steps_load_pickles() -> None:
    package = Path(jupyter_orchest_jobs.__file__).parent
    loaders = {"pickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
    found = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        if {(alias.name if isinstance(node, ast.Import) else node.module) for alias in node.names}
        & loaders
    }
    assert found == {"sdk/orchest/_serial.py"}
