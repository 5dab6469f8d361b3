"""What goes wrong with workers and calls of cohort.Executor, and what it costs."""

import os
import signal
import subprocess
import sys
import threading
import time
import traceback

import pytest

import cohort


def square(x):
    return x * x


def pid(_=None):
    return os.getpid()


def kill(number, who=None):
    os.kill(who or os.getpid(), number)
    time.sleep(1000)


def sleep(seconds):
    time.sleep(seconds)
    return seconds


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(what):
    end = time.monotonic() + 60
    while not what():
        assert time.monotonic() < end
        time.sleep(0.002)


def parent_of(pid):
    with open(f"/proc/{pid}/stat") as file:
        return int(file.read().rsplit(")", 1)[1].split()[1])


def write_pid(path):
    with open(path, "w") as file:
        file.write(f"{os.getpid()}\n")
    time.sleep(1000)


def read_pid(path):
    wait_until(lambda: path.exists() and path.read_text().endswith("\n"))
    return int(path.read_text())


# ---- exceptions ----


def raise_deep(x):
    raise LookupError(f"no {x}")


def test_remote_traceback():
    with cohort.Executor(1) as executor:
        error = executor.submit(raise_deep, 3).exception()
        assert repr(error) == "LookupError('no 3')"
        text = "".join(traceback.format_exception(type(error), error, None))
        assert "in raise_deep" in text and 'raise LookupError(f"no {x}")' in text


class Odd(Exception):
    """Its pickle cannot be read."""

    def __init__(self, one, two):
        super().__init__(one)


def raise_odd():
    raise Odd(1, 2)


def give_lock():
    return threading.Lock()


def leave(how):
    raise how(3)


@pytest.mark.parametrize(
    "call, words",
    [
        ((raise_odd,), ["Odd: 1"]),
        ((give_lock,), ["value of the call, of type lock", "cannot be pickled"]),
        ((leave, SystemExit), ["SystemExit: 3"]),
        ((leave, KeyboardInterrupt), ["KeyboardInterrupt: 3"]),
        ((os._exit, 3), ["worker that ran the call left with status 3"]),
        ((kill, signal.SIGSEGV), ["killed by signal 11 (SIGSEGV)"]),
        ((kill, signal.SIGKILL), ["killed by signal 9 (SIGKILL)"]),
    ],
)
def test_what_becomes_a_task_error(call, words):
    with cohort.Executor(1) as executor:
        error = executor.submit(*call).exception()
        assert type(error) is cohort.TaskError
        assert all(word in str(error) for word in words), error
        assert executor.submit(square, 3).result() == 9


def test_what_cannot_be_pickled():
    with cohort.Executor(1) as executor:
        error = executor.submit(lambda: 1).exception()
        assert type(error) is cohort.InvalidArgument
        for word in ("<lambda>, the function", "cannot be pickled", "cloudpickle"):
            assert word in str(error)
        error = executor.submit(square, threading.Lock()).exception()
        assert "an argument of square cannot be pickled" in str(error)
        assert executor.submit(square, 3).result() == 9
        # Workers do not have what was defined later.
        globals()["late"] = late = type("late", (), {"__module__": __name__})
        late.__qualname__ = "late"
        error = executor.submit(str, late()).exception()
        assert "first call of submit" in str(error)


@pytest.mark.parametrize(
    "arguments, error, words",
    [
        ({"max_workers": "2"}, TypeError, "max_workers is '2'"),
        ({"max_workers": 0}, ValueError, "max_workers is 0"),
        ({"timeout": 0}, ValueError, "timeout is 0"),
        ({"timeout": -1}, ValueError, "timeout is -1"),
        ({"build": 1}, TypeError, "build is 1"),
        ({"teardown": 1}, TypeError, "teardown is 1"),
    ],
)
def test_bad_arguments(arguments, error, words):
    with pytest.raises(error, match=words):
        cohort.Executor(**arguments)


def test_bad_arguments_of_methods():
    with cohort.Executor(1) as executor:
        with pytest.raises(TypeError, match="not callable"):
            executor.submit(3)
        with pytest.raises(ValueError, match="buffersize is 0"):
            executor.map(square, [1], buffersize=0)


