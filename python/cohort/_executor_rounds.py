"""The calls of an executor in a job of MPI: rank 0 hands them to the other ranks in
rounds. A round is a sweep over the calls that are there; those that come meanwhile
are in the next one. Results come while the round runs."""

from __future__ import annotations

import os
import threading
import time
from collections import deque

from . import _native, pool, sweep
from ._exceptions import restore
from ._executor_exit import at_exit, forget_at_exit
from ._executor_failures import complete_by
from ._executor_future import Future
from ._executor_journal import Journal
from ._executor_options import Options
from ._executor_outcome import complete, run
from ._job import Job
from .errors import BackendError, PeerError, StateError, TimeoutExpired, make_error

_states: dict = {}  # of the executors that this process works for, by their numbers
_numbers = 0


class _Build:
    """Makes the state of an executor's calls, once in each process."""

    def __init__(self, number: int, first):
        self.number = number
        self.first = first

    def __call__(self):
        if self.number not in _states:
            _states[self.number] = self.first() if self.first else None
        return _states[self.number]


class _Run:
    """Runs calls: the function of a round's sweep."""

    def __init__(self, options: Options):
        self.has_state = options.has_state
        self.seed = options.seed

    def __call__(self, state, call: tuple) -> tuple:
        number, data = call
        attempt = _native.task_attempt()
        return run(data, (state,) if self.has_state else (), number, self.seed, attempt)


class Rounds:
    """As Calls, in a job of MPI. Of its ranks, only rank 0 has one."""

    def __init__(self, options: Options):
        global _numbers
        if options.teardown is not None:
            raise BackendError(
                "under an MPI launcher, an executor has no teardown: its workers stay "
                "to the program's end"
            )
        _numbers += 1
        self.options = options
        self.job = Job(
            _Run(options),
            build=_Build(_numbers, options.first()),
            isolate=options.isolate,
            timeout=options.timeout,
            retries=options.retries,
        )
        with sweep.turn():
            self.pool = pool.enter(None, lambda: self.job)
            # All ranks are in this call, so that build needs no pickling.
            if self.pool.make_job is not None:
                self.pool.scatter(self.job, [])
        self.process = os.getpid()
        self.condition = threading.Condition()
        self.journal: Journal | None = None
        self.waiting: deque = deque()  # (future, number, data)
        self.closing = False
        self.thread = None

    def check_open(self) -> None:
        if self.process != os.getpid():
            raise StateError(f"this executor belongs to process {self.process}")
        if self.closing:
            raise StateError("cannot schedule new futures after shutdown")

    def submit(self, future: Future, data: bytes) -> None:
        self.check_open()
        if self.options.is_over():
            future.set_exception(self.options.not_run())
            return
        with self.condition:
            self.check_open()
            if self.thread is None:
                at_exit(self)
                self.thread = threading.Thread(
                    target=self.serve, name="cohort-executor"
                )
                self.thread.start()
            self.waiting.append((future, future._number, data))
            self.condition.notify()

    def pending(self) -> list:
        with self.condition:
            return [future for future, *_ in self.waiting]

    def close(self, terminate: str = "") -> None:
        if self.process != os.getpid():
            return
        if terminate:
            for future in self.pending():
                future.cancel()
        self.closing = True
        if self.thread is None and self.journal:
            self.journal.close()
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
            if self.journal:
                self.journal.close()

    def round(self, calls: list) -> None:
        if not calls:
            return
        futures = [future for future, *_ in calls]
        left = set(range(len(calls)))

        def on_result(result: tuple) -> None:
            left.discard(result[0])
            complete_by(self.deliver, futures[result[0]], *result[1:])

        error: BaseException | None = None
        try:
            with sweep.turn():
                error = self.scatter([call[1:] for call in calls], on_result)
        except BaseException as raised:
            error = raised
        for index in left:
            failure = error or PeerError("the round ended before the call")
            complete_by(futures[index].set_exception, failure)

    def scatter(self, params: list, on_result):
        """Run a sweep over calls; returns the exception of those without a
        result."""
        options = self.options
        if options.is_over():
            return options.not_run()
        if options.end is not None:
            self.job.deadline = max(options.end - time.monotonic(), 1e-9)
        status, text, raised, build_error, *_ = self.pool.scatter(
            self.job, params, on_result=on_result, discard=True,
            idle_root=self.pool.group.size > 1,
        )  # fmt: skip
        if status == _native.ESTOPPED and options.end is not None and not raised:
            return options.not_run()
        error = raised or (make_error(status, text) if status else None)
        if error is not None and build_error is not None:
            error.__cause__ = build_error
        return error

    def deliver(
        self, future: Future, status: int, problem, value, rank: int, attempts: int,
        seconds: float,
    ) -> None:  # fmt: skip
        """What came of a call: what `run` has made of it, or how it died."""
        future._attempt = attempts - 1
        if not status and problem is None:
            try:
                if self.journal:
                    self.journal.add(future, *value, seconds, rank)
            finally:
                complete(future, *value, self.options)
            return
        error = self.failure(status, problem, value, seconds)
        try:
            if self.journal:
                self.journal.add_failure(future, error, seconds, rank)
        finally:
            future.set_exception(error)

    def failure(self, status: int, problem, value, seconds: float) -> BaseException:
        limit = self.options.timeout
        if status and limit and value is None and seconds >= limit:
            return TimeoutExpired(f"the call took longer than {limit:g} s")
        return restore(status or _native.ETASK, problem, value)
