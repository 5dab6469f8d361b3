"""Tasks that raise, leave, crash or take too long."""

import os
import signal
import sys
import time
import traceback

import pytest

import cohort


class Picky(Exception):
    """Can be pickled, and cannot be read again."""

    def __init__(self, a, b):
        super().__init__(f"{a} and {b}")


def fail_at(place, error):
    def f(x):
        if x == place:
            raise error
        return x

    return f


@pytest.mark.parametrize("chunk", [1, 4])
@pytest.mark.parametrize("isolate", [False, True])
def test_an_exception_is_raised_with_its_traceback(chunk, isolate):
    def deep(x):
        return 1 // (x - 7)

    def f(x):
        return deep(x)

    with pytest.raises(ZeroDivisionError) as caught:
        cohort.map(f, range(20), workers=3, chunk=chunk, isolate=isolate)
    text = str(caught.value.__cause__)
    assert "in deep" in text and "return 1 // (x - 7)" in text


@pytest.mark.parametrize("chunk", [1, 4])
def test_exceptions_are_kept_if_asked(chunk):
    def f(x):
        if x % 5 == 2:
            raise KeyError(x)
        return x

    results = cohort.map(f, range(20), workers=3, on_error="keep", chunk=chunk)
    assert not results.ok and len(results) == 20
    assert [result.index for result in results.failed] == [2, 7, 12, 17]
    for index, value in enumerate(results):
        if index % 5 == 2:
            assert isinstance(value, KeyError) and value.args == (index,)
            assert results.results[index].status == cohort.FAILED
        else:
            assert value == index


def test_the_first_by_index_is_raised():
    def f(x):
        if x == 3:
            time.sleep(0.05)  # later than the others
        if x in (3, 8, 15):
            raise ValueError(x)

    with pytest.raises(ValueError) as caught:
        cohort.map(f, range(20), workers=4)
    assert caught.value.args == (3,)


def test_exceptions_that_cannot_travel():
    class Local(Exception):
        pass

    for error in (Picky(1, 2), Local("here")):
        with pytest.raises(cohort.TaskError, match=str(error)) as caught:
            cohort.map(fail_at(2, error), range(4), workers=2)
        assert type(error).__name__ in caught.value.sentence
        assert "Traceback" in str(caught.value.__cause__)


def test_values_that_cannot_travel():
    with pytest.raises(cohort.TaskError, match="pickle"):
        cohort.map(lambda x: lambda: x, range(4), workers=2)


class Unreadable:
    def __reduce__(self):
        return (int, ("no number",))


def test_values_that_cannot_be_read():
    results = cohort.map(
        lambda x: Unreadable() if x == 1 else x, range(3), workers=2, on_error="keep"
    )
    assert results[0] == 0 and results[2] == 2
    assert isinstance(results[1], cohort.TaskError)
    assert isinstance(results[1].__cause__, ValueError)


@pytest.mark.parametrize("isolate", [False, True])
def test_system_exit_fails_the_task_alone(isolate):
    def f(x):
        if x == 1:
            sys.exit(5)
        return os.getpid()

    results = cohort.map(
        f, range(8), workers=1, on_error="keep", isolate=isolate
    )
    assert isinstance(results[1], cohort.TaskError)
    assert "SystemExit: 5" in results[1].sentence
    assert len(set(results) - {results[1]}) == 1  # the worker went on
    with pytest.raises(cohort.TaskError, match="SystemExit"):
        cohort.map(f, range(8), workers=2)


HALTS = [
    {"workers": 1}, {"workers": 2}, {"workers": 1, "isolate": True},
    {"workers": 2, "isolate": True}, {"workers": 2, "chunk": 4},
    {"workers": 2, "on_error": "keep"}, {"backend": "serial"},
]  # fmt: skip


@pytest.mark.parametrize("options", HALTS, ids=str)
def test_keyboard_interrupt_of_a_task_ends_the_map(options, tmp_path):
    def f(x):
        if x == 13 and allowed is False:
            raise KeyboardInterrupt
        return x

    allowed = False
    with pytest.raises(KeyboardInterrupt) as caught:
        cohort.map(f, range(5000), journal=tmp_path / "journal", **options)
    results = caught.value.results
    assert results[5] == 5 and len(results.failed) > 1000
    trace = caught.value.__cause__ or "".join(traceback.format_tb(caught.tb))
    assert "in f" in str(trace)
    with pytest.raises(KeyboardInterrupt):
        list(cohort.imap(f, range(50), **options))
    # Nothing failed: the same call goes on.
    allowed = True
    again = cohort.map(
        f, range(5000), journal=tmp_path / "journal", rebuilt_ok=True, **options
    )
    assert again == list(range(5000))


