"""Notebooks as steps: what reaches log, notebook and journal, and how failures look."""

import json
import sys
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.status import Cause, RunStatus, StepStatus
from jupyter_orchest_jobs.engine.kernelspecs import installed_kernels
from jupyter_orchest_jobs.files.ignore import IGNORED, LeftOut
from tests.engine.harness import Lab, notebook


def test_failing_cell_is_told_in_log_notebook_and_journal(lab: Lab) -> None:
    run = lab.run(
        {
            "a.ipynb": notebook(
                "print('before')",
                "",
                "raise ValueError('alpha too large')",
                "print('after')",
                markdown="# Title",
            )
        }
    ).launch()
    assert run.finish().message == "Step “a”: ValueError: alpha too large"
    end = run.step_ends()["a"]
    assert (end.status, end.cause, end.cell) == (StepStatus.FAILED, Cause.STEP_FAILED, 3)
    assert end.message == "ValueError: alpha too large"
    assert [entry.cells for entry in run.of_kind(journal.StepStarted)] == [4]
    assert [entry.cell for entry in run.of_kind(journal.CellStarted)] == [1, 3]
    assert [entry.cell for entry in run.of_kind(journal.CellFinished)] == [1, 2, 3]
    log = run.log("a")
    assert log.startswith("[cell 1]\nbefore\n[cell 3]\n---")
    assert "ValueError: alpha too large" in log
    assert "\x1b" not in log
    cells = run.notebook("a").cells
    assert cells[3].outputs[0].output_type == "error"
    assert cells[3].outputs[0].evalue == "alpha too large"
    assert cells[4].outputs == []
    assert cells[4].execution_count is None
    written = (run.folder.work / "a.ipynb").read_text()
    assert written == (run.folder.step("a") / "notebook.ipynb").read_text()


def test_outputs_of_all_kinds_keep_their_order(lab: Lab) -> None:
    code = """
import sys, os, subprocess
from IPython.display import display, clear_output
print("one"); print("two", file=sys.stderr); display({"three"}); print("four")
"four and a half"
"""
    run = lab.run(
        {
            "a.ipynb": notebook(
                code,
                "print('hidden'); clear_output(wait=True); print('shown')",
                "h = display(1, display_id='x')",
                "h.update(2)",
                "for n in range(5): print(f'\\r{n}', end='', flush=True)",
                "subprocess.run(['echo', 'child'])\nos.write(1, b'raw\\n');",
            )
        }
    ).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    first, cleared, display, _, bar, raw = run.notebook("a").cells
    kinds = [output.get("name", output.output_type) for output in first.outputs]
    assert kinds == ["stdout", "stderr", "display_data", "stdout", "execute_result"]
    assert [output.text for output in cleared.outputs] == ["shown\n"]
    assert display.outputs[0].data["text/plain"] == "2"
    assert [output.text for output in bar.outputs] == ["4"]
    text = "".join(output.get("text", "") for output in raw.outputs)
    assert {"child", "raw"} <= set(text.split())
    assert run.log("a").startswith("[cell 1]\none\ntwo\n{'three'}\nfour\n'four and a half'\n")
    assert "hidden\nshown\n" in run.log("a")


def test_what_descriptors_get_at_the_end_of_a_cell_belongs_to_it(lab: Lab) -> None:
    # The thread that reads the pipe comes late to its word, as on a busy machine.
    late = """
import os, sys, threading, time
real = type(sys.stdout).write
def write(self, text):
    if threading.current_thread() is self.watch_fd_thread:
        time.sleep(0.1)
    return real(self, text)
type(sys.stdout).write = write
"""
    code = "os.write(1, b'one\\n'); os.write(2, b'two\\n'); os.write(1, b'three\\n');"
    run = lab.run({"a.ipynb": notebook(late, code, code)}).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    for cell in run.notebook("a").cells[1:]:
        lines = [line for output in cell.outputs for line in output.text.splitlines()]
        assert sorted(lines) == ["one", "three", "two"]


def test_a_file_in_the_place_of_stdout_gets_nothing_of_ours(lab: Lab) -> None:
    code = "import os\nfile = os.open('out.bin', os.O_CREAT | os.O_WRONLY)\nos.dup2(file, 1)"
    run = lab.run({"a.ipynb": notebook(code, "os.write(1, b'theirs');")}).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    assert (run.folder.work / "out.bin").read_bytes() == b"theirs"


