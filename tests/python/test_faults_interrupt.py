"""Ctrl-C at any moment, in any line of the package: what comes out is
KeyboardInterrupt, and the next call finds nothing that the last one left."""

import os
import pty
import random
import signal
import sys

import pytest

# A process interrupts the caller once for each round, after a random time.
SCRIPT = """
import os, random, signal, sys, time, cohort

def attack(asked):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    random.seed({seed})
    while os.read(asked, 1):
        time.sleep(random.random() * {longest})
        os.kill(root, signal.SIGINT)
    os._exit(0)

def children():
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{{name}}/stat") as file:
                if int(file.read().rsplit(")", 1)[1].split()[1]) == root:
                    yield int(name)
        except (OSError, ValueError):
            pass

squares = [x * x for x in range(20)]

def group():
    with cohort.open(3) as group:
        for turn in range(5):
            assert group.allgather(turn) == [turn] * 3
            group.bcast(turn)
            group.gather(turn)
            group.barrier()

def sweep(**options):
    assert cohort.map(lambda x: x * x, range(20), **options) == squares

root = os.getpid()
asked, ask = os.pipe()
attacker = os.fork()
if not attacker:
    os.close(ask)
    attack(asked)
for turn in range({rounds}):
    try:
        os.write(ask, b"x")
        while True:
            {call}
    except KeyboardInterrupt:
        assert os.getpid() == root
sweep(workers=2)
assert list(children()) == [attacker]
print("well")
"""

CALLS = {
    "map": "sweep(workers=2)",
    "isolated": "sweep(workers=2, isolate=True)",
    "chunks": "sweep(workers=2, chunk=7)",
    "serial": "sweep(backend='serial')",
    "group": "group()",
}


@pytest.mark.parametrize("call", CALLS)
def test_ctrl_c_at_any_moment(call, run_script):
    seed = random.randrange(1000)
    print("seed", seed)
    script = SCRIPT.format(call=CALLS[call], seed=seed, rounds=12, longest=0.06)
    done = run_script(script)
    assert done.stdout == "well\n"
    assert done.stderr == ""


def test_a_terminal(tmp_path):
    """The key, on a terminal: all processes of the foreground get the signal."""
    script = tmp_path / "script.py"
    script.write_text(
        "import time, cohort\n"
        "def f(x):\n"
        "    print('task', x, flush=True)\n"
        "    time.sleep(1000)\n"
        "cohort.map(f, range(2), workers=2)\n"
    )
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["PYTHON_COLORS"] = "0"
        os.execv(sys.executable, [sys.executable, str(script)])
    seen = b""
    while seen.count(b"task") < 2:
        seen += os.read(terminal, 1000)
    os.write(terminal, b"\x03")
    try:
        while more := os.read(terminal, 1000):
            seen += more
    except OSError:
        pass  # the last process has closed the terminal
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGINT
    assert seen.count(b"Traceback") == 1, seen
    assert seen.rstrip().endswith(b"KeyboardInterrupt"), seen
    os.close(terminal)


def test_a_group_that_nobody_has_is_given_up(run_script):
    done = run_script(
        """
        import cohort

        def lose():
            group = cohort.open(3)
            if not group.is_root:
                group.barrier()  # for which the root does not come
                print("never")

        lose()
        print(list(cohort.map(abs, [-1, 2], workers=2)))
        """
    )
    assert done.stdout == "[1, 2]\n"