@pytest.mark.parametrize("workers", [1, 2])
def test_keyboard_interrupt_of_build_ends_the_map(workers):
    def build():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cohort.map(lambda state, x: x, range(5), workers=workers, build=build)


def test_keyboard_interrupt_of_a_task_of_a_group():
    def f(x):
        if x == 3:
            raise KeyboardInterrupt
        return x

    with cohort.open(3) as group:
        halted = False
        try:
            group.map(f, range(100))
        except KeyboardInterrupt:
            halted = True
        assert group.allgather(halted) == [True] * 3  # the group is as it was
        assert group.map(f, range(3)) == [0, 1, 2]


def test_a_signal_for_one_worker_alone():
    def f(x):
        if x == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return x

    with pytest.raises(KeyboardInterrupt):
        cohort.map(f, range(100), workers=2)
    assert cohort.map(f, range(3), workers=2) == [0, 1, 2]


def test_a_crash_fails_one_isolated_task():
    def f(x):
        if x == 5:
            os.kill(os.getpid(), signal.SIGSEGV)
        return x

    results = cohort.map(f, range(20), workers=3, isolate=True, on_error="keep")
    assert [r.index for r in results.failed] == [5]
    assert isinstance(results[5], cohort.TaskError)
    assert "Segmentation fault" in results[5].sentence
    with pytest.raises(cohort.TaskError, match="Segmentation fault"):
        cohort.map(f, range(20), workers=3, isolate=True)


def test_a_worker_that_dies_fails_its_task():
    def f(x):
        if x == 30:
            os.kill(os.getpid(), signal.SIGKILL)
        return x

    results = cohort.map(f, range(50), workers=2, on_error="keep")
    (dead,) = results.failed
    assert dead.index == 30 and "signal 9" in dead.error
    assert [x for x in results if not isinstance(x, Exception)] == [
        x for x in range(50) if x != 30
    ]
    with pytest.raises(cohort.TaskError, match="signal 9"):
        cohort.map(f, range(50), workers=2)


def test_tasks_that_no_worker_is_left_for():
    def f(x):
        if x >= 10:
            os.kill(os.getpid(), signal.SIGKILL)
        return x

    with pytest.raises(cohort.PeerError) as caught:
        cohort.map(f, range(50), workers=2, schedule="static", on_error="keep")
    results = caught.value.results
    assert len(results) == 50 and len(results.failed) >= 30
    # The tasks that killed their workers, whichever these are.
    assert len([r for r in results.failed if r.attempts]) in (1, 2)


def test_timeout_and_retries(tmp_path):
    def slow(x):
        if x == 1:
            time.sleep(1000)
        return x

    results = cohort.map(slow, range(3), workers=2, timeout=0.3, on_error="keep")
    assert [r.index for r in results.failed] == [1]
    assert isinstance(results[1], cohort.TaskError)

    def crashes_once(x):
        if x == 1 and cohort.task().attempt == 0:
            os.abort()
        return x

    results = cohort.map(crashes_once, range(3), workers=2, retries=2)
    assert results == [0, 1, 2]
    assert [r.attempts for r in results.results] == [1, 2, 1]


@pytest.mark.parametrize("workers", [1, 3])
def test_build_that_fails_everywhere(workers, capfd):
    def build():
        raise OSError("no such model")

    with pytest.raises(cohort.BuildError, match="build failed") as caught:
        cohort.map(lambda s, x: x, range(5), workers=workers, build=build)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.args == ("no such model",)
    assert capfd.readouterr().err == ""


def test_build_that_fails_on_some(capfd, tmp_path):
    def build():
        try:
            (tmp_path / "first").touch(exist_ok=False)
        except FileExistsError:
            raise OSError("no such model") from None

    results = cohort.map(lambda s, x: x, range(5), workers=3, build=build)
    assert results == [0, 1, 2, 3, 4]
    told = capfd.readouterr().err
    assert told.count("OSError: no such model") == 2
    assert told.count("build failed on this worker") == 2


def test_teardown_that_fails_loses_nothing(capfd):
    def teardown(state):
        raise OSError("no such folder")

    results = cohort.map(lambda x: x, range(5), workers=2, teardown=teardown)
    assert results == [0, 1, 2, 3, 4]
    assert capfd.readouterr().err.count("OSError: no such folder") == 2


def test_a_deadline_leaves_tasks_out():
    def f(x):
        time.sleep(0.02)
        return x

    with pytest.raises(cohort.Stopped) as caught:
        cohort.map(f, range(10_000), workers=2, deadline=0.3)
    results = caught.value.results
    done = [x for x in results if not isinstance(x, Exception)]
    assert 0 < len(done) < 10_000
    assert all(isinstance(r.exception, cohort.Stopped) for r in results.failed)
    kept = cohort.map(f, range(10_000), workers=2, deadline=0.3, on_error="keep")
    assert len(kept) == 10_000 and not kept.ok
