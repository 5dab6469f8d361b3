"""A kernel of Jupyter as the host of maps: it stays, whatever happens in them."""

import os
import threading

import pytest

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
jupyter_client = pytest.importorskip("jupyter_client")


def test_cells():
    cells = [
        "import ctypes, os, cohort\nscale = 3\nroot = os.getpid()",
        "print(list(cohort.map(lambda x: x * scale, range(4), workers=2)))",
        "print(list(cohort.map(lambda x: x * scale, range(4), isolate=True)))",
        "def f(x):\n    if x == 2: raise KeyError('two')\n"
        "try:\n    cohort.map(f, range(4), workers=2)\n"
        "except KeyError as error:\n    print('in f' in str(error.__cause__))",
        "with cohort.open(3) as group:\n    ranks = group.allgather(group.rank)\n"
        "print(ranks, os.getpid() == root)",
        # Out keeps the iterator, whose sweep has not ended.
        "cohort.imap(abs, range(100_000), workers=2)",
        "for x in _:\n    break\nprint(x, list(cohort.map(abs, [-1, 2], workers=2)))",
        # Native code that crashes.
        "def f(x):\n    if x == 2: ctypes.string_at(0)\n    return x\n"
        "for isolate in (False, True):\n"
        "    found = cohort.map(f, range(4), workers=2, isolate=isolate, "
        "on_error='keep')\n"
        "    print([r.ok for r in found.results])",
        "def f(x):\n    os.abort()\n"
        "try:\n    cohort.map(f, range(4), workers=2, isolate=True)\n"
        "except cohort.TaskError as error:\n    print('Aborted' in str(error))\n"
        "print(os.getpid() == root)",
    ]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells]
    )
    nbclient.NotebookClient(notebook, timeout=1500, kernel_name="python3").execute()
    printed = [
        "".join(o.text for o in cell.outputs if o.get("name") == "stdout")
        for cell in notebook.cells
    ]
    crashed = "[True, True, False, True]\n"
    assert printed == [
        "", "[0, 3, 6, 9]\n", "[0, 3, 6, 9]\n", "True\n", "[0, 1, 2] True\n",
        "", "0 [1, 2]\n", crashed * 2, "True\nTrue\n",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def kernel():
    manager, client = jupyter_client.manager.start_new_kernel(kernel_name="python3")
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run_cell(kernel, code, value="None", interrupts=None):
    """The value of an expression after a cell, and the name of the exception that the
    cell ended with. It is interrupted as soon as the file `interrupts` is there. Both
    come with the kernel's reply: what is printed may come later. After a cell that
    stops on an error, the kernel would not run what is asked for at once."""
    manager, client = kernel
    ended = threading.Event()

    def interrupt():
        while not os.path.exists(interrupts) and not ended.wait(0.01):
            pass
        manager.interrupt_kernel()

    thread = threading.Thread(target=interrupt) if interrupts else None
    if thread:
        thread.start()
    try:
        content = client.execute_interactive(
            code, output_hook=lambda message: None, store_history=False,
            user_expressions={"value": value}, stop_on_error=False,
        )["content"]  # fmt: skip
    finally:
        ended.set()
        if thread:
            thread.join()
    found = content.get("user_expressions", {}).get("value", {})
    return found.get("data", {}).get("text/plain"), content.get("ename")


PRELUDE = """
import os, time, cohort

def f(x):
    open(began, "w").close()
    time.sleep(1000)

def children():
    count = 0
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/stat") as file:
                count += int(file.read().rsplit(")", 1)[1].split()[1]) == os.getpid()
        except (OSError, ValueError):
            pass
    return count

root = os.getpid(), children()
"""

SLEEPS = {
    "workers": "cohort.map(f, range(2), workers=2)",
    "caller": "cohort.map(f, range(2), workers=1)",
    "isolated": "cohort.map(f, range(2), workers=2, isolate=True)",
    "loop": "for x in cohort.imap(f, range(2), workers=2): pass",
    "group": "with cohort.open(2) as group: group.map(f, range(2))",
}


@pytest.mark.parametrize("name", SLEEPS)
def test_a_cell_that_is_interrupted(kernel, name, tmp_path):
    began = str(tmp_path / "began")
    assert run_cell(kernel, PRELUDE + f"began = {began!r}")[1] is None
    assert run_cell(kernel, SLEEPS[name], interrupts=began)[1] == "KeyboardInterrupt"
    again = "list(cohort.map(abs, [-1, 2], workers=2)), root == (os.getpid(), children())"
    assert run_cell(kernel, "", again) == ("([1, 2], True)", None)
