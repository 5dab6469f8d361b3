"""cohort.imap and cohort.imap_unordered: values as they come."""

import gc
import os
import threading
import time

import pytest

import cohort


@pytest.mark.parametrize("chunk", [1, 7])
@pytest.mark.parametrize("workers", [1, 3])
def test_values_in_order(workers, chunk):
    values = cohort.imap(lambda x: x * 2, range(1000), workers=workers, chunk=chunk)
    assert list(values) == [x * 2 for x in range(1000)]
    assert list(values) == []


@pytest.mark.parametrize("chunk", [1, 7])
def test_values_in_any_order(chunk):
    values = cohort.imap_unordered(lambda x: x, range(1000), workers=3, chunk=chunk)
    assert sorted(values) == list(range(1000))
    assert list(cohort.imap(print, [])) == []


def test_they_come_while_others_run(tmp_path):
    def f(x):
        while x == 5 and not (tmp_path / "seen").exists():
            time.sleep(0.001)
        return x

    for x in cohort.imap_unordered(f, range(10), workers=2):
        if x == 4:
            (tmp_path / "seen").touch()  # without it the other task never ends


def test_results_tell_the_whole_story():
    def f(x):
        if x == 3:
            raise KeyError(x)
        return x

    for chunk in (1, 4):
        found = list(
            cohort.imap_unordered(
                f, range(10), workers=2, chunk=chunk, as_results=True
            )
        )
        assert sorted(r.index for r in found) == list(range(10))
        for r in found:
            assert r.ok == (r.index != 3) and r.param == r.index
            assert r.value == (None if r.index == 3 else r.index)
            assert isinstance(r.exception, KeyError) == (r.index == 3)


@pytest.mark.parametrize("chunk", [1, 4])
def test_an_exception_comes_when_it_is_its_turn(chunk):
    def f(x):
        if x == 13:
            raise KeyError(x)
        return x

    values = cohort.imap(f, range(30), workers=3, chunk=chunk)
    got = []
    with pytest.raises(KeyError):
        for value in values:
            got.append(value)
    assert got == list(range(13))
    kept = list(cohort.imap(f, range(30), workers=3, chunk=chunk, on_error="keep"))
    assert isinstance(kept[13], KeyError) and kept[12] == 12 and len(kept) == 30


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("how", ["close", "with", "forget"])
def test_a_loop_that_is_left_ends_the_workers(how, tmp_path):
    def f(x):
        (tmp_path / str(os.getpid())).touch()
        if x > 4:
            time.sleep(1000)
        return x

    values = cohort.imap_unordered(f, range(100), workers=2)
    next(values)
    if how == "close":
        values.close()
    elif how == "with":
        with values:
            pass
    else:
        del values
        gc.collect()
    pids = [int(file.name) for file in tmp_path.iterdir()]
    assert pids and not any(is_running(pid) for pid in pids)
    assert not any(t.name == "cohort-imap" for t in threading.enumerate())
    assert cohort.map(lambda x: x, range(3), workers=2) == [0, 1, 2]


def ways_to_begin_a_sweep():
    yield lambda: list(cohort.map(lambda x: x, range(3), workers=2))
    yield lambda: list(cohort.imap(lambda x: x, range(3), workers=2))
    yield lambda: list(cohort.map(lambda x: x, range(3), backend="serial"))

    def in_a_group():
        with cohort.open(2) as group:
            return list(group.map(lambda x: x, range(3)))

    yield in_a_group


@pytest.mark.parametrize("begin", ways_to_begin_a_sweep())
@pytest.mark.parametrize("workers", [1, 2])
def test_an_iterator_that_is_left_open_makes_way(begin, workers, recwarn):
    kept = cohort.imap(lambda x: x, range(100_000), workers=workers)
    for value in kept:
        break
    assert begin() == [0, 1, 2]
    (warning,) = recwarn
    assert warning.category is ResourceWarning
    assert warning.filename == __file__
    for _ in range(2):
        with pytest.raises(cohort.StateError, match="ended when another one began"):
            next(kept)
    kept.close()


