"""The code in pages of the documentation, and what it prints.

    python3 pages.py PAGE...     write what the code prints into the pages

A block of ``python`` is run, in one process for each page; a block of ``console`` is
commands, each after "$ ". What they print on standard output is the block of ``text``
that follows, if there is one, or the rest of the console's block. A block of python
that begins with a comment "# NAME.py" is only kept in that file.
"""

import contextlib
import io
import linecache
import os
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = TOP / "examples" / "python"
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```\n(?:\n*^```text\n(.*?)^```\n)?",
                   re.M | re.S)  # fmt: skip


def pages():
    return sorted((TOP / "docs").glob("python*.md"))


def _run_python(code, name, namespace):
    lines = code.splitlines(keepends=True)
    linecache.cache[name] = (len(code), None, lines, name)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, name, "exec"), namespace)
    return out.getvalue()


def _run_console(text):
    """The block, with what its commands print."""
    shown = ""
    for line in text.splitlines():
        if line.startswith("$ "):
            done = subprocess.run(["bash", "-c", line[2:]], stdout=subprocess.PIPE,
                                  text=True)  # fmt: skip
            assert done.returncode == 0, f"{line}: status {done.returncode}"
            shown += line + "\n" + done.stdout
    return shown


def _prepare(folder):
    """Commands and modules that pages use."""
    (folder / "bin").mkdir()
    (folder / "bin" / "python3").symlink_to(sys.executable)
    # That of Open MPI first, which Debian's mpi4py is for.
    launchers = os.environ.get("LAUNCHERS", "").split()
    for launcher in sorted(launchers, key=lambda one: "openmpi" not in one)[:1]:
        (folder / "bin" / "mpirun").symlink_to(launcher)
    for path in EXAMPLES.glob("*.py"):
        (folder / path.name).symlink_to(path)
    os.chdir(folder)
    os.environ["PATH"] = f"{folder}/bin:{os.environ['PATH']}"
    sys.path.insert(0, str(folder))


def run_page(path, folder):
    """Run a page in an empty folder. Returns its text with what the code prints,
    and the number of blocks that were run."""
    text = path.read_text()
    _prepare(folder)
    namespace = {"__name__": "__main__"}
    count = 0

    def run(match):
        nonlocal count
        count += 1
        kind, code, shown = match.groups()
        if kind == "console":
            return f"```console\n{_run_console(code)}```\n"
        kept = re.match(r"# (\w+\.py)\n", code)
        if kept:
            pathlib.Path(kept[1]).write_text(code)
            return match[0]
        printed = _run_python(code, f"<{path.name}, block {count}>", namespace)
        if shown is None:
            assert printed == "", f"block {count} of {path.name} prints {printed}"
            return match[0]
        return match[0][: match.start(3) - match.start()] + printed + "```\n"

    return BLOCK.sub(run, text), count


if __name__ == "__main__":
    import tempfile

    for page in map(pathlib.Path, sys.argv[1:]):
        page = page.resolve()
        with tempfile.TemporaryDirectory() as folder:
            page.write_text(run_page(page, pathlib.Path(folder))[0])
            os.chdir("/")
