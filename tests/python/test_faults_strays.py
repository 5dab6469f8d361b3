"""Processes that a task forks by os.fork and that leave the task's function: they end
there, as they would without the package, and nothing of the sweep runs twice."""

import subprocess
import textwrap

import pytest

# The functions, and what a parent learns of such a process.
FORKS = """
import os, sys
import cohort

def leave(how):
    if how == "status":
        sys.exit(3)
    if how == "text":
        sys.exit("why it ends")
    if how == "well":
        sys.exit()
    if how == "error":
        raise ValueError("in the new process")
    return "a value"

def forks(how):
    file = open(os.path.join(FOLDER, how), "w")
    pid = os.fork()
    if pid == 0:
        file.write("written")
        return leave(how)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

def second(state, how):
    return forks(how)

HOWS = ["status", "text", "well", "error", "value"]
ENDS = [3, 1, 0, 1, 0]
"""

CHECKS = """
for how in HOWS:
    with open(os.path.join(FOLDER, how)) as file:
        assert file.read() == "written"
print("once", flush=True)
"""

CALLS = {
    "alone": "cohort.map(forks, HOWS, workers=1)",
    "serial": "cohort.map(forks, HOWS, backend='serial')",
    "workers": "cohort.map(forks, HOWS, workers=2)",
    "isolate": "cohort.map(forks, HOWS, workers=1, isolate=True)",
    "chunks": "cohort.map(forks, HOWS, workers=1, chunk=5)",
    "stream": "list(cohort.imap(forks, HOWS, workers=1))",
    "executor": "list(cohort.Executor(1).map(forks, HOWS))",
    "in a task": "cohort.map(lambda x: list(map(forks, HOWS)), [1], workers=1)[0]",
}


def check_output(done):
    assert done.stdout.split() == ["once"], done.stdout + done.stderr
    assert "why it ends\n" in done.stderr
    assert done.stderr.count("Traceback") == 1
    assert "ValueError: in the new process\n" in done.stderr
    assert done.stderr.count("leave such a process by os._exit") == 1


@pytest.mark.parametrize("call", CALLS)
def test_a_process_ends_where_the_function_ends(call, run_script, tmp_path):
    script = f"FOLDER = {str(tmp_path)!r}\n{FORKS}\nassert {CALLS[call]} == ENDS\n"
    check_output(run_script(script + CHECKS))


def test_in_build_and_teardown(run_script, tmp_path):
    script = f"""
FOLDER = {str(tmp_path)!r}
{FORKS}
def build():
    return forks("status")
def teardown(state):
    print(state, forks("text"), flush=True)
print(*cohort.map(lambda state, x: x, [5, 6], workers=1, build=build, teardown=teardown))
"""
    done = run_script(script)
    assert done.stdout == "3 1\n5 6\n"
    assert done.stderr == "why it ends\n"


def test_in_a_job_of_mpi(launcher, mpirun):
    done = mpirun(
        launcher, 2,
        "FOLDER = os.environ['FOLDER']\n" + FORKS
        + "assert cohort.map(forks, HOWS) == ENDS\n" + CHECKS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    check_output(done)
