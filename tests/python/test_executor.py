"""cohort.Executor keeps the contract of concurrent.futures: the same scenes on it and
on the executors of the standard library."""

import os
import threading
from concurrent import futures
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

import cohort

KINDS = {
    "threads": ThreadPoolExecutor,
    "processes": ProcessPoolExecutor,
    "cohort": cohort.Executor,
}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


class Gate:
    """Calls wait at it, wherever they run."""

    def __init__(self):
        self.read, self.write = os.pipe()
        self.arrivals, self.arrive = os.pipe()

    def pass_through(self, value=None):
        os.write(self.arrive, b".")
        os.read(self.read, 1)
        return value

    def wait(self, count=1):
        """Until so many calls are at the gate."""
        for _ in range(count):
            os.read(self.arrivals, 1)

    def open(self, count=1):
        os.write(self.write, b"." * count)


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    for descriptor in vars(gate).values():
        os.close(descriptor)


def square(x):
    return x * x


def add(x, y=0, *, z=0):
    return (x, y, z)


def fail(*args):
    raise KeyError(*args)


def test_submit(kind):
    with kind(2) as executor:
        assert executor.submit(square, 3).result() == 9
        assert executor.submit(add, 1, y=2, z=3).result() == (1, 2, 3)
        # The names of the method's own parameters belong to the caller.
        assert executor.submit(dict, self=1, fn=2).result() == {"self": 1, "fn": 2}
        error = executor.submit(fail, "key").exception()
        assert type(error) is KeyError and error.args == ("key",)
        with pytest.raises(KeyError):
            executor.submit(fail).result()


def test_map(kind, gate):
    with kind(2) as executor:
        assert list(executor.map(square, range(50))) == [x * x for x in range(50)]
        assert list(executor.map(add, "ab", "xyz")) == [("a", "x", 0), ("b", "y", 0)]
        assert list(executor.map(square, range(11), chunksize=3)) == [
            x * x for x in range(11)
        ]
        assert list(executor.map(square, [])) == []
        # Values come before later calls have ended.
        values = executor.map(pass_gate, [None, gate, None], timeout=60)
        assert next(values) is None
        gate.open()
        assert list(values) == [None, None]
        values = executor.map(fail_at, [1, 0, 1])
        assert next(values) == 1
        with pytest.raises(ZeroDivisionError):
            next(values)
        assert list(values) == []


def pass_gate(gate):
    return gate.pass_through() if gate else None


def fail_at(x):
    return 1 // x


def test_a_map_that_is_left(kind, gate):
    with kind(1) as executor:
        executor.submit(square, 2).result()
        values = executor.map(pass_gate, [gate] * 100, timeout=0.05)
        with pytest.raises(futures.TimeoutError):
            next(values)
        # The calls that were not taken are cancelled.
        gate.open(10)


def test_chunks_of_nothing(kind):
    with kind(1) as executor:
        if kind is not ThreadPoolExecutor:
            with pytest.raises(ValueError):
                executor.map(square, [1], chunksize=0)


def test_states_of_a_future(kind, gate):
    with kind(1) as executor:
        first = executor.submit(gate.pass_through, 1)
        # ProcessPoolExecutor takes calls in advance, and calls them running.
        others = [executor.submit(square, x) for x in range(8)]
        gate.wait()
        while not first.running():
            pass
        assert not first.done() and not first.cancel() and not first.cancelled()
        last = others[-1]
        assert not last.running() and last.cancel() and last.cancel()
        assert last.cancelled() and last.done()
        with pytest.raises(futures.CancelledError):
            last.result()
        with pytest.raises(futures.TimeoutError):
            first.result(timeout=0.01)
        assert "running" in repr(first) and "cancelled" in repr(last)
        gate.open()
        assert first.result() == 1 and first.exception() is None
        assert first.done() and not first.running() and not first.cancel()
        assert [one.result() for one in others[:-1]] == [x * x for x in range(7)]


def test_callbacks(kind, gate):
    calls = []
    with kind(1) as executor:
        one = executor.submit(gate.pass_through)
        two = executor.submit(square, 2)
        three = [executor.submit(square, 3) for _ in range(8)][-1]
        three.add_done_callback(calls.append)
        assert three.cancel() and calls == [three]
        one.add_done_callback(lambda future: fail())  # is logged
        one.add_done_callback(calls.append)
        # A callback submits a call, and that one's callback another one.
        done = threading.Event()

        def again(future):
            calls.append(executor.submit(square, future.result()))
            calls[-1].add_done_callback(lambda future: done.set())

        two.add_done_callback(again)
        gate.open()
        assert done.wait(60)
        assert calls[1] is one and calls[2].result() == 16
        two.add_done_callback(calls.append)
        assert calls[-1] is two


