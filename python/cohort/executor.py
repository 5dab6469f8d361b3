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
import pickle
import time
import weakref
from collections import deque
from concurrent import futures

from . import _native
from ._exceptions import LONGEST
from ._executor_calls import Calls
from ._executor_rounds import Rounds
from .errors import InvalidArgument, StateError, make_error


class Future(futures.Future):
    """The result of a call that will be there. It is a concurrent.futures.Future;
    ``cancel`` and ``running`` ask the workers: a call that is cancelled never runs,
    and one that is not runs once."""

    def __init__(self, calls=None):
        super().__init__()
        self._calls = calls
        self._key = None  # in the queue; None: the call is not there
        self._withdrawn = False

    def cancel(self) -> bool:
        if self._calls is None:
            return super().cancel()
        answer = self._calls.cancel(self)
        if answer == "no" or not super().cancel():
            return False
        if answer == "now":
            self.set_running_or_notify_cancel()
        return True

    def running(self) -> bool:
        if self._calls is not None and not self.done():
            self._calls.runs(self)
        return super().running()

    def __repr__(self) -> str:
        self.running()
        return super().__repr__()


class _HereAndNow:
    """Runs calls in the thread that submits them."""

    def __init__(self, build, teardown, has_state, timeout):
        self.build = build
        self.teardown = teardown
        self.has_state = has_state
        self.state = None
        self.closing = False

    def submit(self, future, function, args, kwargs) -> None:
        if self.closing:
            raise StateError("cannot schedule new futures after shutdown")
        future.set_running_or_notify_cancel()
        try:
            if self.state is None:
                self.state = [self.build() if self.build else None]
            state = self.state if self.has_state else ()
            value = function(*state, *args, **kwargs)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(value)

    def close(self, terminate: bool = False) -> None:
        if self.teardown and self.state and not self.closing:
            self.teardown(self.state[0])
        self.closing = True

    def pending(self) -> list:
        return []

    def join(self) -> None:
        pass


def _pickle(call: tuple) -> bytes:
    """The bytes of a call: (function, args, kwargs)."""
    try:
        return pickle.dumps(call, protocol=5)
    except Exception as error:
        try:
            import cloudpickle
        except ImportError:
            raise _untransportable(call, error) from error
    try:
        return cloudpickle.dumps(call, protocol=5)
    except Exception as error:
        raise _untransportable(call, error) from error


def _untransportable(call: tuple, error: Exception) -> InvalidArgument:
    function, args, kwargs = call
    name = getattr(function, "__qualname__", None) or repr(function)
    what = f"{name}, the function of this call,"
    try:
        pickle.dumps(function)
        what = f"an argument of {name}"
    except Exception:
        pass
    return InvalidArgument(
        f"{what[:LONGEST]} cannot be pickled, and it has to be, to get to a worker: "
        f"{type(error).__name__}: {error}. Functions at the top level of a module can; "
        "lambdas, functions in functions and open files cannot. With the package "
        "cloudpickle installed, all functions can; cohort.map takes any"
    )


def _default_workers() -> int:
    ranks = _native.predict(None, 0)[3]
    return ranks if ranks > 0 else len(os.sched_getaffinity(0))


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