def test_streams_and_processes_keep_their_order(lab: Lab) -> None:
    code = """
import os, sys
for n in range(200): print(n, file=(sys.stderr, sys.stdout)[n % 2])
print("parent", end=" ")
if os.fork() == 0:
    print("child", flush=True)
    os._exit(0)
_ = os.wait()
"""
    run = lab.run({"a.ipynb": notebook(code)}).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    told = run.log("a").split()[2:]
    assert told[:200] == [str(n) for n in range(200)]
    assert told[200:] == ["parent", "child"]


def test_kernels_take_our_way_of_printing(lab: Lab) -> None:
    # Were this not so, all would go well until a cell prints very much.
    code = """
import sys
print(type(sys.stdout).flush.__qualname__, type(sys.stdout).write.__qualname__)
print("write" in vars(sys.stdout), sorted(name for name in globals() if "install" in name))
"""
    run = lab.run({"a.ipynb": notebook("1", code)}).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    assert run.log("a").splitlines()[3:] == [
        "_install.<locals>.flush _install.<locals>.write",
        "False []",
    ]


def test_kernels_start_without_a_debugger_and_as_usual_otherwise(lab: Lab) -> None:
    code = """
import sys
print("debugpy" in sys.modules, sys.modules["ipykernel.debugger"]._is_debugpy_available)
import debugpy
print(debugpy.__name__, "" in sys.path, __name__, sys.modules["runpy"].__file__ == "trap")
"""
    # A module of the project must not be taken for one that starts the kernel.
    trap = "echo 'raise SystemExit(1)' | tee runpy.py >signal.py"
    run = lab.run({"a.ipynb": notebook(code), "b.sh": trap}, {"a": ["b"]}).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    assert run.log("a").splitlines()[1:] == ["False False", "debugpy True __main__ False"]


def test_flood_of_flushed_lines_is_whole_and_in_order_in_the_log(lab: Lab) -> None:
    count = 100_000
    code = f"for n in range({count}): print(n, flush=True)"
    run = lab.run({"a.ipynb": notebook(code, "import sys; print('end', file=sys.stderr)")}).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    lines = run.log("a").splitlines()
    assert lines == ["[cell 1]", *map(str, range(count)), "[cell 2]", "end"]
    assert len(run.notebook("a").cells[0].outputs) == 1


