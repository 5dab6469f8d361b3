"""The calls of an executor, in its own process.

Calls lie in memory that the workers share (_native/call_queue.h), as many as there
is room for, and the others wait here. A thread reads what workers and manager have
to say, and completes the futures.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
import threading
import time
import weakref
from collections import deque
from concurrent.futures import BrokenExecutor

from . import _native
from ._exceptions import restore
from ._executor_manager import (
    DIED,
    FINISHED,
    LAST_WORKER,
    LOST,
    MESSAGE,
    NEWS,
    Plan,
    start,
)
from .errors import (
    BuildError,
    PeerError,
    StateError,
    SystemCallError,
    TaskError,
    TimeoutExpired,
)

ROOM = 1024  # calls in shared memory
MOST_BYTES = 64 << 20  # of calls and results that lie outside their records there
MANAGERS = 3  # that may die in a row before a call has ended


class ExecutorBroken(BuildError, BrokenExecutor):
    """No worker of an executor could build its state. It takes no more calls."""


class WorkersLost(SystemCallError, BrokenExecutor):
    """An executor has no workers, and can have none. It takes no more calls."""


_live: weakref.WeakSet = weakref.WeakSet()
_starting = threading.Lock()  # so that no pipe gets into another one's manager
_at_exit_registered = False


def _forget() -> None:
    """In a forked process: executors belong to the process that made them."""
    global _live, _starting
    _live = weakref.WeakSet()
    _starting = threading.Lock()


os.register_at_fork(after_in_child=_forget)


def _end_all() -> None:
    """At the interpreter's exit, as concurrent.futures does: wait for the calls.
    After Ctrl-C the program wants to end."""
    interrupted = getattr(sys, "last_type", None) is KeyboardInterrupt
    for calls in list(_live):
        calls.close(terminate=interrupted)
        calls.join()


def at_exit(calls) -> None:
    """Wait for these calls at the interpreter's exit."""
    global _at_exit_registered
    if not _at_exit_registered:
        threading._register_atexit(_end_all)
        _at_exit_registered = True
    _live.add(calls)


def forget_at_exit(calls) -> None:
    _live.discard(calls)


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"left with status {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = "?"
    return f"was killed by signal {-code} ({name})"


