"""The journal of cohort.Executor: a later run does the calls that are left."""

import csv
import functools
import linecache
import os
import signal
import subprocess
import sys
import time

import pytest

import cohort

BACKENDS = ["mp", "serial"]


@pytest.fixture(params=BACKENDS)
def open_executor(request, monkeypatch, tmp_path):
    """Opens executors with the journal of this test."""
    monkeypatch.setenv("COHORT_BACKEND", request.param)
    monkeypatch.setenv("RAN", str(tmp_path / "ran"))
    return functools.partial(cohort.Executor, 2, journal=tmp_path / "journal")


def note(x):
    with open(os.environ["RAN"], "a") as file:
        file.write(f"{x}\n")


def ran():
    """What was run since this was asked last."""
    try:
        with open(os.environ["RAN"]) as file:
            found = sorted(file.read().split())
        os.unlink(os.environ["RAN"])
    except FileNotFoundError:
        found = []
    return found


def square(x, *, power=2):
    note(x)
    return {"value": x**power}


def values(executor, params):
    return [one["value"] for one in executor.map(square, params)]


def test_a_later_run_does_the_rest(open_executor):
    with open_executor() as executor:
        assert values(executor, range(5)) == [0, 1, 4, 9, 16]
    assert ran() == ["0", "1", "2", "3", "4"]
    # In another order, with others between them.
    with open_executor() as executor:
        assert values(executor, [7, 4, 2, 0]) == [49, 16, 4, 0]
        # Another argument, and the same one in other words.
        assert executor.submit(square, 3, power=3).result() == {"value": 27}
    assert ran() == ["3", "7"]
    with open_executor() as executor:
        assert executor.submit(square, power=3, x=3).result() == {"value": 27}
    assert ran() == ["3"]
    with open_executor() as executor:
        assert values(executor, range(8)) == [x * x for x in range(8)]
        assert executor.submit(square, x=3, power=3).done()
        done = executor.submit(square, 3, power=3)
        assert done.done() and not done.cancel() and done.result() == {"value": 27}
    assert ran() == ["5", "6"]


def test_each_record_is_the_result_of_one_call(open_executor):
    for count, expected in ((3, ["1"] * 3), (4, ["1"])):
        with open_executor() as executor:
            assert values(executor, [1] * count) == [1] * count
        assert ran() == expected


def test_chunks(open_executor):
    for expected in (["0", "1", "2", "3", "4"], []):
        with open_executor() as executor:
            found = executor.map(square, range(5), chunksize=3)
            assert [one["value"] for one in found] == [0, 1, 4, 9, 16]
        assert ran() == expected


class Model:
    def __init__(self, scale):
        self.scale = scale

    def solve(self, x):
        note(x)
        return self.scale * x


def test_a_method_is_known_with_its_object(open_executor):
    with open_executor() as executor:
        assert executor.submit(Model(2).solve, 5).result() == 10
    with open_executor() as executor:
        assert executor.submit(Model(3).solve, 5).result() == 15
        assert executor.submit(Model(2).solve, 5).result() == 10
    assert ran() == ["5", "5"]


def edited(text):
    """A function with a source of its own, as in a file that was edited."""
    name = f"<edited {len(linecache.cache)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    exec(compile(text, name, "exec"), globals())
    return globals()["function"]


def test_a_changed_function_runs_again(open_executor):
    for text, expected in (
        ("def function(x):\n    note(x)\n    return x\n", ["1"]),
        ("def function(x):\n    note(x)\n    return x\n", []),
        ("def function(x):\n    note(x)\n    return -x\n", ["1"]),
        ("def function(x):\n    note(x)\n    return x\n", []),
    ):
        function = edited(text)
        with open_executor() as executor:
            value = executor.submit(function, 1).result()
        assert value == (-1 if "-x" in text else 1)
        assert ran() == expected


def fail(x):
    note(x)
    raise LookupError(x)


def test_failures_are_kept_and_run_again_if_asked(open_executor):
    with open_executor() as executor:
        assert type(executor.submit(fail, 1).exception()) is LookupError
    with open_executor() as executor:
        error = executor.submit(fail, 1).exception()
        assert type(error) is LookupError and error.args == (1,)
        assert "in fail" in str(error.__cause__)
    assert ran() == ["1"]
    for _ in range(2):
        with open_executor(rerun_failed=True) as executor:
            assert type(executor.submit(fail, 1).exception()) is LookupError
        assert ran() == ["1"]
    # Their records take each other's place.
    with open_executor() as executor:
        calls = [executor.submit(fail, 1) for _ in range(2)]
        assert all(type(one.exception()) is LookupError for one in calls)
    assert ran() == ["1"]


def die(x):
    note(x)
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(1000)


def hang(x):
    note(x)
    time.sleep(1000)


