"""The thread of an executor: it starts the manager, reads what manager and workers
have to say, and starts another manager if that one was killed."""

from __future__ import annotations

import os
import pickle
import select
import signal
import threading
import time
from typing import TYPE_CHECKING

from . import _native
from ._descriptors import pidfd, pipe
from ._exceptions import restore
from ._executor_exit import at_exit, forget_at_exit
from ._executor_failures import ENDED, ExecutorBroken, WorkersLost, complete_by, how
from ._executor_manager import (
    AT_ONCE,
    DIED,
    FINISHED,
    GENTLY,
    LAST_WORKER,
    LOST,
    MESSAGE,
    NEWS,
    Plan,
    start,
)
from .errors import PeerError

if TYPE_CHECKING:
    from ._executor_calls import Calls

MANAGERS = 3  # that may die in a row before a call has ended

_starting = threading.Lock()  # so that no pipe gets into another one's manager


def _forget() -> None:
    global _starting
    _starting = threading.Lock()


os.register_at_fork(after_in_child=_forget)


class Thread:
    def __init__(self, calls: Calls):
        self.calls = calls
        self.plan = Plan(calls.queue, calls.options, calls.journal, first_worker=1)
        self.news: tuple | None = None  # what the first build that failed has said
        self.death = "has died"  # how the last worker that died did
        self.managers = 0  # that have died since a call has ended
        self.expired = False  # nothing begins any more
        at_exit(calls)
        self.start_manager()
        # It is no daemon: the interpreter waits for it, after the handlers.
        self.thread = threading.Thread(target=self.serve, name="cohort-executor")
        try:
            self.thread.start()
        except BaseException:
            os.kill(self.manager, signal.SIGKILL)  # its workers die with it
            raise

    # ---- any thread ----

    def join(self) -> None:
        if self.thread is not threading.current_thread():
            self.thread.join()

    def end_workers(self, at_once: bool) -> None:
        """With the lock of the calls."""
        try:
            os.write(self.link, AT_ONCE if at_once else GENTLY)
        except OSError:
            pass

    def start_manager(self) -> None:
        with _starting:
            self.inbox, self.plan.news = pipe()
            self.plan.link, self.link = pipe()
            try:
                self.manager = start(self.plan, [self.inbox, self.link])
            finally:
                os.close(self.plan.news)
                os.close(self.plan.link)
        self.ended = -1
        try:
            self.ended = pidfd(self.manager)
        except OSError:
            pass
        # Numbers of workers are not used again soon.
        self.plan.first_worker = (
            self.plan.first_worker + (1 << 20)
        ) % LAST_WORKER + 1

    # ---- the thread ----

    def serve(self) -> None:
        try:
            while self.follow_manager():
                with self.calls.lock:
                    self.start_manager()
        except BaseException as error:
            sentence = f"the executor failed: {type(error).__name__}: {error}"
            self.calls.break_down(lambda: WorkersLost(sentence))
            if not isinstance(error, OSError):
                raise
        finally:
            self.settle()
            forget_at_exit(self.calls)
            if self.calls.journal:
                self.calls.journal.close()
            del self.calls  # which refers to this object

    def follow_manager(self) -> bool:
        """Read a manager's pipe until its end; whether another one is needed."""
        poll = select.poll()
        poll.register(self.inbox, select.POLLIN)
        if self.ended >= 0:
            poll.register(self.ended, select.POLLIN)
        rest = b""
        while True:
            ready = dict(poll.poll(self.milliseconds()))
            if self.inbox in ready:
                data = os.read(self.inbox, 1 << 16)
                if not data:
                    break
                rest = self.read(rest + data)
            elif ready:
                break  # a process that a call has started may have the pipe
            else:
                self.read(b"")
        return self.manager_ended(rest)

    def milliseconds(self) -> float | None:
        """Until the deadline, or until a failure is kept that is held; at most some
        days, which is what poll takes."""
        ends = [] if self.expired else [self.calls.options.end]
        ends += [one.until for one in self.calls.held[:1]]
        left = [1000 * (one - time.monotonic()) for one in ends if one is not None]
        return min(max(min(left), 0) + 1, 1e9) if left else None

    def settle(self) -> None:
        """Keep the failures that are held, after the time that they need."""
        while self.calls.held:
            time.sleep(min(max(self.calls.held[0].until - time.monotonic(), 0), 0.01))
            done: list = []
            with self.calls.lock:
                self.calls.keep_held(done)
            for one in done:
                complete_by(one)

    def read(self, data: bytes) -> bytes:
        """Do what messages say; return the bytes of one that is incomplete."""
        calls, done, at = self.calls, [], 0
        with calls.lock:
            while at + MESSAGE.size <= len(data):
                kind, worker, number = MESSAGE.unpack_from(data, at)
                end = at + MESSAGE.size
                if kind == FINISHED:
                    if calls.finish(number, done):
                        self.managers = 0
                elif kind == DIED:
                    self.death = how(number)
                    calls.bury(worker, number, done)
                elif kind == LOST:
                    self.lose(number)
                elif kind == NEWS:
                    if end + number > len(data):
                        break
                    self.news = self.news or pickle.loads(data[end : end + number])
                    end += number
                at = end
            if calls.options.is_over() and not self.expired:
                calls.expire(done)
                self.expired = True
            calls.keep_held(done)
            calls.refill()
        self.complete(done)
        return data[at:]

    def complete(self, done: list) -> None:
        """Complete futures, and end if there is no more to do."""
        for one in done:
            complete_by(one)
        # No reference to a call stays behind while this thread waits.
        done.clear()
        one = None
        with self.calls.lock:
            self.calls.end_if_done()

    # ---- when it cannot go on ----

    def lose(self, number: int) -> None:
        if number:
            sentence = f"no worker can be started: {os.strerror(number)}"
            self.calls.break_down(lambda: WorkersLost(sentence))
            return
        sentence, kept = self.news or (f"the last one {self.death}", None)

        def make():
            error = ExecutorBroken(f"build failed on all workers: {sentence}")
            if kept:
                error.__cause__ = restore(_native.EBUILD, sentence, kept)
            return error

        self.calls.break_down(make)

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
        with self.calls.lock:
            for descriptor in (self.inbox, self.link, self.ended):
                if descriptor >= 0:
                    os.close(descriptor)
            self.link = -1
        return self.mourn()

    def mourn(self) -> bool:
        """As manager_ended, when all is read."""
        calls, done = self.calls, []
        with calls.lock:
            if calls.queue.ended:
                return False
            text = "the process that looks after the executor's workers died"
            for key, call in list(calls.queued.items()):
                if not calls.finish(key, done) and not calls.queue.is_queued(key):
                    calls.fail(call, PeerError(ENDED if calls.ended else text), done)
            if calls.ended:
                calls.give_up_waiting(done)
            calls.refill()
            self.managers += 1
        self.complete(done)
        if calls.queue.ended:
            return False
        if self.managers > MANAGERS:
            calls.break_down(lambda: WorkersLost("the executor's manager died"))
            return False
        return True
