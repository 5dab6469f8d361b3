"""The calls of an executor, in its own process.

Calls lie in memory that the workers share (_native/call_queue.h), as many as there
is room for, and the others wait here. A thread (_executor_thread.py) reads what
workers and manager have to say, and completes the futures.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial

from . import _native
from ._executor_failures import (
    ENDED, OUTSIDE_SECONDS, HeldFailure, complete_by, how, is_from_outside,
)  # fmt: skip
from ._executor_future import Future
from ._executor_journal import Journal
from ._executor_options import Options
from ._executor_outcome import RAISED, complete
from ._executor_thread import Thread
from .errors import StateError, SystemCallError, TaskError, TimeoutExpired

ROOM = 1024  # calls in shared memory
MOST_BYTES = 8 << 20  # of calls and results that lie outside their records there


class Calls:
    """What an executor has to do. What takes `done` appends to it what completes
    futures, for when the lock is free: callbacks of futures may take long."""

    def __init__(self, options: Options):
        self.process = os.getpid()
        self.options = options
        self.lock = threading.RLock()
        self.queue = _native.CallQueue(min(max(ROOM, 4 * options.workers), 1 << 16))
        self.queued: dict[int, Future] = {}
        self.waiting: deque[Future] = deque()  # those that are not in the queue
        self.held: list[HeldFailure] = []  # in the order of their ends
        self.closing = False
        self.ended = False  # what runs is ended, too
        self.broken: Callable | None = None  # makes the exception of all calls
        self.thread: Thread | None = None
        self.journal: Journal | None = None

    # ---- any thread ----

    def submit(self, future: Future, data: bytes) -> None:
        self.check_open()
        future._data = data
        with self.lock:
            self.check_open()
            if not self.options.is_over():
                if self.thread is None:
                    self.thread = Thread(self)
                if self.waiting or not self.enqueue(future):
                    self.waiting.append(future)
                return
        future.set_exception(self.options.not_run())

    def check_open(self) -> None:
        if self.process != os.getpid():
            raise StateError(
                f"this executor belongs to process {self.process}: make another "
                "one in this process"
            )
        if self.broken:
            raise self.broken()
        if self.closing:
            raise StateError("cannot schedule new futures after shutdown")

    def cancel(self, future: Future) -> str:
        """"now": this call has cancelled it; "before"; "no"."""
        if self.process != os.getpid():
            return "no"
        with self.lock:
            if future._withdrawn:
                return "before"
            if future._attempt or future.done() or self.is_held(future):
                return "no"
            if future._key is not None:
                if not self.is_queued(future) or not self.queue.cancel(future._key):
                    return "no"
                self.drop(future)
            future._withdrawn = True
            self.end_if_done()
            return "now"

    def is_queued(self, call: Future) -> bool:
        return call._key is not None and self.queued.get(call._key) is call

    def runs(self, future: Future) -> bool:
        """Whether a worker has the call; if so, the future's state says so."""
        if self.process != os.getpid():
            return False
        with self.lock:
            if not self.is_queued(future) or self.queue.is_queued(future._key):
                return False
            self.note_running(future)
            return True

    def is_held(self, call: Future) -> bool:
        return any(one.call is call for one in self.held)

    @staticmethod
    def note_running(call: Future) -> None:
        if call._state == "PENDING":
            call.set_running_or_notify_cancel()

    def pending(self) -> list:
        """The futures of calls that have not ended."""
        if self.process != os.getpid():
            return []
        with self.lock:
            held = [one.call for one in self.held]
            return [*held, *self.queued.values(), *self.waiting]

    def close(self, terminate: str = "") -> None:
        """Take no more calls, and end when there are none.

        terminate  end what runs: "gently", by SIGTERM first, or "at once"
        """
        if self.process != os.getpid():
            return
        if terminate:
            for future in self.pending():
                future.cancel()
        with self.lock:
            self.closing = True
            if terminate and self.thread is not None:
                self.ended = True
                self.thread.end_workers(at_once=terminate == "at once")
            self.end_if_done()
        if self.thread is None and self.journal:
            self.journal.close()

    def join(self) -> None:
        if self.process == os.getpid() and self.thread is not None:
            self.thread.join()

    # ---- with the lock ----

    def enqueue(self, call: Future) -> bool:
        """Whether there was room in the queue."""
        crowded = self.queue.payload + len(call._data) > MOST_BYTES
        if crowded and len(self.queued) >= 2 * self.options.workers:
            return False
        key = self.queue.reserve()
        if key is None:
            return False
        self.queued[key] = call
        call._key = key
        try:
            self.queue.append(key, call._number, call._attempt, call._data)
        except OSError as error:
            del self.queued[key]
            call._key = None
            failure = SystemCallError(
                f"no room for a call of {len(call._data)} bytes in memory that workers "
                f"share: {error.strerror}"
            )
            complete_by(call.set_exception, failure)
        if call._attempt == self.options.retries:
            call._data = b""
        return True

    def refill(self) -> None:
        while self.waiting:
            call = self.waiting[0]
            if not call._withdrawn and not self.enqueue(call):
                return
            self.waiting.popleft()

    def drop(self, call: Future) -> None:
        """Take a call that no worker has or will have out of the queue."""
        assert call._key is not None
        del self.queued[call._key]
        self.queue.release(call._key)
        call._key = None

    def end_if_done(self) -> None:
        if self.held:
            return
        if self.closing and not self.queued and not self.queue.ended:
            while self.waiting and self.waiting[0]._withdrawn:
                self.waiting.popleft()
            if not self.waiting:
                self.queue.end()

    def finish(self, key: int, done: list) -> bool:
        """Whether a call has ended, and not its worker before."""
        call = self.queued.get(key)
        if call is None:
            return False
        worker = self.queue.worker(key)
        try:
            result = self.queue.collect(key)
        except (OSError, MemoryError) as error:
            text = f"the result cannot be read: {error}"
            result = RAISED, 0.0, pickle.dumps((text, None))
        if result is None:
            return False
        del self.queued[key]
        done.append(partial(self.deliver, call, worker, *result))
        return True

    def deliver(self, call, worker: int, outcome: int, seconds: float, data: bytes):
        try:
            if self.journal:
                self.journal.add(call, outcome, data, seconds, worker)
        finally:
            complete(call, outcome, data, self.options)

    def bury(self, worker: int, status: int, done: list) -> None:
        """A worker has died: so has its call, unless it was finished."""
        for key, call in list(self.queued.items()):
            if self.queue.worker(key) == worker and not self.finish(key, done):
                error = self.reason(key, status)
                doubtful = type(error) is TaskError and is_from_outside(status)
                self.fail(call, error, done, doubtful)

    def reason(self, key: int, status: int) -> Exception:
        code = os.waitstatus_to_exitcode(status)
        killed = code in (-signal.SIGTERM, -signal.SIGKILL)
        if self.ended and killed:
            return TaskError(ENDED)
        limit = self.options.timeout
        if limit and killed and self.queue.seconds(key) >= limit:
            return TimeoutExpired(f"the call took longer than {limit:g} s")
        return TaskError(f"the worker that ran the call {how(status)}")

    def fail(self, call: Future, error: Exception, done: list, doubtful=False) -> None:
        """The attempt at a call has failed. Another one begins before all other
        calls, as soon as there is room. A doubtful failure is held first."""
        self.note_running(call)
        worker, seconds = self.queue.worker(call._key), self.queue.seconds(call._key)
        self.drop(call)
        again = call._attempt < self.options.retries and not self.ended
        if again and self.options.is_over():
            done.append(partial(call.set_exception, self.options.not_run()))
        elif again:
            call._attempt += 1
            self.waiting.appendleft(call)
        elif doubtful and not self.ended:
            until = time.monotonic() + OUTSIDE_SECONDS
            self.held.append(HeldFailure(until, call, worker, seconds, error))
        else:
            done.append(partial(self.deliver_failure, call, worker, seconds, error))

    def keep_held(self, done: list) -> None:
        """Those that were held long enough; all of them, if the executor is ended."""
        now = time.monotonic()
        while self.held and (self.ended or self.held[0].until <= now):
            one = self.held.pop(0)
            done.append(
                partial(self.deliver_failure, one.call, one.worker, one.seconds, one.error)
            )

    def deliver_failure(self, call, worker: int, seconds: float, error: Exception):
        # What was ended, or has lost its manager, has not failed by itself.
        mine = isinstance(error, (TaskError, TimeoutExpired)) and not self.ended
        try:
            if self.journal and mine:
                self.journal.add_failure(call, error, seconds, worker)
        finally:
            call.set_exception(error)

    def give_up_waiting(self, done: list) -> None:
        """Fail the calls that wait for another attempt; the others here are
        cancelled."""
        for call in self.waiting:
            if not call._withdrawn:
                error = TaskError(ENDED)
                done.append(partial(call.set_exception, error))
        self.waiting.clear()

    def expire(self, done: list) -> None:
        """The deadline is over: no call begins any more."""
        left = [call for call in self.waiting if not call._withdrawn]
        self.waiting.clear()
        for key, call in list(self.queued.items()):
            if self.queue.cancel(key):
                self.drop(call)
                left.append(call)
        for call in left:
            self.note_running(call)
            error = self.options.not_run()
            done.append(partial(call.set_exception, error))

    def break_down(self, make: Callable) -> None:
        """All calls get an exception that `make` makes."""
        with self.lock:
            self.broken = make
            futures = [*self.queued.values(), *self.waiting]
            self.queued.clear()
            self.waiting.clear()
            self.queue.end()
        for future in futures:
            if not future._withdrawn:
                complete_by(future.set_exception, make())
