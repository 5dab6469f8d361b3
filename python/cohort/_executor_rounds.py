"""The calls of an executor in a job of MPI: rank 0 hands them to the other ranks in
rounds. A round is a sweep over the calls that are there; those that come meanwhile
are in the next one. Results come while the round runs."""

from __future__ import annotations

import os
import pickle
import threading
from collections import deque

from . import _native, pool, sweep
from ._exceptions import restore
from ._executor_calls import at_exit, forget_at_exit
from ._executor_manager import call
from ._job import Job
from .errors import BackendError, PeerError, StateError, TimeoutExpired, make_error

_states: dict = {}  # of the executors that this process works for, by their numbers
_numbers = 0


class _Build:
    """Makes the state of an executor's calls, once in each process."""

    def __init__(self, number: int, build):
        self.number = number
        self.build = build

    def __call__(self):
        if self.number not in _states:
            _states[self.number] = self.build() if self.build else None
        return _states[self.number]


def _call(state, data: bytes) -> tuple:
    """A call, without a state for its function."""
    return call(data, ())


def _call_with_state(state, data: bytes) -> tuple:
    return call(data, (state,))


class Rounds:
    """As Calls, in a job of MPI. Of its ranks, only rank 0 has one."""

    def __init__(self, build, teardown, has_state, timeout):
        global _numbers
        if teardown is not None:
            raise BackendError(
                "under an MPI launcher, an executor has no teardown: its workers stay "
                "to the program's end"
            )
        _numbers += 1
        self.has_state = has_state
        self.number = _numbers
        self.job = Job(
            _call_with_state if has_state else _call,
            build=_Build(_numbers, build),
            timeout=timeout,
        )
        with sweep.turn():
            self.pool = pool.enter(None, lambda: self.job)
            # All ranks are in this call, so that build needs no pickling.
            if self.pool.make_job is not None:
                self.pool.scatter(self.job, [])
        self.process = os.getpid()
        self.condition = threading.Condition()
        self.waiting: deque = deque()  # (future, data)
        self.closing = False
        self.thread = None

    def check_open(self) -> None:
        if self.process != os.getpid():
            raise StateError(f"this executor belongs to process {self.process}")
        if self.closing:
            raise StateError("cannot schedule new futures after shutdown")

    def submit(self, future, data: bytes) -> None:
        with self.condition:
            self.check_open()
            if self.thread is None:
                at_exit(self)
                self.thread = threading.Thread(
                    target=self.serve, name="cohort-executor"
                )
                self.thread.start()
            self.waiting.append((future, data))
            self.condition.notify()

    def pending(self) -> list:
        with self.condition:
            return [future for future, _ in self.waiting]

    def close(self, terminate: bool = False) -> None:
        if self.process != os.getpid():
            return
        if terminate:
            for future in self.pending():
                future.cancel()
        self.closing = True
        # Without its lock, which this thread may have: the thread looks itself.
        if self.condition.acquire(blocking=False):
            self.condition.notify()
            self.condition.release()

    def join(self) -> None:
        thread = self.thread
        if self.process != os.getpid() or thread is None:
            return
        if thread is not threading.current_thread():
            thread.join()

    # ---- the thread ----

    def serve(self) -> None:
        try:
            while True:
                with self.condition:
                    while not self.waiting and not self.closing:
                        self.condition.wait(0.5)
                    calls = list(self.waiting)
                    self.waiting.clear()
                if not calls:
                    return
                self.round(
                    [one for one in calls if one[0].set_running_or_notify_cancel()]
                )
        finally:
            forget_at_exit(self)

    def round(self, calls: list) -> None:
        if not calls:
            return
        futures = [future for future, _ in calls]
        left = set(range(len(calls)))

        def on_result(result: tuple) -> None:
            index, status, problem, value, *_, seconds = result
            left.discard(index)
            limit = self.job.timeout
            try:
                if status and limit and value is None and seconds >= limit:
                    futures[index].set_exception(
                        TimeoutExpired(f"the call took longer than {limit:g} s")
                    )
                else:
                    complete(futures[index], status, problem, value)
            except Exception:
                pass  # somebody has completed the future himself

        sentence = "the round ended before the call"
        error: BaseException | None = None
        try:
            with sweep.turn():
                status, text, raised, build_error, *_ = self.pool.scatter(
                    self.job, [data for _, data in calls], on_result=on_result,
                    discard=True, idle_root=self.pool.group.size > 1,
                )  # fmt: skip
            error = raised or (make_error(status, text) if status else None)
            if error is not None and build_error is not None:
                error.__cause__ = build_error
        except BaseException as failure:
            error = failure
        for index in left:
            futures[index].set_exception(error or PeerError(sentence))


def complete(future, status: int, problem, value) -> None:
    """What came of a call: the bytes that `call` has made, or how it died."""
    if status or problem is not None:
        future.set_exception(restore(status or _native.ETASK, problem, value))
        return
    failed, data = value
    answer = pickle.loads(data)
    if failed:
        future.set_exception(restore(_native.ETASK, *answer))
    else:
        future.set_result(answer)
