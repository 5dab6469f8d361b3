"""Programs around a sweep: signal handlers, the end of the
interpreter; and what they have less of afterwards."""

import faulthandler
import gc
import os
import signal
import sys
import threading
import time
import tracemalloc

import numpy
import pytest

import cohort


@pytest.mark.parametrize("isolate", [False, True])
def test_handlers_of_the_program_are_kept(isolate):
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD]

    def handler(number, frame):
        pass

    before = [signal.signal(number, handler) for number in numbers]
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    try:
        kept = cohort.map(
            lambda x: [signal.getsignal(number) is handler for number in numbers],
            range(2), workers=2, isolate=isolate,
        )  # fmt: skip
        assert kept == [[True] * 4] * 2
        assert all(signal.getsignal(number) is handler for number in numbers)
        assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == mask
    finally:
        for number, old in zip(numbers, before):
            signal.signal(number, old)


@pytest.mark.parametrize("action", [signal.SIG_IGN, signal.SIG_DFL])
def test_signals_without_a_handler(action):
    before = signal.signal(signal.SIGINT, action)
    try:
        there = cohort.map(
            lambda x: signal.getsignal(signal.SIGINT), range(2), workers=2
        )
        assert list(there) == [action] * 2
        assert signal.getsignal(signal.SIGINT) is action
    finally:
        signal.signal(signal.SIGINT, before)


def test_faulthandler_and_tracemalloc():
    faulthandler.enable(sys.__stderr__)
    tracemalloc.start()
    try:
        assert cohort.map(
            lambda x: (faulthandler.is_enabled(), tracemalloc.is_tracing()),
            range(2), workers=2,
        ) == [(True, True)] * 2  # fmt: skip
    finally:
        tracemalloc.stop()
        faulthandler.disable()


def test_the_end_of_the_interpreter(run_script):
    done = run_script(
        """
        import cohort

        class Late:
            def __init__(self, name): self.name = name
            def __del__(self):
                print(self.name, list(cohort.map(abs, [-1, 2], workers=2)), flush=True)

        late = Late("module")
        circle = Late("circle")
        circle.itself = circle
        """
    )
    assert sorted(done.stdout.splitlines()) == ["circle [1, 2]", "module [1, 2]"]
    assert done.stderr == ""


def test_a_group_after_its_close():
    with cohort.open(2) as group:
        group.barrier()
    for call in (
        group.barrier, lambda: group.bcast(1), lambda: group.allgather(1),
        lambda: group.gather(1), lambda: group.map(abs, [1]), group.stop,
        group.progress, lambda: group.rank,
    ):  # fmt: skip
        with pytest.raises(cohort.StateError, match="closed"):
            call()
    group.interrupt()
    group.close()
    assert "closed" in repr(group)


def test_threads_that_call_at_once():
    told = []

    def call(group):
        try:
            group.barrier()
            told.append("done")
        except cohort.StateError as error:
            told.append(error.sentence)

    refused, tell = os.pipe()
    with cohort.open(2) as group:
        if group.is_root:
            threads = [threading.Thread(target=call, args=(group,)) for _ in range(3)]
            for thread in threads:
                thread.start()
            while len(told) < 2:  # while one waits for the other rank
                time.sleep(0.001)
            assert all("another thread" in sentence for sentence in told)
            os.write(tell, b"x")
            for thread in threads:
                thread.join()
            assert told.count("done") == 1
        else:
            os.read(refused, 1)
            group.barrier()
    os.close(refused)
    os.close(tell)


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def calls_of_a_group(group):
    group.bcast([1, 2])
    group.allgather({"x": 1})
    group.gather("a")
    group.barrier()
    with pytest.raises(cohort.InvalidArgument):
        group.bcast(1, root=3)


def test_nothing_is_left_of_calls():
    def fails(x):
        raise ValueError(x)

    with cohort.open(backend="serial") as group:
        for call, count in [
            (lambda: calls_of_a_group(group), 1000),
            (lambda: cohort.map(abs, [1, -2], backend="serial"), 200),
            (lambda: cohort.map(
                fails, [1], backend="serial", on_error="keep"), 200),
        ]:  # fmt: skip
            for turn in range(count // 10):
                call()
            gc.collect()
            objects, bytes_before = len(gc.get_objects()), resident()
            for turn in range(count):
                call()
            gc.collect()
            assert len(gc.get_objects()) < objects + 50
            assert resident() < bytes_before + (2 << 20)


def test_nothing_is_left_of_processes():
    def sweep():
        assert len(cohort.map(lambda x: (x,), range(20_000), workers=2)) == 20_000

    sweep()
    gc.collect()
    files, before = len(os.listdir("/proc/self/fd")), resident()
    for turn in range(5):
        sweep()
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) == files
    assert resident() < before + (4 << 20)


def test_huge_values():
    whole = bytes(range(256)) * (100 << 12)  # 100 MB
    (copy,) = cohort.map(lambda x: whole, [0], workers=2)
    assert copy == whole
    (array,) = cohort.map(lambda a: a + 1, [numpy.zeros(5 << 20)], workers=2)
    assert array.nbytes == 40 << 20 and (array == 1).all()
