"""The options that cohort.Executor has in common with cohort.map."""

import inspect
import os
import select
import signal
import time

import pytest

import cohort


def square(x):
    return x * x


def seed(_=None):
    task = cohort.task()
    return task.index, task.position, task.seed, task.attempt


def sample(_=None):
    return cohort.task().rng().normal()


def append(path, text):
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{text}\n".encode())
    os.close(descriptor)


def die_until(path, attempt, how):
    """Fails until so many attempts were made."""
    append(path, cohort.task().attempt)
    if cohort.task().attempt < attempt:
        how()
    return cohort.task().attempt


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(1000)


def hang():
    time.sleep(1000)


def fail():
    raise LookupError("no")


def enter_gate(arrive, gate):
    os.write(arrive, b".")
    os.read(gate, 1)


@pytest.fixture
def pipes():
    """(descriptor that tells of calls, one to write it, those of a gate)"""
    descriptors = [*os.pipe(), *os.pipe()]
    yield descriptors
    for one in descriptors:
        os.close(one)


def test_names_and_defaults_are_those_of_map():
    ours = inspect.signature(cohort.Executor).parameters
    theirs = inspect.signature(cohort.map).parameters
    both = set(ours) & set(theirs)
    assert both >= {
        "build", "teardown", "schedule", "isolate", "timeout", "retries", "journal",
        "seed", "deadline", "rerun_failed", "rebuilt_ok",
    }  # fmt: skip
    for name in both:
        assert ours[name].default == theirs[name].default, name


@pytest.mark.parametrize(
    "options, error, words",
    [
        ({"retries": -1}, ValueError, "retries is -1"),
        ({"retries": 1.5}, TypeError, "retries is 1.5"),
        ({"seed": 2**64}, ValueError, "seed is 18446744073709551616"),
        ({"deadline": -1}, ValueError, "deadline is -1"),
        ({"schedule": "static"}, cohort.InvalidArgument, "known beforehand"),
        ({"schedule": "guided"}, cohort.InvalidArgument, "the order of submit"),
        ({"schedule": "quick"}, ValueError, "schedule is 'quick'"),
    ],
)
def test_bad_options(options, error, words):
    with pytest.raises(error, match=words):
        cohort.Executor(**options)


# ---- isolate ----


def test_a_crash_where_calls_run_in_the_caller(monkeypatch):
    monkeypatch.setenv("COHORT_BACKEND", "serial")
    with cohort.Executor(2, isolate=True) as executor:
        assert executor.submit(os.getpid).result() != os.getpid()
        error = executor.submit(crash).exception()
        assert type(error) is cohort.TaskError
        assert "killed by signal 11 (SIGSEGV)" in str(error)
        assert executor.submit(square, 3).result() == 9


# ---- retries ----


@pytest.mark.parametrize("how", [crash, hang])
def test_further_attempts(tmp_path, how):
    path = str(tmp_path / "attempts")
    with cohort.Executor(1, retries=2, timeout=0.3 if how is hang else None) as executor:
        again = executor.submit(die_until, path, 2, how)
        others = [executor.submit(square, x) for x in range(20)]
        assert again.result() == 2
        assert [one.result() for one in others] == [x * x for x in range(20)]
    with open(path) as file:
        assert file.read().split() == ["0", "1", "2"]


def test_attempts_end(tmp_path):
    path = str(tmp_path / "attempts")
    with cohort.Executor(2, retries=2) as executor:
        error = executor.submit(die_until, path, 3, crash).exception()
        assert type(error) is cohort.TaskError
        # An exception is an answer.
        assert type(executor.submit(die_until, path, 9, fail).exception()) is LookupError
    with open(path) as file:
        assert file.read().split() == ["0", "1", "2", "0"]


def test_a_call_between_its_attempts_is_not_cancelled(tmp_path):
    path = str(tmp_path / "attempts")
    with cohort.Executor(1, retries=3) as executor:
        again = executor.submit(die_until, path, 3, crash)
        while not again.done():
            if os.path.exists(path):
                assert not again.cancel() or not again.running()
        assert again.result() == 3


# ---- seed ----


@pytest.mark.parametrize("backend", ["serial", "mp"])
def test_calls_have_the_seeds_of_tasks(monkeypatch, backend):
    monkeypatch.setenv("COHORT_BACKEND", backend)
    expected = cohort.map(seed, range(10), seed=7, workers=2)
    with cohort.Executor(2, seed=7) as executor:
        calls = [executor.submit(seed) for _ in range(3)]
        assert [one.result() for one in calls] == expected[:3]
        # Items of chunks have numbers of their own.
        assert list(executor.map(seed, range(6), chunksize=4)) == expected[3:9]
        assert executor.submit(seed, None).result() == expected[9]
    assert len({one[2] for one in expected}) == 10


