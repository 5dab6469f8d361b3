"""cohort.map: values, whatever they are and wherever they were made."""

import collections.abc
import os
import threading

import numpy
import pytest

import cohort


class Point:
    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        return self.x == other.x


VALUES = [
    None, True, False, 0, -1, 2**62, 2**63 - 1, -(2**63), 2**63, 10**30, 0.5,
    float("inf"), -0.0, "", "text", "ü\0x", "\ud800", b"", b"\0\xff" * 5000,
    (1, "two", [3.0]), {"a": {1, 2}}, Point(3), range(5), 3 + 4j,
]  # fmt: skip


@pytest.mark.parametrize("chunk", [1, 5])
@pytest.mark.parametrize("workers", [1, 3])
def test_values_of_all_kinds(workers, chunk):
    results = cohort.map(lambda x: x, VALUES, workers=workers, chunk=chunk)
    assert list(results) == VALUES
    assert [type(x) for x in results] == [type(x) for x in VALUES]
    assert str(results[12]) == "-0.0"


def test_arrays():
    arrays = [
        numpy.arange(12.0).reshape(3, 4), numpy.arange(12.0).reshape(3, 4).T,
        numpy.zeros((0, 3)), numpy.array(7), numpy.arange(100_000)[::3],
        numpy.array(["a", "bc"]), numpy.array([1, "x"], dtype=object),
    ]  # fmt: skip
    results = cohort.map(lambda a: {"array": a, "again": a}, arrays, workers=2)
    for array, value in zip(arrays, results):
        assert numpy.array_equal(value["array"], array)
        assert value["array"].dtype == array.dtype
        value["array"][...] = array  # it may be written


def test_functions_need_no_pickling():
    lock = threading.Lock()  # cannot be pickled

    def f(x):
        with lock:
            return x + 1

    assert cohort.map(f, range(5), workers=2) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("schedule", ["static", "dynamic", "guided", None])
def test_workers_share_the_tasks(schedule):
    results = cohort.map(
        lambda x: os.getpid(), range(500), workers=4, schedule=schedule
    )
    by_rank = {}
    for result in results.results:
        by_rank.setdefault(result.rank, set()).add(result.value)
        assert (result.status, result.error, result.exception) == (0, "", None)
        assert result.ok and result.attempts == 1 and 0 <= result.seconds < 1e4
        assert result.param == result.index
    # Rank 0 is the caller, which runs no tasks.
    assert set(by_rank) <= {1, 2, 3, 4}
    assert all(len(pids) == 1 for pids in by_rank.values())
    assert os.getpid() not in results
    if schedule == "static":
        assert set(by_rank) == {1, 2, 3, 4}


def test_no_more_workers_than_tasks(monkeypatch):
    sizes = []
    monkeypatch.setattr(
        cohort.sweep, "Group", lambda n, **_: sizes.append(n) or cohort.Group(n)
    )
    sizes_of_maps = ((range(3), 1, 4), (range(3), 2, 3), ([1], 1, 2))
    for params, chunk, size in sizes_of_maps:
        found = cohort.map(lambda x: x, params, workers=8, chunk=chunk)
        assert found == list(params) and sizes.pop() == size
    assert len(cohort.map(lambda x: x, [], workers=8)) == 0 and not sizes


ALONE = [
    ([1], {"workers": 2}), ([1, 2], {"workers": 2, "chunk": 2}), ([1], {}),
    ([1], {"workers": 2, "backend": "mp"}), ([1, 2], {"workers": 1, "isolate": True}),
]  # fmt: skip


@pytest.mark.parametrize("params, options", ALONE)
def test_the_caller_runs_no_task_not_even_the_only_one(params, options):
    found = cohort.map(lambda x: os.getpid(), params, **options)
    assert os.getpid() not in found
    assert os.getpid() not in list(cohort.imap(lambda x: os.getpid(), params, **options))
    # A crash of it is that of a task.
    found = cohort.map(lambda x: os.abort(), params, on_error="keep", **options)
    assert [type(one) for one in found] == [cohort.TaskError] * len(params)


def test_on_one_core_a_worker_is_beside_the_caller(run_script):
    done = run_script("""
        import os, cohort
        os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
        here = os.getpid()
        pids = set(cohort.map(lambda x: os.getpid(), range(5)))
        print(len(pids), here in pids)
        print(list(cohort.map(lambda x: os.getpid() == here, range(2), workers=1)))
        """)
    assert done.stdout == "1 False\n[True, True]\n"


