"""The package's types: the stub of the extension, and what a program gets."""

import os
import pathlib
import subprocess
import sys

import pytest

import cohort

pytest.importorskip("mypy")
FOLDER = str(pathlib.Path(cohort.__file__).parents[1])

PROGRAM = """
import cohort

def half(x: int) -> float:
    return x / 2

results = cohort.map(half, [1, 2], workers=2)
reveal_type(results)
reveal_type(list(results))
reveal_type(results.results[0])
reveal_type(next(cohort.imap(half, [1])))
with cohort.open(3) as group:
    reveal_type(group.rank)
    reveal_type(group.map(half, [1]))
reveal_type(cohort.task().seed)
cohort.map(half, 3)
cohort.map(half, [1], wokers=3)
cohort.imap(half, [1], wokers=3)
cohort.imap_unordered(half, [1], chunk="3")
cohort.starmap(half, [(1,)], wokers=3)
"""

REVEALED = [
    "cohort.results.Results[builtins.float]",
    "builtins.list[builtins.float]",
    "cohort.results.Result",
    "builtins.float",
    "builtins.int",
    "cohort.results.Results[builtins.float]",
    "builtins.int",
]


def run(*command):
    return subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True,
        env={**os.environ, "MYPYPATH": FOLDER},
    )  # fmt: skip


def test_the_stub_is_what_the_extension_has():
    done = run("mypy.stubtest", "cohort._native")
    assert done.returncode == 0, done.stdout + done.stderr


def test_types_that_a_program_gets(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    done = run(
        "mypy", "--follow-imports", "silent", "--cache-dir", str(tmp_path / "cache"),
        "--no-error-summary", str(tmp_path / "program.py"),
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if "program.py" in line]
    notes = [line for line in lines if "Revealed type is" in line]
    found = [line.split(" is ")[1].strip('"') for line in notes]
    found = [text.partition(", fallback=")[2].rstrip("]") or text for text in found]
    assert found == REVEALED
    errors = [line for line in lines if ": error: " in line]
    assert len(errors) == 5
    assert '"map" has incompatible type "int"' in errors[0]
    assert 'Unexpected keyword argument "wokers" for "map"' in errors[1]
    assert 'Unexpected keyword argument "wokers" for "imap"' in errors[2]
    assert '"chunk" to "imap_unordered" has incompatible type "str"' in errors[3]
    assert 'Unexpected keyword argument "wokers" for "starmap"' in errors[4]
