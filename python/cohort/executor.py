"""cohort.Executor: calls for workers, one by one, as concurrent.futures has them.

Calls of an executor are no sweep: nobody knows how many there will be, and each may
wait for the result of another one. So they do not go through the library's groups,
whose ranks begin and end a sweep together. An executor has a process of its own, the
manager, which forks workers and replaces those that die (_executor_manager.py).
Workers take calls from a queue in shared memory, and answer the caller directly:
one process wakes for a call, and one for its result. The caller's process stays free
for cohort.map, and for forks of its own.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
import weakref
from collections import deque
from concurrent import futures

from . import _native
from ._executor_calls import Calls
from ._executor_future import Future, pickle_call
from ._executor_here import HereAndNow
from ._executor_journal import Journal, key_of
from ._executor_options import Options
from ._executor_outcome import complete
from ._executor_rounds import Rounds
from .errors import InvalidArgument, make_error


def _where() -> str:
    """Where calls run: "here", in the process that submits them, in "workers", or
    in the ranks of a job of MPI."""
    if _native.task_depth():
        return "here"
    status, sentence, backend, _ = _native.predict(None, 0)
    if status == _native.ECONFIG:
        raise make_error(status, sentence)
    if backend == "mpi":
        return "ranks"
    return "here" if os.environ.get("COHORT_BACKEND") == "serial" else "workers"


def _make_calls(options: Options):
    """What runs calls."""
    where = _where()
    if where == "ranks":
        return Rounds(options)
    if where == "here" and not options.needs_process:
        return HereAndNow(options)
    return Calls(options)


class Executor(futures.Executor):
    """An executor of concurrent.futures whose workers are processes.

        with cohort.Executor(8) as executor:
            future = executor.submit(solve, 0.1)
            for value in executor.map(solve, grid):
                ...

    It is used as a ProcessPoolExecutor is. What differs:

    - A worker that crashes, or that the system kills because memory is short, fails
      the one call that it ran, by cohort.TaskError. Another worker takes its place,
      and all other calls go on.
    - A future that is cancelled before a worker has taken its call never runs, and
      ``running`` tells exactly which ones have been taken.
    - Calls are pickled by ``submit``: what becomes of arguments afterwards does not
      matter.
    - KeyboardInterrupt that leaves a ``with`` block ends calls that run.
    - SystemExit and KeyboardInterrupt that a call itself raises come as
      cohort.TaskError from its future.

    max_workers  processes to start, by the first call of ``submit``. None: one for
                 each core that this process may use
    initializer  called as ``initializer(*initargs)`` on each worker, before its
                 first call
    build        called on each worker, before its first call; what it returns is the
                 state: then ``fn(state, *args, **kwargs)`` is called
    teardown     called with the state, after a worker's last call
    schedule     "dynamic": whoever is free takes the oldest call; there is no other
    isolate      run calls in processes of their own, so that one that crashes fails
                 alone. Workers are such processes; see below where calls run elsewhere
    timeout      seconds that one attempt at a call may take. Then its worker gets
                 SIGTERM, and SIGKILL 0.25 s later; the future raises
                 cohort.TimeoutExpired. Implies isolate
    retries      further attempts after a crash or a timeout; implies isolate
    journal      a folder that keeps calls that have ended: in a later run, a call of a
                 function with the same source and equal arguments gets the result
                 that is there. It cannot know that globals, or functions which the
                 function calls, have changed
    seed         of the seeds that calls get: cohort.task() knows them in a call, and
                 its index there is the number of the call, from 0, in the order of
                 submit. Each item of a chunk of ``map`` is a call
    deadline     seconds from now after which no call begins; futures of those that
                 are left raise cohort.Stopped
    rerun_failed run the failed calls of the journal again
    rebuilt_ok   go on with a journal although build or initializer, or Python, has
                 changed: the results are the same

    Options have the names and defaults that they have in cohort.map.

    Workers are forked: they are as the program was at the first call of ``submit``,
    and build and initializer may be any callable. Functions and arguments of calls
    are pickled; cloudpickle does so for what pickle cannot, where it is installed.

    If no worker can build, all futures raise a cohort.BuildError, which also is a
    concurrent.futures.BrokenExecutor, and so does ``submit``.

    In a task of cohort, in a call of an executor, and if COHORT_BACKEND is "serial",
    ``submit`` runs the call itself, unless isolate, timeout or retries need a process.

    In a job of MPI all ranks make the executor, which only rank 0 goes on from; the
    others are its workers, whatever ``max_workers`` is. They get calls in rounds: a
    call that is submitted while a round runs begins with the next one, after all
    calls of the round. One that crashes ends the job, unless isolate, timeout or
    retries are given.
    """

    def __init__(
        self, max_workers=None, *, initializer=None, initargs=(), build=None,
        teardown=None, schedule="dynamic", isolate=False, timeout=None, retries=0,
        journal=None, seed=0, deadline=None, rerun_failed=False, rebuilt_ok=False,
    ):  # fmt: skip
        self._options = Options(
            max_workers, initializer, initargs, build, teardown, schedule, isolate,
            timeout, retries, seed, deadline,
        )  # fmt: skip
        self._calls = calls = _make_calls(self._options)
        if journal is not None:
            calls.journal = Journal(journal, self._options, rerun_failed, rebuilt_ok)
        # Other packages look at it in the executors of concurrent.futures.
        self._max_workers = self._options.workers
        self._lock = threading.RLock()
        self._number = 0  # of the next call
        # Without a reference to it, it takes no more calls, and ends.
        weakref.finalize(self, self._calls.close).atexit = False

    def submit(self, fn, /, *args, **kwargs):
        """Run ``fn(*args, **kwargs)`` on a worker, and return its Future. What
        cannot be pickled is told in the future's exception."""
        if not callable(fn):
            raise TypeError(f"{fn!r} is not callable")
        return self._submit(1, fn, args, kwargs)

    def _submit(self, count: int, fn, args: tuple, kwargs: dict) -> Future:
        """`count`: of calls that are submitted as one."""
        calls = self._calls
        calls.check_open()
        future = Future(calls if isinstance(calls, Calls) else None)
        future._number = self._take_numbers(count)
        try:
            if calls.journal:
                future._digest = key_of(fn, args, kwargs)
                kept = calls.journal.take(future._digest, future._number)
                if kept is not None:
                    complete(future, *kept, self._options)
                    return future
            if not isinstance(calls, HereAndNow):
                data = pickle_call((fn, args, kwargs))
        except InvalidArgument as error:
            future.set_exception(error)
            return future
        if isinstance(calls, HereAndNow):
            calls.submit(future, fn, args, kwargs)
        else:
            calls.submit(future, data)
        return future

    def _take_numbers(self, count: int) -> int:
        """The number of a call; the next ones have those after it."""
        with self._lock:
            number = self._number
            self._number += count
        return number

    def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
        """The values of ``fn`` for the items of the iterables, in order, as they
        come.

        timeout     seconds from now until the last value; then it raises
                    TimeoutError
        chunksize   number of items that make one call: less overhead if fn takes
                    microseconds
        buffersize  number of calls that are submitted before the first value is
                    asked for; None: all
        """
        if chunksize < 1:
            raise ValueError(f"chunksize is {chunksize}: it is 1 or more")
        if buffersize is not None and buffersize < 1:
            raise ValueError(f"buffersize is {buffersize}: it is None, or 1 or more")
        end = None if timeout is None else time.monotonic() + timeout
        items = zip(*iterables)
        if chunksize == 1:
            submit = (self.submit(fn, *item) for item in items)
        else:
            function = _Chunk(fn, self._options.has_state)
            chunks = iter(lambda: tuple(itertools.islice(items, chunksize)), ())
            submit = (
                self._submit(len(chunk), function, chunk, {}) for chunk in chunks
            )
        values = self._values(deque(itertools.islice(submit, buffersize)), submit, end)
        return values if chunksize == 1 else itertools.chain.from_iterable(values)

    @staticmethod
    def _values(pending: deque, submit, end):
        try:
            while pending:
                left = None if end is None else end - time.monotonic()
                # No reference to a future stays behind while the caller has its
                # value.
                value = [pending[0].result(left)]
                pending.popleft()
                pending.extend(itertools.islice(submit, 1))
                yield value.pop()
        finally:
            for future in pending:
                future.cancel()

    def shutdown(self, wait=True, *, cancel_futures=False):
        """Take no more calls. Workers end when all calls have ended.

        wait            return when they have; then cohort.FileError is raised if the
                        journal could not be written, and lacks calls
        cancel_futures  cancel calls that no worker has taken
        """
        self._calls.close()
        if cancel_futures:
            for future in self._calls.pending():
                future.cancel()
        if wait:
            self._calls.join()
            if self._calls.journal:
                self._calls.journal.check()

    def terminate_workers(self):
        """Take no more calls, cancel those that no worker has taken, and end what
        runs: workers get SIGTERM, and SIGKILL 0.25 s later. In a job of MPI calls that
        run come to their end."""
        self._calls.close(terminate="gently")

    def kill_workers(self):
        """As ``terminate_workers``, by SIGKILL at once."""
        self._calls.close(terminate="at once")

    def __exit__(self, kind, error, trace):
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            self._calls.close(terminate="gently")
        self.shutdown(wait=True)
        return False

    def __repr__(self) -> str:
        return f"<cohort.Executor of {self._options.workers} workers>"


class _Chunk:
    """Calls a function for each item of a chunk."""

    def __init__(self, function, has_state: bool):
        self.function = self._cohort_items = function
        self.has_state = has_state

    def __call__(self, *items) -> list:
        state = ()
        if self.has_state:
            state, items = items[:1], items[1:]
        values = []
        for item in items:
            values.append(self.function(*state, *item))
            _native.next_in_call()
        return values