# ---- deaths ----


def test_a_worker_that_is_killed_fails_its_call_only():
    with cohort.Executor(2) as executor:
        before = set(executor.map(pid, range(200)))
        dead = executor.submit(kill, signal.SIGKILL)
        others = [executor.submit(square, x) for x in range(500)]
        assert isinstance(dead.exception(), cohort.TaskError)
        assert [one.result() for one in others] == [x * x for x in range(500)]
        # An idle worker that is killed costs nothing.
        for worker in before:
            if is_alive(worker):
                os.kill(worker, signal.SIGKILL)
        wait_until(lambda: not any(is_alive(one) for one in before))
        assert not set(executor.map(pid, range(200))) & before


def test_all_workers_die_again_and_again():
    with cohort.Executor(2) as executor:
        calls = [
            executor.submit(kill, signal.SIGKILL) if x % 5 == 0
            else executor.submit(square, x)
            for x in range(100)
        ]  # fmt: skip
        for x, call in enumerate(calls):
            if x % 5:
                assert call.result() == x * x
            else:
                assert isinstance(call.exception(), cohort.TaskError)


def test_the_manager_is_killed(tmp_path):
    path = tmp_path / "pid"
    with cohort.Executor(1) as executor:
        running = executor.submit(write_pid, path)
        queued = [executor.submit(square, x) for x in range(2000)]
        worker = read_pid(path)
        os.kill(parent_of(worker), signal.SIGKILL)
        error = running.exception()
        assert isinstance(error, cohort.PeerError)
        assert "process that looks after the executor's workers" in str(error)
        # What no worker had begun runs, and so does what comes later.
        assert [one.result() for one in queued] == [x * x for x in range(2000)]
        assert executor.submit(square, 3).result() == 9
        assert not is_alive(worker)


def test_build_crashes():
    executor = cohort.Executor(2, build=lambda: kill(signal.SIGKILL))
    error = executor.submit(square, 1).exception()
    assert isinstance(error, cohort.BuildError)
    assert "killed by signal 9 (SIGKILL)" in str(error)
    executor.shutdown()


# ---- time limits ----


def test_a_time_limit_ends_one_call():
    with cohort.Executor(2, timeout=0.1) as executor:
        calls = [executor.submit(sleep, x) for x in (1000, 0.001, 1000, 0)]
        error = calls[0].exception()
        assert isinstance(error, cohort.TimeoutExpired)
        assert isinstance(error, TimeoutError)
        assert "longer than 0.1 s" in str(error)
        assert isinstance(calls[2].exception(), cohort.TimeoutExpired)
        assert calls[1].result() == 0.001 and calls[3].result() == 0
        # The time in which a worker waits does not count.
        time.sleep(0.15)
        assert executor.submit(sleep, 0).result() == 0
        early = executor.submit(kill, signal.SIGKILL).exception()
        assert type(early) is cohort.TaskError


def deaf(path):
    signal.signal(signal.SIGTERM, lambda *_: None)
    process = subprocess.Popen(["sleep", "1000"])
    path.write_text(f"{process.pid}\n")
    while True:
        time.sleep(1000)


def test_a_call_that_does_not_end_by_itself(tmp_path):
    path = tmp_path / "pid"
    with cohort.Executor(1, timeout=0.2) as executor:
        error = executor.submit(deaf, path).exception()
        assert isinstance(error, cohort.TimeoutExpired)
        wait_until(lambda: not is_alive(read_pid(path)))


# ---- exactly once ----


def append(path, x):
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{x}\n".encode())
    os.close(descriptor)
    return x


