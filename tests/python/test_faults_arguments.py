"""Bad arguments of every function: an exception with a sentence, and nothing has
run."""

import pytest

import cohort

BAD_OPTIONS = [
    ({"workers": 0}, ValueError, "workers is 0"),
    ({"workers": -3}, ValueError, "workers is -3"),
    ({"workers": "two"}, TypeError, ""),
    ({"backend": "carrots"}, cohort.ConfigError, "carrots"),
    ({"backend": 3}, TypeError, ""),
    ({"build": 3}, TypeError, "not callable"),
    ({"schedule": "fast"}, ValueError, "schedule is 'fast'"),
    ({"chunk": 0}, ValueError, "chunk is 0"),
    ({"chunk": 1.5}, ValueError, "chunk is 1.5"),
    ({"timeout": -1.0}, ValueError, "timeout"),
    ({"timeout": "soon"}, TypeError, ""),
    ({"retries": -1}, ValueError, "retries"),
    ({"deadline": -1.0}, ValueError, "deadline"),
    ({"journal": 3.5}, TypeError, "PathLike"),
    ({"journal": "a\0b"}, ValueError, "null"),
    ({"seed": -1}, ValueError, "seed is -1"),
    ({"seed": 2**64}, ValueError, "64 bits"),
    ({"on_error": "ignore"}, ValueError, "on_error is 'ignore'"),
    ({"nonsense": 1}, TypeError, "nonsense"),
]


@pytest.mark.parametrize("options, error, words", BAD_OPTIONS, ids=str)
@pytest.mark.parametrize("call", ["map", "imap", "imap_unordered", "starmap"])
def test_options_of_sweeps(call, options, error, words, tmp_path):
    log = tmp_path / "log"

    def f(*args):
        log.touch()

    with pytest.raises(error, match=words):
        list(getattr(cohort, call)(f, [(1,), (2,)], **{"workers": 2, **options}))
    assert not log.exists()


@pytest.mark.parametrize("call", ["map", "imap", "imap_unordered", "starmap"])
def test_functions_and_parameters_of_sweeps(call):
    call = getattr(cohort, call)
    for f, params, words in [
        (None, [1], "not callable"),
        ("abs", [1], "not callable"),
        (abs, 3, "not iterable"),
        (abs, None, "not iterable"),
    ]:
        with pytest.raises(TypeError, match=words):
            list(call(f, params, workers=2))
    assert list(call(abs, [], workers=2)) == []


@pytest.mark.parametrize(
    "options, error, words",
    [
        ({"workers": 0}, ValueError, "one rank at least"),
        ({"workers": 2**31}, (ValueError, OverflowError), ""),
        ({"workers": 1.5}, TypeError, ""),
        ({"backend": ""}, cohort.ConfigError, "backend"),
        ({"timeout": -3.0}, cohort.ConfigError, "timeout"),
        ({"timeout": "soon"}, TypeError, ""),
        ({"comm": "world"}, TypeError, "mpi4py"),
        ({"nonsense": 1}, TypeError, "nonsense"),
    ],
    ids=str,
)
def test_options_of_groups(options, error, words):
    with pytest.raises(error, match=words):
        cohort.open(**options).close()
    with cohort.open(2) as group:
        assert group.allgather(group.rank) == [0, 1]


def test_collective_calls():
    with cohort.open(backend="serial") as group:
        for call, error in [
            (lambda: group.bcast(1, root=1), cohort.InvalidArgument),
            (lambda: group.bcast(1, root=-1), cohort.InvalidArgument),
            (lambda: group.bcast(1, root="0"), TypeError),
            (lambda: group.bcast(lambda: 1), Exception),
            (lambda: group.allgather((x for x in [])), TypeError),
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