def test_an_iterator_whose_sweep_has_run_keeps_its_values(recwarn):
    values = cohort.imap(lambda x: x, range(20), workers=2)
    assert next(values) == 0
    while any(thread.name == "cohort-imap" for thread in threading.enumerate()):
        time.sleep(0.001)
    assert cohort.map(lambda x: x, range(3), workers=2) == [0, 1, 2]
    assert list(values) == list(range(1, 20))
    assert not recwarn.list


@pytest.mark.parametrize("length", [99, 100, 101, 102])
def test_an_iterator_with_about_as_many_values_as_may_wait(length):
    kept = cohort.imap(lambda x: x, range(length), workers=2)
    while kept._feed.queue.qsize() < min(length, 100):
        time.sleep(0.001)
    assert cohort.map(lambda x: x, range(3), workers=2) == [0, 1, 2]
    if length <= 100:
        assert list(kept) == list(range(length))


def test_a_map_in_the_last_turn_of_a_loop():
    for turn in range(20):
        for x in cohort.imap(lambda x: x, range(2), workers=2):
            if x == 1:
                assert cohort.map(lambda x: x, range(3), workers=2) == [0, 1, 2]


def test_an_iterator_of_a_thread_that_is_gone_makes_way():
    kept = []

    def begin():
        kept.append(cohort.imap(lambda x: x, range(100_000), workers=2))
        next(kept[0])

    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()
    assert cohort.map(lambda x: x, range(3), workers=2) == [0, 1, 2]
    with pytest.raises(cohort.StateError, match="ended when another one began"):
        list(kept[0])


def test_a_sweep_waits_for_the_iterator_of_another_thread():
    values = cohort.imap(lambda x: x, range(2000), workers=2)
    first = next(values)
    found = []
    thread = threading.Thread(target=lambda: found.extend(values))
    thread.start()
    while not found:
        time.sleep(0.001)
    assert cohort.map(lambda x: x, range(3), workers=2) == [0, 1, 2]
    thread.join()
    assert [first, *found] == list(range(2000))


def test_slow_loops_hold_workers_back(tmp_path):
    def f(x):
        with open(tmp_path / str(os.getpid()), "a") as file:
            file.write("x")
        return bytes(1_000_000)

    with cohort.imap(f, range(600), workers=2) as values:
        next(values)
        before = None
        while before != (now := sum(p.stat().st_size for p in tmp_path.iterdir())):
            before = now
            time.sleep(0.3)
        assert now < 450
        assert sum(1 for _ in values) == 599


def test_no_value_is_lost_if_a_worker_dies():
    def f(x):
        if x == 50:
            os.kill(os.getpid(), 9)
        return x

    values = list(cohort.imap(f, range(200), workers=3, on_error="keep"))
    assert isinstance(values[50], cohort.TaskError)
    assert values[:50] + values[51:] == [x for x in range(200) if x != 50]


def test_build_fails():
    def build():
        raise OSError("no model")

    with pytest.raises(cohort.BuildError) as caught:
        list(cohort.imap(lambda s, x: x, range(9), workers=2, build=build))
    assert isinstance(caught.value.__cause__, OSError)


def test_the_program_ends_with_an_open_loop(run_script):
    done = run_script(
        """
        import time, cohort

        def f(x):
            time.sleep(1000 if x else 0)
            return x

        values = cohort.imap(f, range(10), workers=2)
        print(next(values))
        """
    )
    assert done.stdout == "0\n" and done.stderr == ""


def test_ctrl_c_in_the_loop(run_script):
    done = run_script(
        """
        import os, signal, threading, time, cohort

        def f(x):
            if x == 3:
                os.kill(root, signal.SIGINT)
                time.sleep(1000)
            return x

        root = os.getpid()
        try:
            for x in cohort.imap(f, range(10), workers=2):
                pass
        except KeyboardInterrupt:
            print("interrupted")
        print(list(cohort.map(f, range(3), workers=2)))
        """
    )
    assert done.stdout == "interrupted\n[0, 1, 2]\n" and done.stderr == ""