def test_cancelled_calls_never_run_and_others_run_once(tmp_path):
    path = str(tmp_path / "ran")
    cancelled = set()
    with cohort.Executor(2) as executor:
        calls = []
        for x in range(1500):
            calls.append(executor.submit(append, path, x))
            if x % 2:
                # Of those that workers are about to take, too.
                if calls[x - x % 3].cancel():
                    cancelled.add(x - x % 3)
        for x in range(0, 1500, 7):
            if calls[x].cancel():
                cancelled.add(x)
    assert {x for x, call in enumerate(calls) if call.cancelled()} == cancelled
    assert 20 < len(cancelled) < 1500
    with open(path) as file:
        ran = sorted(int(line) for line in file)
    assert ran == sorted(set(range(1500)) - cancelled)
    assert all(calls[x].result() == x for x in ran)


# ---- memory ----


def resident(pid="self"):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_memory_is_bounded():
    with cohort.Executor(2) as executor:
        workers = set(executor.map(pid, range(2000)))
        before = [resident(), *map(resident, workers)]
        total = sum(executor.map(square, range(100_000), buffersize=2000))
        assert total == sum(x * x for x in range(100_000))
        after = [resident(), *map(resident, workers)]
        assert max(b - a for a, b in zip(before, after)) < 8 << 20
        assert executor._calls.queue.payload == 0


def echo(data):
    return data


def memory_of_payload():
    """Blocks of the files in memory of this process's executors."""
    folder = "/proc/self/fd"
    blocks = 0
    for name in os.listdir(folder):
        try:
            if "cohort-calls" in os.readlink(f"{folder}/{name}"):
                blocks += os.stat(f"{folder}/{name}").st_blocks
        except FileNotFoundError:
            pass  # the descriptor of the folder itself
    return blocks


def test_large_arguments_and_values():
    data = [bytes([x]) * 1_000_000 for x in range(110)]
    read, write = os.pipe()
    with cohort.Executor(1) as executor:
        executor.submit(os.read, read, 1)
        calls = [executor.submit(echo, one) for one in data]
        payload = executor._calls.queue.payload
        os.write(write, b".")
        assert 7e6 < payload < 10e6  # the others wait in front of the queue
        for one, call in zip(data, calls):
            assert call.result() == one
        assert executor._calls.queue.payload == 0
        assert memory_of_payload() * 512 <= 18 << 20
    os.close(read)
    os.close(write)


# ---- processes ----


