"""Ctrl-C: KeyboardInterrupt comes out of whatever call the caller is in, and no
worker is left, nor does one say anything."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

PRELUDE = """
import os, sys, time, cohort

def ready(_=None):
    with open(sys.argv[1], "a") as file:
        file.write(f"{os.getpid()}\\n")

def wait_for(count):
    while sum(1 for _ in open(sys.argv[1])) < count:
        time.sleep(0.001)

def asleep(x):
    ready()
    time.sleep(1000)

def rank_0_waits(x):
    ready()
    if os.getpid() != root:
        time.sleep(1000)
    wait_for(2)

root = os.getpid()
"""

# In each, two processes say that they are ready, and never end by themselves.
CALLS = {
    "in_a_task": "cohort.map(asleep, range(2), workers=2)",
    "in_chunks": "cohort.map(asleep, range(20), workers=2, chunk=10)",
    "in_a_wait": "cohort.map(rank_0_waits, range(2), workers=2, schedule='static')",
    "isolated": "cohort.map(asleep, range(2), workers=2, isolate=True)",
    "in_build": "cohort.map(asleep, range(2), workers=2, build=lambda: asleep(0))",
    "in_a_nested_map": (
        "cohort.map(lambda x: cohort.map(asleep, [x]), range(2), workers=2)"
    ),
    "in_a_barrier": """
with cohort.open(2) as group:
    ready()
    if group.rank == 1:
        time.sleep(1000)
    group.barrier()
""",
    "in_bcast": """
with cohort.open(2) as group:
    ready()
    if group.rank == 1:
        time.sleep(1000)
    group.bcast(0, root=1)
""",
    "in_a_close": """
with cohort.open(2) as group:
    ready()
    if group.rank == 1:
        time.sleep(1000)
""",
}


def start(text, tmp_path):
    script, log = tmp_path / "script.py", tmp_path / "log"
    script.write_text(PRELUDE + textwrap.dedent(text))
    log.touch()
    process = subprocess.Popen(
        [sys.executable, str(script), str(log)], start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while len(log.read_text().splitlines()) < 2:
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)
    time.sleep(0.02)  # a moment, so that ranks are more often in their waits
    return process, [int(pid) for pid in log.read_text().split()]


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


# A worker that is in a task and does not get the signal is killed after a second.
@pytest.mark.parametrize(
    "call, whom",
    [(call, "all") for call in CALLS]
    + [(call, "root") for call in ("in_a_wait", "isolated", "in_a_barrier")],
)
def test_ctrl_c(call, whom, tmp_path):
    process, pids = start(CALLS[call], tmp_path)
    if whom == "all":  # as a terminal does
        os.killpg(process.pid, signal.SIGINT)
    else:
        os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == -signal.SIGINT, err
    assert err.count("Traceback (most recent call last)") == 1, err
    assert err.rstrip().endswith("KeyboardInterrupt"), err
    assert out == ""
    assert not any(is_alive(pid) for pid in pids)


def test_the_caller_goes_on_after_ctrl_c(run_script):
    done = run_script(
        """
        import os, signal, time, cohort

        def f(x):
            if x == 0:
                time.sleep(0.2)
                os.killpg(0, signal.SIGINT)
            try:
                time.sleep(1000)
            finally:
                print("cleaned up")

        for turn in range(2):
            try:
                cohort.map(f, range(2), workers=2, schedule="static")
            except KeyboardInterrupt:
                print("interrupted")
            print(list(cohort.map(lambda x: x, range(3), workers=2)))
        """,
        start_new_session=True,
    )
    turn = "cleaned up\ninterrupted\n[0, 1, 2]\n"
    assert done.stdout == turn + turn
    assert done.stderr == ""


def test_a_handler_of_the_program_decides(run_script):
    done = run_script(
        """
        import os, signal, time, cohort
        root = os.getpid()

        class Enough(Exception):
            pass

        def handler(number, frame):
            raise Enough

        def f(x):
            if os.getpid() != root:
                os.kill(root, signal.SIGINT)
                time.sleep(1000)

        signal.signal(signal.SIGINT, handler)
        try:
            cohort.map(f, range(2), workers=2, schedule="static")
        except Enough:
            print("enough")
        assert signal.getsignal(signal.SIGINT) is handler
        """
    )
    assert done.stdout == "enough\n"


def test_ctrl_c_while_an_iterator_ends(run_script):
    """A loop is left by `break`, and its iterator waits for the workers."""
    done = run_script(
        """
        import os, signal, sys, threading, time, traceback, cohort

        def attack():
            while not any(
                frame.name in ("close", "_end")
                for frame in traceback.extract_stack(sys._current_frames()[main])
            ):
                time.sleep(0.001)
            os.kill(os.getpid(), signal.SIGINT)

        def f(x):
            if x:
                time.sleep(1000)
            return x

        main = threading.get_ident()
        thread = threading.Thread(target=attack)
        try:
            for x in cohort.imap(f, range(3), workers=2):
                thread.start()
                break
            thread.join()
            print("lost")
        except KeyboardInterrupt:
            print("interrupted")
        print(*cohort.map(abs, [-1, -2], workers=2))
        """
    )
    assert done.stdout == "interrupted\n1 2\n" and done.stderr == ""