class Calls:
    """What an executor has to do, and who does it."""

    def __init__(self, workers, build, teardown, has_state, timeout):
        self.process = os.getpid()
        self.has_state = has_state
        self.lock = threading.RLock()
        self.queue = _native.CallQueue(min(max(ROOM, 4 * workers), 1 << 16))
        self.plan = Plan(
            self.queue, workers, build, teardown, has_state, timeout or 0.0, first=1
        )
        self.queued: dict = {}  # key: future, of calls in the queue
        self.waiting: deque = deque()  # (future, data) of the others
        self.closing = False
        self.broken = None  # what makes the exception of all calls
        self.thread = None
        self.news = None  # what the first build that failed has said
        self.death = "has died"  # how the last worker that died did
        self.managers = 0  # that have died since a call has ended

    # ---- any thread ----

    def submit(self, future, data: bytes) -> None:
        with self.lock:
            self.check_open()
            if self.thread is None:
                self.begin()
            if self.waiting or not self.enqueue(future, data):
                self.waiting.append((future, data))

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

    def enqueue(self, future, data: bytes) -> bool:
        """Whether there was room in the queue."""
        crowded = self.queue.payload + len(data) > MOST_BYTES
        if crowded and len(self.queued) >= 2 * self.plan.workers:
            return False
        key = self.queue.reserve()
        if key is None:
            return False
        self.queued[key] = future
        future._key = key
        try:
            self.queue.append(key, data)
        except OSError as error:
            del self.queued[key]
            future._key = None
            failure = SystemCallError(
                f"no room for a call of {len(data)} bytes in memory that workers "
                f"share: {error.strerror}"
            )
            self.complete(lambda: future.set_exception(failure))
        return True

    def cancel(self, future) -> str:
        """"now": this call has cancelled it; "before"; "no"."""
        if self.process != os.getpid():
            return "no"
        with self.lock:
            if future._withdrawn:
                return "before"
            key = future._key
            if key is None:
                # It waits here, unless it is done.
                if future.done():
                    return "no"
            elif self.queued.get(key) is not future:
                return "no"
            elif not self.queue.cancel(key):
                return "no"
            else:
                del self.queued[key]
                self.queue.release(key)
            future._withdrawn = True
            self.end_if_done()
            return "now"

    def runs(self, future) -> bool:
        """Whether a worker has the call; if so, the future's state says so."""
        if self.process != os.getpid():
            return False
        with self.lock:
            key = future._key
            if self.queued.get(key) is not future or self.queue.is_queued(key):
                return False
            if future._state == "PENDING":
                future.set_running_or_notify_cancel()
            return True

    def pending(self) -> list:
        """The futures of calls that have not ended."""
        if self.process != os.getpid():
            return []
        with self.lock:
            return [*self.queued.values()] + [future for future, _ in self.waiting]

    def close(self, terminate: bool = False) -> None:
        """Take no more calls, and end when there are none. `terminate`: now."""
        if self.process != os.getpid():
            return
        if terminate:
            for future in self.pending():
                future.cancel()
        with self.lock:
            self.closing = True
            if terminate and self.thread is not None:
                try:
                    os.write(self.link, b"!")
                except OSError:
                    pass
            self.end_if_done()

    def join(self) -> None:
        thread = self.thread
        if self.process != os.getpid():
            return
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def end_if_done(self) -> None:
        if self.closing and not self.queued and not self.queue.ended:
            while self.waiting and self.waiting[0][0]._withdrawn:
                self.waiting.popleft()
            if not self.waiting:
                self.queue.end()

    # ---- starting ----

    def begin(self) -> None:
        at_exit(self)
        self.start_manager()
        # It is no daemon: the interpreter waits for it, after _end_all.
        thread = threading.Thread(target=self.serve, name="cohort-executor")
        try:
            thread.start()
        except BaseException:
            os.kill(self.manager, signal.SIGKILL)  # its workers die with it
            raise
        self.thread = thread

    def start_manager(self) -> None:
        with _starting:
            self.inbox, self.plan.news = os.pipe()
            self.plan.link, self.link = os.pipe()
            try:
                self.manager = start(self.plan, [self.inbox, self.link])
            finally:
                os.close(self.plan.news)
                os.close(self.plan.link)
        self.ended = -1
        try:
            self.ended = os.pidfd_open(self.manager)
        except OSError:
            pass
        # Numbers of workers are not used again soon.
        self.plan.first = (self.plan.first + (1 << 20)) % LAST_WORKER + 1

    # ---- the thread ----

    def serve(self) -> None:
        try:
            while self.follow_manager():
                with self.lock:
                    self.start_manager()
        except BaseException as error:
            sentence = f"the executor failed: {type(error).__name__}: {error}"
            self.break_down(lambda: WorkersLost(sentence))
            if not isinstance(error, OSError):
                raise
        finally:
            forget_at_exit(self)

    def follow_manager(self) -> bool:
        """Read a manager's pipe until its end; whether another one is needed."""
        poll = select.poll()
        poll.register(self.inbox, select.POLLIN)
        if self.ended >= 0:
            poll.register(self.ended, select.POLLIN)
        rest = b""
        while True:
            ready = dict(poll.poll())
            if self.inbox in ready:
                data = os.read(self.inbox, 1 << 16)
                if not data:
                    break
                rest = self.read(rest + data)
            elif ready:
                break  # a process that a call has started may have the pipe
        return self.manager_ended(rest)

    def read(self, data: bytes) -> bytes:
        """Do what messages say; return the bytes of one that is incomplete."""
        done: list = []
        at = 0
        with self.lock:
            while at + MESSAGE.size <= len(data):
                kind, worker, number = MESSAGE.unpack_from(data, at)
                end = at + MESSAGE.size
                if kind == FINISHED:
                    self.finish(number, done)
                elif kind == DIED:
                    self.bury(worker, number, done)
                elif kind == LOST:
                    self.lose(number)
                elif kind == NEWS:
                    if end + number > len(data):
                        break
                    self.news = self.news or pickle.loads(data[end : end + number])
                    end += number
                at = end
            self.refill()
        for complete in done:
            self.complete(complete)
        done.clear()
        with self.lock:
            self.end_if_done()
        return data[at:]

    def complete(self, complete) -> None:
        try:
            complete()
        except Exception:
            pass  # somebody has completed the future himself

    def refill(self) -> None:
        while self.waiting:
            future, data = self.waiting[0]
            if not future._withdrawn and not self.enqueue(future, data):
                return
            self.waiting.popleft()

    def finish(self, key: int, done: list) -> None:
        """A call has ended, or its worker."""
        future = self.queued.get(key)
        if future is None:
            return
        try:
            result = self.queue.collect(key)
        except (OSError, MemoryError) as error:
            result = True, pickle.dumps((f"the result cannot be read: {error}", None))
        if result is None:
            return
        del self.queued[key]
        self.managers = 0
        done.append(lambda: self.deliver(future, *result))

    def deliver(self, future, failed: bool, data: bytes) -> None:
        if future._state == "PENDING":
            future.set_running_or_notify_cancel()
        try:
            answer = pickle.loads(data)
        except BaseException as error:
            failure = TaskError(
                "the call's value, or its exception, cannot be read here: "
                f"{type(error).__name__}: {error}"
            )
            failure.__cause__ = error
            future.set_exception(failure)
            return
        if failed:
            future.set_exception(restore(_native.ETASK, *answer))
        else:
            future.set_result(answer)

    def bury(self, worker: int, status: int, done: list) -> None:
        """A worker has died: so has its call, unless it was finished."""
        self.death = _how(status)
        for key, future in list(self.queued.items()):
            if self.queue.worker(key) == worker:
                self.finish(key, done)
                if key in self.queued:
                    self.fail(key, self.reason(key, status), done)

    def reason(self, key: int, status: int):
        code = os.waitstatus_to_exitcode(status)
        if self.closing and code in (-signal.SIGTERM, -signal.SIGKILL):
            return TaskError("the executor was ended before the call")
        limit = self.plan.timeout
        killed = code in (-signal.SIGTERM, -signal.SIGKILL)
        if limit and killed and self.queue.seconds(key) >= limit:
            return TimeoutExpired(f"the call took longer than {limit:g} s")
        return TaskError(f"the worker that ran the call {_how(status)}")

    def fail(self, key: int, error: BaseException, done: list) -> None:
        future = self.queued.pop(key)
        self.queue.release(key)
        done.append(lambda: future.set_exception(error))

    # ---- when it cannot go on ----

    def lose(self, number: int) -> None:
        if number:
            sentence = f"no worker can be started: {os.strerror(number)}"
            self.break_down(lambda: WorkersLost(sentence))
            return
        sentence, kept = self.news or (f"the last one {self.death}", None)

        def make():
            error = ExecutorBroken(f"build failed on all workers: {sentence}")
            if kept:
                error.__cause__ = restore(_native.EBUILD, sentence, kept)
            return error

        self.break_down(make)

    def break_down(self, make) -> None:
        with self.lock:
            self.broken = make
            futures = self.pending()
            self.queued.clear()
            self.waiting.clear()
            self.queue.end()
        for future in futures:
            if not future._withdrawn:
                self.complete(lambda: future.set_exception(make()))  # noqa: B023

    def manager_ended(self, rest: bytes) -> bool:
        """Whether another manager is needed: this one was killed. Its workers
        die with it."""
        try:
            os.waitpid(self.manager, 0)
        except ChildProcessError:
            pass  # the program waits for any child
        end = time.monotonic() + 1
        poll = select.poll()
        poll.register(self.inbox, select.POLLIN)
        # Processes that calls have started may have the pipe, too.
        while time.monotonic() < end and poll.poll(100):
            data = os.read(self.inbox, 1 << 16)
            if not data:
                break
            rest = self.read(rest + data)
        for descriptor in (self.inbox, self.link, self.ended):
            if descriptor >= 0:
                os.close(descriptor)
        return self.mourn()

    def mourn(self) -> bool:
        done: list = []
        with self.lock:
            if self.queue.ended:
                return False
            for key, future in list(self.queued.items()):
                self.finish(key, done)
                if key in self.queued and not self.queue.is_queued(key):
                    text = "the process that looks after the executor's workers died"
                    if self.closing:
                        text = "the executor was ended before the call"
                    self.fail(key, PeerError(text), done)
            self.refill()
            self.managers += 1
        for complete in done:
            self.complete(complete)
        with self.lock:
            self.end_if_done()
            if self.queue.ended:
                return False
        if self.managers > MANAGERS:
            self.break_down(lambda: WorkersLost("the executor's manager died"))
            return False
        return True