def test_random_numbers():
    pytest.importorskip("numpy")
    with cohort.Executor(2, seed=1) as executor:
        values = list(executor.map(sample, range(5)))
    assert values == cohort.map(sample, range(5), seed=1, workers=2)
    with cohort.Executor(1) as executor:
        assert list(executor.map(sample, range(5))) == cohort.map(sample, range(5))


def use_state(state, _=None):
    return state, cohort.task().index


def ask():
    try:
        cohort.task()
    except cohort.StateError as error:
        return str(error)


def test_there_is_no_task_outside_calls():
    with cohort.Executor(1, build=ask) as executor:
        states = [executor.submit(use_state).result() for _ in range(2)]
        assert "in the thread that it calls them in" in states[0][0]
        assert [index for _, index in states] == [0, 1]
    with pytest.raises(cohort.StateError):
        cohort.task()


def in_map(x):
    with cohort.Executor(2, seed=x) as executor:
        inner = list(executor.map(seed, range(2)))
    return cohort.task().index, inner


def test_seeds_of_nested_executors():
    with cohort.Executor(1) as executor:
        index, inner = executor.submit(in_map, 5).result()
        assert index == 0 and inner == cohort.map(seed, range(2), seed=5)
    assert cohort.map(in_map, [5, 5], workers=2) == [(0, inner), (1, inner)]


# ---- deadline ----


def begins(told, future):
    """Whether the task tells that it runs; false: its future has ended before."""
    while not select.select([told], [], [], 0.02)[0]:
        if future.done():
            return False
    return bool(os.read(told, 1))


# On a busy machine no worker may begin in time: then the next one is taken.
DEADLINES = (0.5, 5, 50)


def test_nothing_begins_after_the_deadline(pipes):
    told, tell, gate, open_gate = pipes
    for deadline in DEADLINES:
        begin = time.monotonic()
        with cohort.Executor(1, deadline=deadline) as executor:
            runs = executor.submit(enter_gate, tell, gate)
            if not begins(told, runs):
                continue
            try:
                waits = [executor.submit(square, x) for x in range(2000)]
                gone = executor.submit(square, 1)
                if not gone.cancel():  # the deadline has come before
                    assert type(gone.exception()) is cohort.Stopped
                    continue
                # They are told while the worker is busy.
                errors = [one.exception() for one in waits]
                assert time.monotonic() - begin >= deadline and not runs.done()
                assert {type(one) for one in errors} == {cohort.Stopped}
                assert f"deadline of its executor, {deadline} s" in str(errors[0])
                late = executor.submit(square, 1)
                assert type(late.exception()) is cohort.Stopped
            finally:
                os.write(open_gate, b".")
            assert runs.result() is None and gone.cancelled()
        with pytest.raises(cohort.StateError):
            executor.submit(square, 1)
        return
    pytest.fail("no task began within 50 s")


def test_no_attempt_begins_after_the_deadline(tmp_path):
    path = tmp_path / "attempts"
    for deadline in DEADLINES:
        with cohort.Executor(1, deadline=deadline, timeout=deadline + 0.5,
                             retries=9) as executor:
            error = executor.submit(die_until, str(path), 9, hang).exception()
        if path.exists():
            # As in a sweep, it counts as not run.
            assert type(error) is cohort.Stopped
            assert path.read_text().split() == ["0"]
            return
    pytest.fail("no task began within 50 s")


def test_a_deadline_in_the_caller(monkeypatch):
    monkeypatch.setenv("COHORT_BACKEND", "serial")
    with cohort.Executor(deadline=0.05) as executor:
        assert executor.submit(square, 2).result() == 4
        time.sleep(0.05)
        assert type(executor.submit(square, 2).exception()) is cohort.Stopped


# ---- the end of workers ----


@pytest.mark.parametrize("name", ["terminate_workers", "kill_workers"])
def test_workers_are_ended(pipes, name):
    told, tell, gate, _ = pipes
    executor = cohort.Executor(1, retries=5)
    runs = executor.submit(enter_gate, tell, gate)
    os.read(told, 1)
    waits = [executor.submit(square, x) for x in range(2000)]
    getattr(executor, name)()
    assert all(one.cancelled() for one in waits)
    assert "the executor was ended before the call" in str(runs.exception())
    with pytest.raises(cohort.StateError):
        executor.submit(square, 1)
    executor.shutdown()
