"""Tasks that do the worst that a Python function can do: each is one failed task,
with a sentence, and the sweep goes on."""

import ctypes
import os
import resource
import sys

import pytest

import cohort


def sweep(f, **options):
    options = {"workers": 2, "isolate": True, "on_error": "keep", **options}
    return cohort.map(f, range(8), **options)


def fails_at_3(worst):
    """A function that is well but for its task 3."""

    def f(x):
        return worst() if x == 3 else x

    return f


def check(results, words, index=3):
    assert [result.index for result in results.failed] == [index]
    error = results[index]
    assert isinstance(error, cohort.TaskError)
    assert words in error.sentence
    assert [x for x in results if x is not error] == [
        x for x in range(len(results)) if x != index
    ]


def end_the_stack():
    sys.setrecursionlimit(10**8)

    def deeper(x):
        return list(map(deeper, [x]))  # each call takes some of C's stack

    deeper(0)


WORST = {
    "exit": (lambda: os._exit(7), "status 7"),
    "exit_as_if_well": (lambda: os._exit(0), "status 0"),
    "native": (lambda: ctypes.string_at(0), "Segmentation fault"),
    "abort": (os.abort, "Aborted"),
}
if sys.version_info < (3, 12):  # later ones limit C's recursion themselves
    WORST["stack"] = (end_the_stack, "Segmentation fault")


@pytest.mark.parametrize("name", WORST)
def test_an_isolated_task_fails_alone(name):
    worst, words = WORST[name]
    check(sweep(fails_at_3(worst)), words)


@pytest.mark.parametrize("name", ["exit", "native"])
def test_a_task_that_is_not_isolated_fails_with_its_worker(name, capfd):
    worst, words = WORST[name]
    results = sweep(fails_at_3(worst), isolate=False)
    check(results, words)
    assert "rank" in results[3].sentence
    assert "in task 3" in capfd.readouterr().err


def test_endless_recursion():
    def f(x):
        return f(x)

    for isolate in (False, True):
        with pytest.raises(RecursionError) as caught:
            cohort.map(f, range(2), workers=2, isolate=isolate)
        assert "recursion" in str(caught.value.__cause__)


def use_memory(extra):
    """As much memory as there is, and a little."""
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (now + (32 << 20), hard))
    return b"x" * (16 << 20) * extra


@pytest.mark.parametrize("isolate", [False, True])
def test_memory_is_refused(isolate):
    def f(x):
        return len(use_memory(4)) if x == 3 else x

    # A worker's limit stays; so does that of the child that runs tasks.
    results = sweep(f, isolate=isolate, schedule="static")
    assert isinstance(results[3], MemoryError)
    assert [result.index for result in results.failed] == [3]


class Evil(Exception):
    """Raises what it is told wherever it is asked."""

    def __init__(self, how, what):
        super().__init__("evil")
        self.how, self.what = how, what

    def __str__(self):
        if self.how == "str":
            raise self.what
        return "evil"

    def __reduce__(self):
        if self.how == "dump":
            raise self.what
        if self.how == "load":
            return raise_in, (os.getpid(), self.what)
        if self.how == "other":
            return int, ()
        return Evil, (self.how, self.what)


def raise_in(pid, what):
    """Raises in another process than `pid`."""
    if os.getpid() != pid:
        raise what
    return Evil("load", what)


@pytest.mark.parametrize("chunk", [1, 4])
@pytest.mark.parametrize("how", ["str", "dump", "load", "other"])
@pytest.mark.parametrize("what", [ValueError, SystemExit, GeneratorExit])
def test_exceptions_that_raise(how, what, chunk):
    def f(x):
        if x == 3:
            raise Evil(how, what())
        return x

    results = sweep(f, isolate=False, chunk=chunk)
    assert [result.index for result in results.failed] == [3]
    assert [x for i, x in enumerate(results) if i != 3] == [0, 1, 2, 4, 5, 6, 7]
    assert isinstance(results[3], Evil if how == "str" else cohort.TaskError)
    if how != "str":
        assert "Evil: evil" in results[3].sentence
    assert "raise Evil" in str(results[3].__cause__)


class Value:
    """As Evil, as a value."""

    def __init__(self, how, what):
        self.how, self.what = how, what

    def __reduce__(self):
        if self.how == "dump":
            raise self.what
        return raise_in, (os.getpid(), self.what)


@pytest.mark.parametrize("isolate", [False, True])
@pytest.mark.parametrize("chunk", [1, 4])
@pytest.mark.parametrize("what", [ValueError, SystemExit])
def test_values_that_cannot_be_pickled(what, chunk, isolate):
    def f(x):
        return Value("dump", what("bad luck")) if x == 3 else x

    results = sweep(f, chunk=chunk, isolate=isolate)
    check(results, "task 3 returned a value that cannot be pickled: ")
    assert f"{what.__name__}: bad luck" in results[3].sentence
    assert "__reduce__" in str(results[3].__cause__)


@pytest.mark.parametrize("what", [ValueError, SystemExit])
def test_values_that_cannot_be_read(what):
    results = sweep(lambda x: Value("load", what("bad luck")) if x == 3 else x)
    check(results, "its value cannot be unpickled: ")
    assert f"{what.__name__}: bad luck" in results[3].sentence


def test_generators_are_read_once():
    def numbers(end):
        yield from range(5)
        if end:
            raise LookupError("no more")

    assert cohort.map(abs, numbers(False), workers=2) == [0, 1, 2, 3, 4]
    started = []
    with pytest.raises(LookupError, match="no more"):
        cohort.map(started.append, numbers(True), workers=1, backend="serial")
    assert not started
    with pytest.raises(cohort.TaskError, match="task 0 .* cannot be pickled"):
        cohort.map(lambda x: (y for y in range(x)), range(3), workers=2)


def test_functions_and_states_of_any_kind():
    class Thing:
        def __init__(self):
            self.open = open(os.devnull)  # cannot be pickled
            self.calls = 0

        def method(self, x):
            self.calls += 1
            return x + 1

        __call__ = method

        @classmethod
        def of_class(cls, x):
            return x + 1

        def __del__(self):
            self.open.close()

    thing = Thing()
    for f in (thing.method, thing, Thing.of_class, (1).__add__, lambda x, y=1: x + y):
        assert cohort.map(f, range(4), workers=2) == [1, 2, 3, 4]
    assert thing.calls == 0  # what workers do to it, they do to theirs
    states = cohort.map(
        lambda state, x: state.method(x), range(4), workers=2, build=Thing
    )
    assert states == [1, 2, 3, 4]