def test_nothing_is_left():
    before = set(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with cohort.Executor(2) as executor:
            workers = set(executor.map(pid, range(50)))
            manager = parent_of(next(iter(workers)))
        del executor
        assert not any(is_alive(one) for one in [*workers, manager])
    assert set(os.listdir("/proc/self/fd")) == before


def test_build_and_teardown(tmp_path):
    log = tmp_path / "log"

    def build():
        append(log, f"build {os.getpid()}")
        return {"pid": os.getpid()}

    def teardown(state):
        append(log, f"teardown {state['pid']}")

    with cohort.Executor(
        2, initializer=append, initargs=(log, "first"), build=build, teardown=teardown
    ) as executor:
        assert executor.submit(with_state, 1, y=2).result() == (True, 1, 2)
        assert list(executor.map(with_state, range(5), chunksize=2)) == [
            (True, x, 0) for x in range(5)
        ]
    lines = log.read_text().splitlines()
    assert lines.count("first") == 2
    pids = sorted(line.split()[1] for line in lines if line.startswith("build"))
    assert pids == sorted(line.split()[1] for line in lines if line[0] == "t")


def with_state(state, x, y=0):
    return state["pid"] == os.getpid(), x, y


def in_executor(x):
    with cohort.Executor(4) as executor:
        here = executor.submit(pid).result() == os.getpid()
        return here, sum(executor.map(square, range(x)))


def in_map(x):
    return sum(cohort.map(square, range(x), workers=2))


def test_nested():
    assert list(cohort.map(in_executor, [3, 4], workers=2)) == [(True, 5), (True, 14)]
    with cohort.Executor(2) as executor:
        assert list(executor.map(in_executor, [3, 4])) == [(True, 5), (True, 14)]
        assert list(executor.map(in_map, [3, 4])) == [5, 14]
        # The time limit needs a process.
        assert executor.submit(in_limit).result() == "the call took longer than 0.05 s"


def test_workers_share_the_cores(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    cores = len(os.sched_getaffinity(0))
    with cohort.Executor(cores) as executor:
        text = executor.submit(subprocess.getoutput, "echo $OMP_NUM_THREADS").result()
    assert text == "1"
    assert "OMP_NUM_THREADS" not in os.environ


def in_limit():
    with cohort.Executor(1, timeout=0.05) as executor:
        return str(executor.submit(sleep, 1000).exception())


def test_serial(monkeypatch):
    monkeypatch.setenv("COHORT_BACKEND", "serial")
    with cohort.Executor() as executor:
        assert executor.submit(pid).result() == os.getpid()
        assert list(executor.map(square, range(4), chunksize=3)) == [0, 1, 4, 9]
        with pytest.raises(LookupError):
            executor.submit(raise_deep, 1).result()
    with pytest.raises(RuntimeError):
        executor.submit(pid)


def test_an_executor_belongs_to_one_process():
    with cohort.Executor(1) as executor:
        assert executor.submit(square, 2).result() == 4
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                executor.submit(square, 2)
            except cohort.StateError as error:
                os.write(write, str(error).encode())
            executor.shutdown()
            os._exit(0)
        os.waitpid(child, 0)
        assert b"belongs to process" in os.read(read, 1000)
        os.close(read)
        os.close(write)
        assert executor.submit(square, 3).result() == 9


PRELUDE = """
import os, signal, subprocess, sys, threading, time
import cohort

def square(x):
    return x * x

def report(x):
    print("call", x)
    return os.getpid()

def stay(path):
    with open(path, "a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(1000)

def wait_for(path, count=1):
    while not os.path.exists(path) or open(path).read().count("\\n") < count:
        time.sleep(0.001)
"""


def test_exit_without_shutdown(run_script):
    done = run_script(
        PRELUDE + """
executor = cohort.Executor(2)
calls = [executor.submit(report, x) for x in range(5)]
calls[-1].add_done_callback(lambda call: print("done", call.done()))
"""
    )
    assert sorted(done.stdout.splitlines()) == [f"call {x}" for x in range(5)] + [
        "done True"
    ]
    assert done.stderr == ""


def test_submit_while_the_interpreter_exits(run_script):
    done = run_script(
        PRELUDE + """
executor = cohort.Executor(1)
def again(call):
    try:
        executor.submit(square, 2)
    except RuntimeError as error:
        print(error)
executor.submit(time.sleep, 0.1).add_done_callback(again)
"""
    )
    assert done.stdout == "cannot schedule new futures after shutdown\n"


@pytest.mark.parametrize("how", ["in a with block", "at exit"])
def test_ctrl_c(run_script, tmp_path, how):
    use = {
        "in a with block": "with cohort.Executor(2) as executor:\n    work(executor)",
        "at exit": "work(cohort.Executor(2))",
    }
    done = run_script(
        PRELUDE + f"""
path = {str(tmp_path / "pids")!r}
def work(executor):
    calls = [executor.submit(stay, path) for _ in range(10)]
    wait_for(path, 2)
    os.killpg(0, signal.SIGINT)
    calls[0].result()
{use[how]}
""",
        status=-signal.SIGINT, start_new_session=True,
    )  # fmt: skip
    assert done.stderr.count("Traceback (most recent call last)") == 1
    assert done.stderr.endswith("KeyboardInterrupt\n")
    pids = [int(line) for line in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 2 and not any(is_alive(one) for one in pids)


def test_a_parent_that_is_killed_leaves_nobody(run_script, tmp_path):
    run_script(
        PRELUDE + f"""
path = {str(tmp_path / "pids")!r}
executor = cohort.Executor(2)
for _ in range(10):
    executor.submit(stay, path)
wait_for(path, 2)
with open(path, "a") as file:
    with open(f"/proc/{{open(path).readline().strip()}}/stat") as stat:
        file.write(stat.read().rsplit(")", 1)[1].split()[1] + "\\n")
os.kill(os.getpid(), signal.SIGKILL)
""",
        status=-signal.SIGKILL,
    )
    pids = [int(line) for line in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 3
    wait_until(lambda: not any(is_alive(one) for one in pids))


def test_beside_others(run_script):
    done = run_script(
        PRELUDE + """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

class Resource:
    def __del__(self):
        print("gone", os.getpid() == parent)

parent = os.getpid()
resource = Resource()
lock = threading.Lock()

def hold():
    for _ in range(200):
        with lock:
            print("", end="")

if __name__ == "__main__":
    threads = [threading.Thread(target=hold) for _ in range(3)]
    for thread in threads:
        thread.start()
    with cohort.Executor(2) as executor, ProcessPoolExecutor(2) as other:
        calls = [executor.submit(square, x) for x in range(50)]
        with multiprocessing.get_context("fork").Pool(2) as pool:
            assert pool.map(square, range(5)) == [0, 1, 4, 9, 16]
        assert list(other.map(square, range(5))) == [0, 1, 4, 9, 16]
        assert executor.submit(subprocess.call, ["true"]).result() == 0
        assert [call.result() for call in calls] == [x * x for x in range(50)]
    # A thread that ends takes no workers with it.
    executor = cohort.Executor(1)
    thread = threading.Thread(target=lambda: executor.submit(square, 1).result())
    thread.start()
    thread.join()
    assert executor.submit(square, 2).result() == 4
    print("all is well")
"""
    )
    assert done.stdout == "all is well\ngone True\n"
    assert done.stderr == ""


# ---- what comes from outside ----

SUSPENDED = """
import os, sys, time, cohort

def count(path):
    # Longer than the test takes to stop it, and less than its limit.
    with open(path, "w", buffering=1) as file:
        print(os.getpid(), os.getppid(), file=file)
        for x in range(60):
            print(x, file=file)
            time.sleep(0.01)

with cohort.Executor(1, timeout=float(sys.argv[1])) as executor:
    executor.submit(count, sys.argv[2]).result()
print("in time")
"""


def state_of(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


@pytest.mark.parametrize("how", ["Ctrl-Z", "Ctrl-Z, caller alone goes on", "all"])
def test_a_job_that_is_stopped(how, tmp_path):
    """Neither time limits nor calls go on."""
    path, limit = tmp_path / "count", 2.5
    script = subprocess.Popen(
        [sys.executable, "-c", SUSPENDED, str(limit), path],
        stdout=subprocess.PIPE, text=True, preexec_fn=os.setpgrp,
    )  # fmt: skip
    wait_until(lambda: path.exists() and path.read_text().count("\n") > 3)
    worker, manager = map(int, path.read_text().split()[:2])
    everybody = [script.pid, manager, worker]
    if how == "all":
        for one in everybody:
            os.kill(one, signal.SIGSTOP)
    else:
        os.killpg(script.pid, signal.SIGTSTP)
    wait_until(lambda: state_of(script.pid) == "T" and state_of(worker) == "T")
    before = path.read_text()
    time.sleep(limit + 0.5)
    assert path.read_text() == before
    if how == "all":
        for one in everybody:
            os.kill(one, signal.SIGCONT)
    elif how == "Ctrl-Z":
        os.killpg(script.pid, signal.SIGCONT)
    else:
        script.send_signal(signal.SIGCONT)
    assert script.communicate()[0] == "in time\n"


@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", "<&-", ">&-", "2>&-"])
def test_closed_standard_descriptors(closed, tmp_path):
    """What a program prints then reaches nothing of this package's."""
    script, said = tmp_path / "script.py", tmp_path / "said"
    script.write_text("""
import os, sys, cohort

def standard(_=None):
    return [one for one in range(3) if os.path.exists(f"/proc/self/fd/{one}")]

before = standard()
with cohort.Executor(2) as executor:
    right = all(found == before for found in executor.map(standard, range(10)))
    right = right and standard() == before
with open(sys.argv[1], "w") as file:
    file.write(f"{right} {len(before)}")
""")
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, script, said],
        capture_output=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0
    assert said.read_text() == f"True {3 - len(closed.split())}"
