"""The processes of an executor: a manager, and the workers that it forks.

The manager is forked from the executor's process at the first call, and has one
thread, so that it may fork at any time: a worker that dies is replaced by another
one, which is as the first ones were. It ends with the executor's process.

What workers and manager have to say goes through one pipe, as messages of 16 bytes:
one write each, so that none is ever torn apart. `NEWS` has as many bytes behind it
as it says.
"""

from __future__ import annotations

import gc
import mmap
import os
import pickle
import select
import signal
import struct
import time
from dataclasses import dataclass

from . import _exceptions, _executor_pause, _forks, _native, _strays
from ._descriptors import pidfd
from ._executor_journal import Journal
from ._executor_limits import GRACE, Limits
from ._executor_options import Options
from ._executor_outcome import NOT_RUN, RAISED, run

MESSAGE = struct.Struct("=IIQ")
FINISHED, DIED, NEWS, LOST = range(1, 5)
# FINISHED: 0, the call's key
# DIED:     the worker, how it ended, as waitpid has it
# NEWS:     the worker, the number of bytes behind it: what `describe` keeps of an
#           exception that build has raised, pickled
# LOST:     0, a number as in errno: no worker can be forked; 0: none could build

RETRY = 0.1  # seconds until the next try to fork a worker
LAST_WORKER = (1 << 24) - 1  # its number; numbers begin again after it
PATIENCE = 50  # tries that may fail in a row, if no worker is left
GENTLY, AT_ONCE = b"t", b"k"  # how all workers are ended


@dataclass
class Plan:
    """What a manager is to do."""

    queue: _native.CallQueue
    options: Options
    journal: Journal | None
    first_worker: int  # its number
    news: int = -1  # descriptor: the pipe's end for writing
    link: int = -1  # descriptor: GENTLY or AT_ONCE in it ends all workers

    def tell(self, kind: int, worker: int, number: int, data: bytes = b"") -> None:
        os.write(self.news, MESSAGE.pack(kind, worker, number) + data)


# ---- a worker ----


def _build(plan: Plan, number: int):
    """The state, in a list; None: there is none, and the executor was told."""
    first = plan.options.first()
    try:
        with _strays.ended():
            return [first() if first else None]
    except BaseException as error:
        sentence, (data, text) = _exceptions.describe(error)
        for kept in ((data, text[-1500:]), (None, text[-1500:])):
            message = pickle.dumps((sentence, kept))
            if len(message) + MESSAGE.size <= select.PIPE_BUF:
                break
        plan.tell(NEWS, number, len(message), message)
        return None


def _serve(plan: Plan, number: int, state: tuple, limits, place: int) -> None:
    queue, options = plan.queue, plan.options
    while True:
        try:
            taken = queue.take(number)
        except KeyboardInterrupt:
            continue  # it was for a call that has just ended
        if taken is None:
            return
        key, position, attempt, data = taken
        if options.is_over():
            outcome, result = NOT_RUN, b""
        else:
            limits.begin(place)
            outcome, result = run(data, state, position, options.seed, attempt)
            limits.end(place)
            _forks.flush_output()
        try:
            queue.finish(key, outcome, result)
        except OSError as error:
            sentence = f"no room for a result of {len(result)} bytes: {error}"
            queue.finish(key, RAISED, pickle.dumps((sentence, None)))
        del taken, data, result
        plan.tell(FINISHED, 0, key)


def _work(manager: Manager, number: int, place: int) -> int:
    """What a worker does; its exit status."""
    plan = manager.plan
    built = _build(plan, number)
    if built is None:
        return 1
    manager.built[place] = 1
    state = (built[0],) if plan.options.has_state else ()
    _serve(plan, number, state, manager.limits, place)
    if plan.options.teardown is not None:
        with _strays.ended():
            plan.options.teardown(built[0])
    return 0