def test_deaths_are_kept(open_executor):
    for expected in (["1", "2"], []):
        with open_executor(timeout=0.3) as executor:
            errors = [executor.submit(die, 1).exception()]
            errors += [executor.submit(hang, 2).exception()]
        assert [type(one) for one in errors] == [
            cohort.TaskError, cohort.TimeoutExpired
        ]  # fmt: skip
        assert "killed by signal 9" in str(errors[0])
        assert str(errors[1]) == "the call took longer than 0.3 s"
        assert ran() == expected


def ask_index(x):
    note(x)
    return cohort.task().index


def ask_seed(x):
    note(x)
    return cohort.task().seed


def test_what_depends_on_the_number_of_the_call(open_executor):
    def run(functions, seed=0):
        with open_executor(seed=seed) as executor:
            calls = [executor.submit(function, 1) for function in functions]
            return [one.result() for one in calls]

    first = run([ask_index, ask_seed])
    assert first[0] == 0 and ran() == ["1", "1"]
    assert run([ask_index, ask_seed]) == first and ran() == []
    assert run([ask_seed, ask_index])[1] == 1 and ran() == ["1", "1"]
    assert run([ask_index, ask_seed], seed=7)[1] != first[1]
    assert ran() == ["1"]


def build():
    return 1


def build_another():
    return 2


def with_state(state, x):
    note(x)
    return state * x


def test_another_state_is_refused(open_executor):
    with open_executor(build=build) as executor:
        assert executor.submit(with_state, 3).result() == 3
    with pytest.raises(cohort.InvalidArgument, match="rebuilt_ok=True"):
        open_executor(build=build_another)
    with open_executor(build=build_another, rebuilt_ok=True) as executor:
        assert executor.submit(with_state, 3).result() == 3
    assert ran() == ["3"]


def test_a_journal_has_one_executor_at_a_time(open_executor):
    with open_executor() as executor:
        with pytest.raises(cohort.StateError, match="in use by process"):
            open_executor()
        executor.submit(square, 1).result()
    executor = open_executor()
    # The journal is free when the calls have ended, also if nobody waits.
    call = executor.submit(square, 2)
    executor.shutdown(wait=False)
    call.result()
    for _ in range(1000):
        try:
            open_executor().shutdown()
            break
        except cohort.StateError:
            time.sleep(0.01)
    open_executor().shutdown()
    with pytest.raises(cohort.InvalidArgument, match="f or build has changed"):
        cohort.map(abs, [1], journal=executor._calls.journal.folder)


def test_a_run_that_was_killed(run_script, tmp_path):
    script = f"""
        import os, signal, cohort

        def f(x):
            print(x, flush=True)
            return x * x

        with cohort.Executor(1, journal={str(tmp_path / "journal")!r}) as executor:
            for x in range(6):
                assert executor.submit(f, x).result() == x * x
                if x == 3 and "KILL" in os.environ:
                    os.kill(os.getpid(), signal.SIGKILL)
        """
    done = run_script(script, status=-9, env={**os.environ, "KILL": "1"})
    assert done.stdout.split() == ["0", "1", "2", "3"]
    assert run_script(script).stdout.split() == ["4", "5"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_job_that_is_ended_children_first(number, tmp_path):
    """No call has failed because of that."""
    pids, go = tmp_path / "pids", tmp_path / "go"
    script = f"""
import os, time, cohort

def call(x):
    with open({str(pids)!r}, "a") as file:
        file.write(f"{{os.getpid()}}\\n")
    while not os.path.exists({str(go)!r}):
        time.sleep(0.01)
    return x * x

with cohort.Executor(2, journal={str(tmp_path / "journal")!r}) as executor:
    calls = [executor.submit(call, x) for x in range(4)]
    print([one.result() for one in calls])
"""
    job = subprocess.Popen([sys.executable, "-c", script])
    while not pids.exists() or pids.read_text().count("\n") < 2:
        time.sleep(0.01)
    for worker in pids.read_text().split():
        os.kill(int(worker), number)
    # The failures have come when others have taken these calls' places.
    while pids.read_text().count("\n") < 4:
        time.sleep(0.005)
    job.send_signal(number)
    assert job.wait() == -number
    go.touch()
    for _ in range(1000):
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True
        )
        if "in use" not in done.stderr:
            break
    assert done.stdout == "[0, 1, 4, 9]\n", done.stderr


def test_the_command_reads_it(open_executor, tmp_path):
    command = os.path.join(
        os.path.dirname(cohort.__file__), "..", "..", "bin", "cohort"
    )
    with open_executor() as executor:
        executor.submit(square, 3).result()
        executor.submit(fail, 1).exception()
    done = subprocess.run(
        [command, "results", str(tmp_path / "journal")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert [(row["index"], row["status"]) for row in rows] == [
        ("0", "ok"), ("1", "failed")
    ]  # fmt: skip
    assert rows[1]["error"] == "LookupError: 1"


def test_a_full_disk(open_executor, monkeypatch):
    # A limit of the size of files is as good.
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    executor = open_executor()
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        calls = [executor.submit(abs, -x) for x in range(30)]
        assert [one.result() for one in calls] == list(range(30))
        with pytest.raises(cohort.FileError):
            executor.shutdown()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