def _make_calls(where: str, workers: int, *rest):
    """What runs calls; `rest` as for all of them."""
    *_, timeout = rest
    if where == "ranks":
        return Rounds(*rest)
    if where == "here" and timeout is None:
        return _HereAndNow(*rest)
    return Calls(workers, *rest)


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

    max_workers  processes to start, by the first call of ``submit``. None: one for
                 each core that this process may use
    initializer  called as ``initializer(*initargs)`` on each worker, before its
                 first call
    build        called on each worker, before its first call; what it returns is the
                 state: then ``fn(state, *args, **kwargs)`` is called
    teardown     called with the state, after a worker's last call
    timeout      seconds that one call may take. Then its worker gets SIGTERM, and
                 SIGKILL 0.25 s later; the future raises cohort.TimeoutExpired

    Workers are forked: they are as the program was at the first call of ``submit``,
    and build and initializer may be any callable. Functions and arguments of calls
    are pickled; cloudpickle does so for what pickle cannot, where it is installed.

    If no worker can build, all futures raise a cohort.BuildError, which also is a
    concurrent.futures.BrokenExecutor, and so does ``submit``.

    In a task of cohort, in a call of an executor, and if COHORT_BACKEND is "serial",
    ``submit`` runs the call itself, unless there is a timeout.

    In a job of MPI all ranks make the executor, which only rank 0 goes on from; the
    others are its workers, whatever ``max_workers`` is. They get calls in rounds: a
    call that is submitted while a round runs begins with the next one, after all
    calls of the round. One that crashes ends the job, unless there is a timeout.
    """

    def __init__(
        self, max_workers=None, *, initializer=None, initargs=(), build=None,
        teardown=None, timeout=None,
    ):  # fmt: skip
        where = _where()
        if max_workers is None:
            max_workers = _default_workers()
        if not isinstance(max_workers, int):
            raise TypeError(f"max_workers is {max_workers!r}: it is an int")
        if not 0 < max_workers <= 1 << 14:
            raise ValueError(f"max_workers is {max_workers}: there are 1 to 16384")
        if timeout is not None and not timeout > 0:
            raise ValueError(f"timeout is {timeout}: it is more than 0 seconds")
        for name, one in (
            ("initializer", initializer), ("build", build), ("teardown", teardown),
        ):  # fmt: skip
            if one is not None and not callable(one):
                raise TypeError(f"{name} is {one!r}, which is not callable")
        first = _first(initializer, tuple(initargs), build)
        self._calls = _make_calls(
            where, max_workers, first, teardown, build is not None, timeout
        )
        self._max_workers = max_workers
        # Without a reference to it, it takes no more calls, and ends.
        weakref.finalize(self, self._calls.close).atexit = False

    def submit(self, fn, /, *args, **kwargs):
        """Run ``fn(*args, **kwargs)`` on a worker, and return its Future. What
        cannot be pickled is told in the future's exception."""
        if not callable(fn):
            raise TypeError(f"{fn!r} is not callable")
        calls = self._calls
        if isinstance(calls, _HereAndNow):
            future = Future()
            calls.submit(future, fn, args, kwargs)
            return future
        future = Future(calls if isinstance(calls, Calls) else None)
        try:
            data = _pickle((fn, args, kwargs))
        except InvalidArgument as error:
            calls.check_open()
            future.set_exception(error)
            return future
        calls.submit(future, data)
        return future

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
            function, calls = fn, items
        else:
            function = _Chunk(fn, self._calls.has_state)
            calls = iter(lambda: tuple(itertools.islice(items, chunksize)), ())
        submit = (self.submit(function, *call) for call in calls)
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

        wait            return when they have
        cancel_futures  cancel calls that no worker has taken
        """
        self._calls.close()
        if cancel_futures:
            for future in self._calls.pending():
                future.cancel()
        if wait:
            self._calls.join()

    def __exit__(self, kind, error, trace):
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            self._calls.close(terminate=True)
        self.shutdown(wait=True)
        return False

    def __repr__(self) -> str:
        return f"<cohort.Executor of {self._max_workers} workers>"


class _Chunk:
    """Calls a function for each item of a chunk."""

    def __init__(self, function, has_state: bool):
        self.function = function
        self.has_state = has_state

    def __call__(self, *items) -> list:
        state = ()
        if self.has_state:
            state, items = items[:1], items[1:]
        return [self.function(*state, *item) for item in items]


def _first(initializer, initargs: tuple, build):
    """What a worker calls first, for its state; None: nothing."""
    if initializer is None:
        return build

    def first():
        initializer(*initargs)
        return build() if build else None

    return first