def _become_worker(manager: Manager, pid: int, number: int, place: int) -> None:
    """`pid`: the manager."""
    status = 1
    try:
        os.setpgid(0, 0)
        _native.die_with_parent()
        if os.getppid() != pid:
            os._exit(1)
        _native.rename_process("cohort-worker")
        _forks.in_new_rank()
        _native.enter_worker()
        # So are programs that a call starts.
        os.environ["COHORT_BACKEND"] = "serial"
        os.environ.pop("COHORT_SIZE", None)
        cores = len(os.sched_getaffinity(0))
        _native.limit_threads(max(1, cores // manager.plan.options.workers))
        gc.enable()
        _executor_pause.become_worker(manager)
        signal.pthread_sigmask(signal.SIG_SETMASK, manager.mask)
        status = _work(manager, number, place)
    except BaseException as error:
        _exceptions.tell("a worker of an executor failed", error)
    finally:
        try:
            _forks.leave()
        finally:
            os._exit(status)


# ---- the manager ----


def _signal_group(pid: int, number: int) -> None:
    """A worker, and what its calls have started, get a signal."""
    try:
        os.killpg(pid, number)
    except OSError:
        pass


@dataclass
class Worker:
    number: int
    place: int  # in Manager.built
    ended: int  # descriptor that is readable when it has ended; -1: there is none
    # See _executor_limits.py.
    began: float = 0.0  # its call, when last looked at
    stopped: float = 0.0  # Limits.stopped, then
    ending: float = 0.0  # when it was told to end; 0: it was not


class Manager:
    def __init__(self, plan: Plan, parent: int, mask):
        self.plan = plan
        self.parent = parent
        self.mask = mask  # of signals, in workers
        self.workers: dict = {}  # process: Worker
        self.places = list(range(plan.options.workers))
        self.built = mmap.mmap(-1, plan.options.workers)  # a byte for each worker
        self.next = plan.first_worker
        self.limits = Limits(plan.options.timeout or 0.0, plan.options.workers)
        self.pauses = False  # Ctrl-Z stops the workers
        self.failures = 0  # tries to fork, in a row
        self.poll = select.poll()
        self.period = None  # milliseconds between looks; None: there is no need
        self.poll.register(plan.link, select.POLLIN)
        self.parent_ended = self.watch(parent)

    def watch(self, pid: int) -> int:
        try:
            descriptor = pidfd(pid)
        except OSError:
            self.period = 50
            return -1
        self.poll.register(descriptor, select.POLLIN)
        return descriptor

    def run(self) -> None:
        ready = []
        _executor_pause.watch(self)
        while os.getppid() == self.parent:
            if any(descriptor == self.plan.link for descriptor, _ in ready):
                break
            self.reap()
            self.fork_workers()
            if not self.workers and (self.plan.queue.ended or not self.places):
                return
            ready = self.poll.poll(self.milliseconds())
        self.end_workers()

    def milliseconds(self) -> float | None:
        """Until something has to be done."""
        left = self.limits.look(self.workers)
        periods = [self.period, None if left is None else 1000 * left]
        if self.places and not self.plan.queue.ended:
            periods.append(1000 * RETRY)
        return min((one for one in periods if one is not None), default=None)

    def signal_workers(self, number: int) -> None:
        for pid in self.workers:
            _signal_group(pid, number)

    def fork_workers(self) -> None:
        while self.places and not self.plan.queue.ended:
            try:
                # A stop in between would not find the new one.
                signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTSTP])
                try:
                    self.fork_worker()
                finally:
                    if self.pauses:
                        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTSTP])
            except OSError as error:
                self.failures += 1
                if not self.workers and self.failures >= PATIENCE:
                    self.places.clear()
                    self.plan.tell(LOST, 0, error.errno)
                return
            self.failures = 0

    def fork_worker(self) -> None:
        number, place, me = self.next, self.places[-1], os.getpid()
        self.built[place] = 0
        self.limits.clear(place)
        pid = _native.fork()
        if pid == 0:
            for descriptor in self.descriptors():
                os.close(descriptor)
            _become_worker(self, me, number, place)
        self.next = self.next % LAST_WORKER + 1
        self.places.pop()
        try:
            os.setpgid(pid, pid)
        except OSError:
            pass  # it has done so itself
        self.workers[pid] = Worker(number, place, self.watch(pid))

    def descriptors(self) -> list:
        """Those that workers have no use for."""
        everyone = [worker.ended for worker in self.workers.values()]
        everyone += [self.plan.link, self.parent_ended]
        return [descriptor for descriptor in everyone if descriptor >= 0]

    def reap(self) -> None:
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        for pid in list(self.workers):
            if os.waitid(os.P_PID, pid, flags):
                self.bury(pid)

    def bury(self, pid: int) -> None:
        worker = self.workers.pop(pid)
        if worker.ended >= 0:
            self.poll.unregister(worker.ended)
            os.close(worker.ended)
        # Not reaped yet, so that the number is nobody else's.
        status = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        if status.si_code != os.CLD_EXITED or status.si_status:
            _signal_group(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if self.plan.queue.ended and status == 0:
            return
        self.plan.tell(DIED, worker.number, status)
        if self.built[worker.place]:
            self.places.append(worker.place)
        elif not self.workers and not self.places:
            self.plan.tell(LOST, 0, 0)
        self.plan.queue.wake()  # the dead one may have been woken for a call

    def end_workers(self) -> None:
        """End them all, with what they have started."""
        os.set_blocking(self.plan.link, False)
        try:
            grace = 0.0 if os.read(self.plan.link, 1) == AT_ONCE else GRACE
        except BlockingIOError:
            grace = GRACE  # the executor's process has ended
        if grace:
            self.signal_workers(signal.SIGTERM)
        end = time.monotonic() + grace
        while self.workers and time.monotonic() < end:
            time.sleep(0.002)
            self.reap()
        self.signal_workers(signal.SIGKILL)


def start(plan: Plan, descriptors: list) -> int:
    """Fork a manager, and return its process. `descriptors` are those of the
    executor's process that the manager has no use for."""
    _forks.check_interpreters()
    _forks.flush_output()
    parent = os.getpid()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    pid = -1
    try:
        try:
            pid = _native.fork()
        finally:
            if pid:
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    except BaseException:  # Ctrl-C that has waited for the mask, say
        if pid > 0:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        raise
    if pid:
        return pid
    try:
        gc.disable()
        gc.freeze()
        for descriptor in descriptors:
            os.close(descriptor)
        if plan.journal:
            plan.journal.native.close()  # the copy in this process
        signal.set_wakeup_fd(-1)
        _forks.in_new_rank()
        _native.rename_process("cohort-manager")
        Manager(plan, parent, mask).run()
    except BaseException as error:
        _exceptions.tell("the manager of an executor failed", error)
    finally:
        os._exit(0)