@pytest.mark.parametrize(
    "options, name, value",
    [
        ({"workers": 1}, "UNUSED", ""), ({"backend": "serial"}, "UNUSED", ""),
        ({}, "COHORT_BACKEND", "serial"), ({}, "COHORT_SIZE", "1"),
    ],
)  # fmt: skip
def test_the_caller_runs_tasks_if_it_is_asked_to(options, name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    pids = cohort.map(lambda x: os.getpid(), range(3), **options)
    assert set(pids) == {os.getpid()}


def test_build_makes_the_state_of_each_worker(tmp_path):
    def build():
        return {"pid": os.getpid(), "calls": 0}

    def f(state, x):
        state["calls"] += 1
        return state["pid"] == os.getpid(), state["calls"], x

    def teardown(state):
        (tmp_path / str(state["pid"])).write_text(str(state["calls"]))

    results = cohort.map(
        f, range(100), workers=3, schedule="static", build=build, teardown=teardown
    )
    assert all(value[0] and value[2] == i for i, value in enumerate(results))
    counts = [int(file.read_text()) for file in tmp_path.iterdir()]
    assert sorted(counts) == [33, 33, 34]


@pytest.mark.parametrize("chunk", [1, 4])
def test_tasks_know_their_place(chunk):
    def f(x):
        task = cohort.task()
        return task.index, task.position, task.seed, task.attempt, task.rng().random()

    first = cohort.map(f, range(10), workers=3, seed=7, chunk=chunk)
    again = cohort.map(f, range(10), workers=1, seed=7)
    other = cohort.map(f, range(10), workers=1, seed=8)
    assert first == again
    assert [value[0] for value in first] == [value[1] for value in first]
    assert [value[0] for value in first] == list(range(10))
    assert len({value[2] for value in [*first, *other]}) == 20
    with pytest.raises(cohort.StateError, match="a sweep"):
        cohort.task()


@pytest.mark.parametrize("chunk", [1, 4])
def test_a_map_in_a_task_runs_in_that_task(chunk):
    def inner(y):
        return cohort.task().index, os.getpid(), y

    def outer(x):
        values = cohort.map(inner, range(x), workers=4, chunk=chunk)
        return cohort.task().index, os.getpid(), list(values)

    for x, (index, pid, values) in enumerate(
        cohort.map(outer, range(6), workers=2, chunk=chunk)
    ):
        assert index == x
        assert values == [(y, pid, y) for y in range(x)]


def test_threads_take_turns():
    found = {}

    def sweep(n):
        found[n] = list(cohort.map(lambda x: x + n, range(20), workers=2))

    threads = [threading.Thread(target=sweep, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: [x + n for x in range(20)] for n in range(4)}


def test_ranks_of_a_group_map_together():
    with cohort.open(3) as group:
        params = range(40) if group.is_root else None
        results = group.map(lambda x: x * 2, params)
        assert results == [x * 2 for x in range(40)]
        chunks = group.map(lambda x: x * 3, params, chunk=7)
        assert chunks == [x * 3 for x in range(40)]
        ranks = group.allgather([r.rank for r in chunks.results])
        assert ranks[0] == ranks[1] == ranks[2]


def test_bad_arguments():
    for words, error in [
        ({"f": 3}, TypeError), ({"schedule": "fast"}, ValueError),
        ({"chunk": 0}, ValueError), ({"on_error": "ignore"}, ValueError),
        ({"workers": 0}, ValueError), ({"seed": -1}, ValueError),
        ({"build": 3}, TypeError), ({"timeout": -2.0}, ValueError),
        ({"retries": -1}, ValueError), ({"deadline": -1.0}, ValueError),
    ]:  # fmt: skip
        words = {"f": print, "params": [1], **words}
        with pytest.raises(error):
            cohort.map(words.pop("f"), words.pop("params"), **words)
    with pytest.raises(cohort.InvalidArgument, match="equal"):
        cohort.map(print, [1, 2, 1], unique=True, workers=2)


def test_to_pandas():
    pandas = pytest.importorskip("pandas")

    def f(x):
        if x == 2:
            raise ValueError("two")
        return {"square": x * x, "status": "fine"}

    frame = cohort.map(f, range(4), workers=2, on_error="keep").to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.param) == [0, 1, 2, 3]
    assert list(frame.square.dropna()) == [0, 1, 9]
    assert list(frame.value_status) == ["fine", "fine", None, "fine"]
    assert list(frame.status) == [0, 0, 8, 0]
    assert list(frame.error) == ["", "", "two", ""]


def test_results_are_a_sequence():
    results = cohort.map(lambda x: x * x, range(5), workers=2)
    assert isinstance(results, collections.abc.Sequence)
    assert len(results) == 5 and results[3] == 9 and results[-1] == 16
    assert results[1:3] == [1, 4] and type(results[1:3]) is list
    assert results[::-1] == list(reversed(results)) == [16, 9, 4, 1, 0]
    assert [*results] == [0, 1, 4, 9, 16] and 9 in results and 3 not in results
    assert results.index(4) == 2 and results.count(4) == 1
    assert results == [0, 1, 4, 9, 16] and results != [0] and bool(results)
    assert results == cohort.map(lambda x: x * x, range(5), workers=1)
    assert not cohort.map(abs, []) and cohort.map(abs, []) == []
    assert repr(results) == "<cohort.Results of 5 tasks: [0, 1, 4, 9, 16]>"
    many = repr(cohort.map(abs, range(1000), workers=1))
    assert many == "<cohort.Results of 1000 tasks: [0, 1, 2, ...]>"
    kept = cohort.map(lambda x: 1 // x, [0, 1], workers=1, on_error="keep")
    assert repr(kept).startswith("<cohort.Results of 2 tasks, 1 without a value: [Zero")
    for index in (5, -6):
        with pytest.raises(IndexError):
            results[index]
    with pytest.raises(TypeError):
        results[0] = 1
    with pytest.raises(TypeError):
        hash(results)
    assert sum(results) == numpy.array(results).sum() == 30


def test_progress_is_told():
    told = []
    cohort.map(lambda x: x, range(90), workers=2, chunk=4, progress=told.append)
    assert told[-1].total == told[-1].done == 90
    assert all(a.done <= b.done for a, b in zip(told, told[1:]))


def test_stop_iteration_of_a_task():
    def f(x):
        raise StopIteration(x)

    # A StopIteration of cohort.map would be the end of this iterator.
    maps = map(lambda x: cohort.map(f, [x], workers=2), range(3))
    with pytest.raises(cohort.TaskError, match="StopIteration: 0") as caught:
        list(maps)
    assert caught.value.__cause__.args == (0,)
    with pytest.raises(cohort.TaskError):
        cohort.starmap(f, [(1,)], workers=2)
    kept = cohort.map(f, [5], workers=2, on_error="keep")
    assert isinstance(kept[0], cohort.TaskError)