def test_dead_kernel_leaves_its_output_and_a_message(lab: Lab) -> None:
    run = lab.run(
        {
            "exits.ipynb": notebook(
                "print('first')",
                "print('x', flush=True)\nimport os, time; time.sleep(0.1); os._exit(7)",
                "3",
            ),
            "killed.ipynb": notebook("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
        }
    ).launch()
    assert run.finish().cause is Cause.KERNEL_DIED
    ends = run.step_ends()
    message = "The kernel died (exit code 7) in cell 2."
    assert (ends["exits"].message, ends["exits"].cell) == (message, 2)
    assert (ends["killed"].message or "").startswith(
        "The kernel died (signal 9, SIGKILL) in cell 1."
    )
    outputs = run.notebook("exits").cells[1].outputs
    assert [output.output_type for output in outputs] == ["stream", "error"]
    assert (outputs[0].text, outputs[1].evalue) == ("x\n", message)
    assert run.notebook("exits").cells[2].execution_count is None
    assert run.log("exits") == f"[cell 1]\nfirst\n[cell 2]\nx\n{message}\n"


def test_output_beyond_the_limits_is_left_out_of_the_notebook_with_a_notice(usual: Lab) -> None:
    run = usual.run(
        {
            "a.ipynb": notebook(
                "for n in range(300): print('x' * 9_999)",
                "from IPython.display import HTML; HTML('y' * 11 * 2**20)",
                "print('small')",
            )
        }
    ).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    text, html, small = run.notebook("a").cells
    assert 2**20 <= len(text.outputs[0].text) < 2**20 + 200
    assert "left out" in text.outputs[0].text[-100:]
    assert html.outputs[0].data == {"text/plain": "[An output of 11.0 MiB was left out.]"}
    assert small.outputs[0].text == "small\n"
    assert [entry.message[:7] for entry in run.of_kind(journal.StepOutputLimit)] == [
        "Cell 1:",
        "Cell 2:",
    ]
    assert run.log("a").count("x" * 9_999 + "\n") == 300


def test_notebook_runs_in_its_folder_whatever_its_name(usual: Lab) -> None:
    path = "sub dir/schön/nöte 1.ipynb"
    code = "import os; print(os.getcwd()); open('made here', 'w').close()"
    run = usual.run({path: notebook(code)}).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    folder = run.folder.work / "sub dir" / "schön"
    assert run.log("nöte-1") == f"[cell 1]\n{folder}\n"
    assert (folder / "made here").exists()


def test_tagged_cells_are_skipped_and_prompts_fail(usual: Lab) -> None:
    text = notebook("print('never')", "input('?')")
    text = text.replace('"metadata": {},', '"metadata": {"tags": ["skip"]},', 1)
    run = usual.run({"a.ipynb": text}).launch()
    run.finish()
    end = run.step_ends()["a"]
    assert (end.message or "").startswith("StdinNotImplementedError")
    assert end.cell == 2
    assert "never" not in run.log("a")


def tagged(*cells: tuple[str, str]) -> str:
    """A notebook of pairs of tag and source."""
    about = json.loads(notebook(*(source for _, source in cells)))
    for cell, (tag, _) in zip(about["cells"], cells, strict=True):
        cell["metadata"]["tags"] = [tag] if tag else []
    return json.dumps(about)


def test_skipped_cells_are_counted_and_named_in_the_log(usual: Lab) -> None:
    run = usual.run({"a.ipynb": tagged(("skip", "1/0"), ("", "'two'"))}).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    assert [entry.cells for entry in run.of_kind(journal.StepStarted)] == [2]
    assert [entry.cell for entry in run.of_kind(journal.CellStarted)] == [2]
    assert [entry.cell for entry in run.of_kind(journal.CellFinished)] == [1, 2]
    assert run.log("a") == "[cell 1 is skipped]\n[cell 2]\n'two'\n"


def test_values_are_injected_after_the_tagged_cell(usual: Lab) -> None:
    text = tagged(
        ("", "a = 'first'"),
        ("parameters", "a, b = 1, 'default'"),
        ("injected-parameters", "a = 'of an earlier run'"),
        ("", "print(a, b); raise ValueError(type(a).__name__)"),
    )
    values = {"a": [0.5, None], "not-a-name": 2}
    run = usual.run({"a.ipynb": text}, step_parameters={"a": values}).launch()
    run.finish()
    end = run.step_ends()["a"]
    # The numbers are those of the user's notebook: what is injected has none of its own.
    assert (end.message, end.cell) == ("ValueError: list", 3)
    assert [entry.cells for entry in run.of_kind(journal.StepStarted)] == [3]
    assert [entry.cell for entry in run.of_kind(journal.CellFinished)] == [1, 2, 3]
    log = run.log("a")
    assert "[cell 2]\n[parameters of the run]\n[cell 3]\n[0.5, None] default\n" in log
    assert "no variables of such names: not-a-name." in log
    cells = run.notebook("a").cells
    assert [cell.metadata.get("tags") for cell in cells] == [
        [],
        ["parameters"],
        ["injected-parameters"],
        [],
    ]
    assert cells[2].source == 'import json as _json\na = _json.loads("[0.5, null]")'
    assert cells[2].execution_count == 3


@pytest.mark.skipif("ir" not in installed_kernels(), reason="the R kernel is not installed")
def test_values_are_injected_into_a_notebook_in_r(usual: Lab) -> None:
    cells = [("parameters", "a <- 1"), ("", "cat(a, b)"), ("", "stop('alpha too large')")]
    values = {"a": [1.5, 2], "b": "\"'\\ ü $x"}
    run = usual.run({"a.ipynb": tagged(*cells)}, step_parameters={"a": values}, kernel="ir")
    run.launch().finish()
    assert "[parameters of the run]\n[cell 2]\n1.5 2 \"'\\ ü $x" in run.log("a")
    end = run.step_ends()["a"]
    assert (end.message or "").endswith("alpha too large")
    assert end.cell == 3


def test_step_without_parameters_keeps_none_of_an_earlier_run(usual: Lab) -> None:
    cells = [("parameters", "a = 1"), ("injected-parameters", "a = 2"), ("", "print(a)")]
    run = usual.run({"a.ipynb": tagged(*cells)}).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    assert run.log("a") == "[cell 1]\n[cell 2]\n1\n"


def test_failure_of_injected_cell_is_told_of_the_tagged_one(usual: Lab) -> None:
    cells = [("", ""), ("parameters", "import sys; sys.modules['json'] = None")]
    run = usual.run({"a.ipynb": tagged(*cells)}, step_parameters={"a": {"b": 1}}).launch()
    run.finish()
    assert run.step_ends()["a"].cell == 2


def test_missing_kernel_and_broken_notebook_fail_clearly(usual: Lab) -> None:
    files = {"broken.ipynb": "{]", "missing.ipynb": notebook("1")}
    run = usual.run(files, kernel="nowhere").launch()
    run.finish()
    ends = run.step_ends()
    assert ends["missing"].cause is Cause.ENVIRONMENT_MISSING
    assert ends["missing"].message == "There is no kernel “nowhere” on this machine."
    assert "can't be read" in (ends["broken"].message or "")


def test_file_that_was_left_out_is_explained(usual: Lab) -> None:
    left_out = (LeftOut("data", IGNORED, ".gitignore", 2, "data/"),)
    run = usual.run(
        {
            "sub/a.ipynb": notebook("open('../data/train.csv')"),
            "b.sh": "cat data/test.csv",
        },
        left_out=left_out,
    ).launch()
    run.finish()
    why = "data/train.csv was left out of the snapshot by .gitignore line 2 (“data/”)."
    assert (run.step_ends()["a"].message or "").endswith(f"'../data/train.csv'\n{why}")
    assert run.log("a").endswith(f"{why}\n")
    assert "data/test.csv was left out" in (run.step_ends()["b"].message or "")


def test_kernels_listen_on_short_private_sockets(lab: Lab) -> None:
    code = """
import json, os, stat
from ipykernel.connect import get_connection_file
info = json.load(open(get_connection_file()))
print(info["transport"], len(info["ip"]) < 80, info["ip"].startswith("/"))
print(oct(stat.S_IMODE(os.stat(os.path.dirname(info["ip"])).st_mode) & 0o777))
print(os.path.dirname(info["ip"]))
print(get_ipython().history_manager.enabled)
"""
    run = lab.run({"a.ipynb": notebook(code)}).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    _, *told, folder, history = run.log("a").splitlines()
    assert told == ["ipc True True", "0o700"]
    assert history == "False"
    assert not Path(folder).exists()


def test_kernelspec_hides_neither_the_sdk_nor_variables(lab: Lab, tmp_path: Path) -> None:
    kernel = tmp_path / "jupyter" / "kernels" / "own"
    kernel.mkdir(parents=True)
    spec = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "own",
        "language": "python",
        "env": {"PYTHONPATH": "/elsewhere", "MINE": "kernel", "ORCHEST_STEP_UUID": "x"},
    }
    (kernel / "kernel.json").write_text(json.dumps(spec))
    code = """
import orchest, os, sys
print(os.environ["MINE"], "/elsewhere" in sys.path, orchest.get_params())
"""
    run = lab.run({"a.ipynb": notebook(code)}, env_variables={"MINE": "job"}, kernel="own")
    run.launch(JUPYTER_PATH=str(tmp_path / "jupyter"))
    assert run.finish().status is RunStatus.SUCCEEDED
    assert run.log("a") == "[cell 1]\njob True ({}, {})\n"


def test_kernel_that_does_not_start_says_its_last_words(lab: Lab, tmp_path: Path) -> None:
    kernel = tmp_path / "jupyter" / "kernels" / "broken"
    kernel.mkdir(parents=True)
    spec = {
        "argv": [sys.executable, "-c", "import sys; sys.exit('no such module: kernel')"],
        "display_name": "broken",
        "language": "python",
    }
    (kernel / "kernel.json").write_text(json.dumps(spec))
    run = lab.run({"a.ipynb": notebook("1")}, kernel="broken")
    run.launch(JUPYTER_PATH=str(tmp_path / "jupyter")).finish()
    end = run.step_ends()["a"]
    assert end.cause is Cause.KERNEL_DIED
    assert end.message == (
        "The kernel “broken” did not start (exit code 1). no such module: kernel"
    )