def test_starmap():
    results = cohort.starmap(pow, [(2, 3), (3, 2), (10, 3)], workers=2)
    assert results == [8, 9, 1000]
    stated = cohort.starmap(
        lambda state, a, b: state + a * b, [(2, 3), (4, 5)], workers=2,
        build=lambda: 100,
    )  # fmt: skip
    assert stated == [106, 120]


@pytest.mark.parametrize("size", [1, 3])
def test_ranks_of_a_group(size):
    with cohort.open(size) as group:
        for call in (group.imap, group.imap_unordered):
            got = sorted(call(lambda x: x * 2, range(100), chunk=3))
            assert got == ([x * 2 for x in range(100)] if group.is_root else [])
        assert group.allgather(group.rank) == list(range(size))
        assert list(group.imap(abs, [])) == []
        assert group.starmap(pow, [(2, 3), (3, 2)]) == [8, 9]


def test_the_next_call_of_a_group_after_the_last_value():
    with cohort.open(3) as group:
        for turn in range(20):
            for x in group.imap(lambda x: x, range(5)):
                if x == 4:
                    break
            assert group.map(lambda x: x, range(3)) == [0, 1, 2]
            kept = group.imap(lambda x: x, range(5))
            assert not group.is_root or [next(kept) for _ in range(5)][-1] == 4
            assert group.map(lambda x: x, range(3)) == [0, 1, 2]


@pytest.mark.parametrize("closes", [True, False])
def test_a_loop_over_a_group_that_is_left(closes):
    with cohort.open(3) as group:
        values = group.imap_unordered(lambda x: time.sleep(0.001), range(10_000))
        if group.is_root:
            next(values)
            if closes:
                values.close()
        # The group is as it was before.
        assert group.map(lambda x: x, range(5)) == [0, 1, 2, 3, 4]


class Stop(StopIteration):
    pass


@pytest.mark.parametrize("chunk", [1, 3])
@pytest.mark.parametrize("imap", [cohort.imap, cohort.imap_unordered])
def test_stop_iteration_of_a_task_does_not_end_the_loop(imap, chunk):
    def f(x):
        if x == 4:
            raise Stop("no more")
        return x

    found = []
    with pytest.raises(cohort.TaskError, match="Stop: no more") as caught:
        for x in imap(f, range(8), workers=2, chunk=chunk):
            found.append(x)
    assert 4 not in found
    assert type(caught.value.__cause__) is Stop

    def g(x):
        return next(iter(()))

    with pytest.raises(cohort.TaskError, match="StopIteration") as caught:
        list(imap(g, [1, 2, 3], workers=2, chunk=chunk))
    assert type(caught.value.__cause__) is StopIteration
    assert "in g" in str(caught.value.__cause__.__cause__)


def in_threads(values, count):
    """What threads that share an iterator got, and what they raised."""
    found, raised = [], []

    def take():
        try:
            for value in values:
                found.append(value)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=take, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return found, raised


@pytest.mark.parametrize("chunk", [1, 7])
def test_threads_share_an_iterator(chunk):
    for _ in range(5):
        values = cohort.imap(lambda x: x, range(200), workers=2, chunk=chunk)
        found, raised = in_threads(values, 3)
        assert sorted(found) == list(range(200)) and raised == []
        assert list(values) == []


def test_threads_that_share_an_iterator_end_at_an_exception():
    def f(x):
        if x == 50:
            raise KeyError(x)
        return x

    found, raised = in_threads(cohort.imap(f, range(100), workers=2), 3)
    assert [type(error) for error in raised] == [KeyError]
    assert 50 not in found and len(set(found)) == len(found)


def test_close_wakes_the_threads_that_wait():
    values = cohort.imap(time.sleep, [1000], workers=2, isolate=True)
    closer = threading.Timer(0.2, values.close)
    closer.start()
    assert in_threads(values, 3) == ([], [])
    closer.join()
