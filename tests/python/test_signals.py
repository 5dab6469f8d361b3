"""Handlers of signals that a program has set in Python: they run while a call waits,
as they do while Python's own functions wait."""

import pytest

# The handler makes a file, which tasks wait for; `ended` is one that they make.
SETUP = """
import os, signal, time
import cohort

def path(name):
    return os.path.join(FOLDER, name)

def wait_for_handler(x):
    end = time.monotonic() + 20
    while not os.path.exists(path("seen")) and time.monotonic() < end:
        time.sleep(0.01)
    return os.path.exists(path("seen"))

def sleep(x):
    time.sleep(20)
    open(path("ended"), "w").close()

class Late(Exception):
    pass

def note(number, frame):
    open(path("seen"), "w").close()

def end(number, frame):
    raise Late("by the handler")

def call_map(number, frame):
    try:
        cohort.map(abs, [1, 2], workers=2)
    except cohort.StateError as error:
        with open(path("seen"), "w") as file:
            file.write(str(error))

def at_rank(handler):
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
"""

CALLS = {
    "map": "cohort.map({f}, [1, 2], workers=2)",
    "isolated": "cohort.map({f}, [1, 2], workers=1, isolate=True)",
    "stream": "list(cohort.imap({f}, [1, 2], workers=2))",
    "progress": "cohort.map({f}, [1, 2], workers=2, progress=lambda p: None)",
    "barrier": """
with cohort.open(2) as group:
    value = group.rank == 0 or {f}(1)
    group.barrier()
""",
}


# One program makes all calls but the last, one after another.
PROGRAMS = (list(CALLS)[:-1], ["barrier"])


def run(run_script, tmp_path, handler, *calls):
    """Each of the calls has a signal of its own."""
    lines = [f"FOLDER = {str(tmp_path)!r}", SETUP]
    for call in calls:
        lines += [f"at_rank({handler})", call]
    return run_script("\n".join(lines))


@pytest.mark.parametrize("names", PROGRAMS, ids=" ".join)
def test_a_handler_returns(names, run_script, tmp_path):
    calls = []
    for name in names:
        call = CALLS[name].format(f="wait_for_handler").strip()
        if name == "barrier":
            call += "\nassert os.path.exists(path('seen')) and value"
        else:
            call = f"assert {call} == [True, True], {name!r}"
        calls.append(call + "\nos.remove(path('seen'))")
    run(run_script, tmp_path, "note", *calls)


@pytest.mark.parametrize("names", PROGRAMS, ids=" ".join)
def test_a_handler_raises(names, run_script, tmp_path):
    calls = []
    for name in names:
        lines = CALLS[name].format(f="sleep").strip().replace("\n", "\n    ")
        calls.append(
            f"try:\n    {lines}\nexcept Late as error:\n    print({name!r}, error)\n"
            "assert not os.path.exists(path('ended'))\n"
            "print(*cohort.map(abs, [-1, -2], workers=2))"
        )
    done = run(run_script, tmp_path, "end", *calls)
    assert done.stdout == "".join(f"{name} by the handler\n1 2\n" for name in names)


def test_a_handler_calls_the_package(run_script, tmp_path):
    """It is in the middle of a call, which another one would disturb."""
    run(
        run_script, tmp_path, "call_map",
        "assert cohort.map(wait_for_handler, [1, 2], workers=2) == [True, True]",
    )  # fmt: skip
    assert "from a function of os.register_at_fork or a handler of a signal" in (
        tmp_path / "seen"
    ).read_text()


def test_a_handler_returns_in_a_job_of_mpi(launcher, mpirun):
    done = mpirun(
        launcher, 2,
        "FOLDER = os.environ['FOLDER']\n" + SETUP
        + "if cohort.map(abs, [-1]) == [1]:\n    at_rank(note)\n"
        # Rank 0 may get tasks, too: in Python code the handler runs anyway.
        + "print(*cohort.map(wait_for_handler, [1]))\n",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "True\n"
