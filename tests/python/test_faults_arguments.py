"""Bad arguments of every function: an exception with a sentence, and nothing has
run."""

import decimal
import fractions
import os
import pathlib

import numpy
import pytest

import cohort

NAN = float("nan")

# Of each keyword: what is expected, values of a wrong type, and wrong values.
BAD = {
    "workers": ("whole number", ["2", 2.5, []], [0, -3, 2**31]),
    "backend": ("'auto', 'serial', 'mp' or 'mpi'", [3], ["carrots", "", "mp\0"]),
    "build": ("callable", [3, "build"], []),
    "teardown": ("callable", [3], []),
    "schedule": ("'static', 'dynamic' or 'guided'", [], ["fast", 3, []]),
    "chunk": ("whole number, 1 or more", ["3", 1.5, None], [0, -1, 2**70]),
    "isolate": ("True or False", ["no", 3, NAN], []),
    "timeout": ("number of seconds", ["soon", [], 1j], [0, -1.0, NAN, float("inf")]),
    "retries": ("whole number, 0 or more", ["a", 1.5, None], [-1, 2**31]),
    "journal": ("path of a folder", [3.5, []], ["", "a\0b"]),
    "seed": ("from 0 to 2**64 - 1", [1.5, "3", None], [-1, 2**64]),
    "deadline": ("number of seconds", ["soon"], [-1, NAN, 10**400]),
    "rerun_failed": ("True or False", ["yes"], []),
    "rebuilt_ok": ("True or False", [2], []),
    "unique": ("True or False", ["no"], []),
    "on_error": ("'raise' or 'keep'", [], ["ignore", None, []]),
    "progress": ("True, False or a function", ["yes", 3], []),
}
CASES = [
    (name, value, kind, expected)
    for name, (expected, types, values) in BAD.items()
    for kind, bad in ((TypeError, types), (ValueError, values))
    for value in bad
]


def calls():
    for name in ("map", "imap", "imap_unordered", "starmap"):
        yield name, getattr(cohort, name)
    with cohort.open(backend="serial") as group:
        for name in ("map", "imap", "starmap"):
            yield f"group.{name}", getattr(group, name)


def test_bad_options():
    """The sentence names the keyword, what it got and what is expected; nothing has
    run, and no parameter was read."""

    def never(*args):
        raise AssertionError("it has run")

    def params():
        never()
        yield 1

    for path, call in calls():
        for name, value, kind, expected in CASES:
            if path.startswith("group") and name in ("workers", "backend"):
                continue
            with pytest.raises(kind) as caught:
                list(call(never, params(), **{name: value}))
            sentence = str(caught.value)
            start = f"{name} is {value!r}: it must be "
            assert sentence.startswith(start) and expected in sentence, (path, sentence)
            assert isinstance(caught.value, cohort.Error) or kind is TypeError


def test_options_that_a_call_does_not_have():
    for path, call in calls():
        for name, hint in [("chunksize", "chunk"), ("wokers", "workers"), ("zz", "")]:
            with pytest.raises(TypeError, match=name) as caught:
                list(call(abs, [(1,)], **{name: 2}))
            if path.startswith("group") and name == "chunksize":
                assert f"is {hint!r} meant?" in str(caught.value)


def test_options_of_other_types():
    """Numbers and paths of any type that is one."""
    options = {
        "workers": numpy.int64(2), "chunk": numpy.int32(4), "seed": numpy.uint64(3),
        "retries": numpy.int8(1), "timeout": fractions.Fraction(600),
        "deadline": decimal.Decimal(600), "isolate": numpy.bool_(True),
        "on_error": "keep", "progress": None, "unique": 1, "schedule": None,
    }  # fmt: skip
    assert cohort.map(abs, range(-9, 0), **options) == list(range(9, 0, -1))
    assert cohort.map(abs, [-1], timeout=None, deadline=None, workers=True) == [1]


@pytest.mark.parametrize("backend", ["mp", "serial"])
def test_a_deadline_of_no_seconds_is_over(backend, tmp_path):
    """As max(0, end - now) gives it."""

    def f(x):
        (tmp_path / str(x)).touch()

    for call in (cohort.map, cohort.imap):
        with pytest.raises(cohort.Stopped):
            list(call(f, range(9), deadline=0, backend=backend))
    with cohort.Executor(2, deadline=0) as executor:
        assert type(executor.submit(abs, 1).exception()) is cohort.Stopped
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("kind", [os.fspath, os.fsencode, pathlib.Path])
def test_paths_of_journals(kind, tmp_path):
    journal = tmp_path / "journal"
    for _ in range(2):
        assert cohort.map(abs, [-1, -2], journal=kind(journal), workers=2) == [1, 2]
    assert (journal / "identity").exists()


def test_functions_and_parameters_of_sweeps():
    for path, call in calls():
        for f, params, words in [
            (None, [1], "f is None: it must be a function or another callable"),
            ("abs", [1], "f is 'abs'"),
            (abs, 3, "params is 3: it must be an iterable"),
            (abs, None, "params is None"),
        ]:
            with pytest.raises(TypeError, match=words):
                list(call(f, params))
        assert list(call(abs, [])) == []


@pytest.mark.parametrize(
    "options, error, words",
    [
        ({"workers": 0}, ValueError, "workers is 0: it must be"),
        ({"workers": 2**31}, ValueError, "workers is"),
        ({"workers": 1.5}, TypeError, "workers is 1.5"),
        ({"workers": "2"}, TypeError, "workers is '2'"),
        ({"backend": ""}, cohort.ConfigError, "backend is '': it must be 'auto'"),
        ({"backend": 3}, TypeError, "backend is 3: it must be 'auto'"),
        ({"timeout": -3.0}, cohort.ConfigError, "timeout is -3.0: .*NO_TIMEOUT"),
        ({"timeout": NAN}, cohort.ConfigError, "timeout is nan"),
        ({"timeout": "soon"}, TypeError, "timeout is 'soon'"),
        ({"comm": "world"}, TypeError, "mpi4py"),
        ({"nonsense": 1}, TypeError, "nonsense"),
    ],
    ids=str,
)
def test_options_of_groups(options, error, words):
    with pytest.raises(error, match=words):
        cohort.open(**options).close()
    with cohort.open(2, timeout=cohort.NO_TIMEOUT) as group:
        assert group.allgather(group.rank) == [0, 1]


def test_collective_calls():
    with cohort.open(backend="serial") as group:
        for call, error in [
            (lambda: group.bcast(1, root=1), cohort.InvalidArgument),
            (lambda: group.bcast(1, root=-1), cohort.InvalidArgument),
            (lambda: group.bcast(1, root="0"), TypeError),
            (lambda: group.bcast(lambda: 1), cohort.InvalidArgument),
            (lambda: group.allgather((x for x in [])), cohort.InvalidArgument),
            (lambda: group.gather(1, root=9), cohort.InvalidArgument),
            (lambda: group.barrier(1), TypeError),
            (lambda: group.map(3, [1]), TypeError),
            (lambda: group.map(abs, 3), TypeError),
            (lambda: group.map(abs, [1], workers=2), TypeError),
        ]:
            with pytest.raises(error):
                call()
        assert group.allgather(5) == [5]  # the group is as good as before


def test_outside_of_tasks():
    with pytest.raises(cohort.StateError, match="a sweep or an executor calls"):
        cohort.task()