def test_wait_and_as_completed(kind, gate):
    with kind(2) as executor:
        slow = executor.submit(gate.pass_through)
        quick = executor.submit(square, 2)
        done, rest = futures.wait([slow, quick], return_when=futures.FIRST_COMPLETED)
        assert done == {quick} and rest == {slow}
        done, rest = futures.wait([slow, quick], timeout=0.01)
        assert rest == {slow}
        failed = executor.submit(fail)
        done, rest = futures.wait([slow, failed], return_when=futures.FIRST_EXCEPTION)
        assert done == {failed}
        order = futures.as_completed([slow, quick])
        assert next(order) is quick
        gate.open()
        assert next(order) is slow
        many = [executor.submit(square, x) for x in range(100)]
        assert {one.result() for one in futures.as_completed(many)} == {
            x * x for x in range(100)
        }
        # Who waits is told of a cancelled future, too.
        gate_calls = [executor.submit(gate.pass_through) for _ in range(12)]
        gate_calls[-1].cancel()
        gate.open(11)
        assert not futures.wait(gate_calls, timeout=60).not_done


def test_shutdown(kind, gate):
    executor = kind(1)
    running = executor.submit(gate.pass_through, 7)
    waiting = [executor.submit(square, x) for x in range(9)]
    gate.wait()
    executor.shutdown(wait=False, cancel_futures=True)
    with pytest.raises(RuntimeError):
        executor.submit(square, 1)
    while not waiting[-1].cancelled():
        pass
    gate.open()
    executor.shutdown()
    assert running.result(60) == 7
    assert all(one.cancelled() or one.result(60) == x * x
               for x, one in enumerate(waiting))  # fmt: skip
    with pytest.raises(RuntimeError), kind(1) as executor:
        executor.shutdown()
        executor.submit(square, 1)
    kind(1).shutdown()


def test_shutdown_that_nobody_waits_for(kind, gate):
    executor = kind(2)
    calls = [executor.submit(gate.pass_through, x) for x in range(10)]
    executor.shutdown(wait=False)
    gate.open(10)
    assert [one.result(60) for one in calls] == list(range(10))


def test_an_executor_that_is_dropped(kind):
    before = threading.active_count()
    call = kind(2).submit(square, 5)
    assert call.result(60) == 25
    del call
    deadline = threading.Event()
    for _ in range(6000):
        if threading.active_count() <= before:
            break
        deadline.wait(0.01)
    assert threading.active_count() <= before


def test_submit_from_threads(kind):
    results: dict = {}
    with kind(2) as executor:

        def work(name):
            calls = [executor.submit(square, name * 1000 + x) for x in range(50)]
            results[name] = [one.result() for one in calls]

        threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == {
        name: [(name * 1000 + x) ** 2 for x in range(50)] for name in range(8)
    }


value = None


def set_value(one, two):
    global value
    value = (one, two)


def get_value(_=None):
    return value


def test_initializer(kind):
    with kind(2, initializer=set_value, initargs=(1, 2)) as executor:
        assert set(executor.map(get_value, range(20))) == {(1, 2)}


def test_an_initializer_that_fails(kind):
    executor = kind(2, initializer=fail, initargs=("key",))
    calls = []
    try:
        calls = [executor.submit(square, x) for x in range(5)]
    except futures.BrokenExecutor:
        pass  # the first ones had failed already
    for call in calls:
        assert isinstance(call.exception(60), futures.BrokenExecutor)
    with pytest.raises(futures.BrokenExecutor):
        executor.submit(square, 1)
    executor.shutdown()


@pytest.mark.parametrize("workers", [0, -1])
def test_numbers_of_workers(kind, workers):
    with pytest.raises(ValueError):
        kind(workers)


def test_default_number_of_workers(kind):
    with kind() as executor:
        assert executor.submit(square, 4).result() == 16


def test_an_initializer_that_cannot_be_called(kind):
    with pytest.raises(TypeError):
        kind(1, initializer=3)


def test_several_at_once(kind, gate):
    with kind(1) as one, kind(1) as two, cohort.Executor(1) as three:
        held = one.submit(gate.pass_through)
        assert two.submit(square, 3).result() == 9
        assert three.submit(square, 4).result() == 16
        assert list(cohort.map(square, range(5), workers=2)) == [0, 1, 4, 9, 16]
        gate.open()
        held.result()


def stop(x):
    raise StopIteration(x)


def test_stop_iteration_of_a_call():
    with cohort.Executor(2) as executor:
        results = map(lambda x: executor.submit(stop, x).result(), range(3))
        with pytest.raises(cohort.TaskError, match="StopIteration: 0") as caught:
            list(results)
        assert caught.value.__cause__.args == (0,)
        with pytest.raises(cohort.TaskError):
            list(executor.map(stop, range(3)))
