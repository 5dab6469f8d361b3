"""Results as they come: cohort.imap and cohort.imap_unordered."""

from __future__ import annotations

import atexit
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn, TypeVar

from . import _builds, _native, _options, pool, sweep
from ._chunks import Failed
from ._exceptions import restore
from ._feed import Feed
from ._job import TO_ROOT, Job
from ._turns import make_way, open_streams, turn
from ._warnings import warn
from .errors import StateError
from .group import Progress
from .results import Result

R = TypeVar("R")

LOOK = 0.05  # seconds between two looks for Ctrl-C

_GAVE_WAY = (
    "the sweep of this iterator was ended when another one began in its thread, since "
    "one runs at a time: take its values first, with list() for example"
)


class Stream(Iterator[R]):
    """An iterator over the values of a sweep, which runs meanwhile.

    A thread of the caller waits for the workers. ``close()``, or the end of a
    ``with`` block, ends a sweep whose results are not wanted any more, and its
    workers; so do the end of the last reference to the iterator, and another sweep
    that begins in the thread which has used the iterator last.
    """

    _process = None

    def __init__(self, job, params, run_sweep, ordered, as_results, stops):
        self._job = job
        self._params = params
        self._as_results = as_results
        self._ready: deque = deque()
        self._feed = Feed(job, params, stops)
        self._ended = False
        self._thread = threading.Thread(
            target=self._feed.run, args=(run_sweep, ordered), daemon=True,
            name="cohort-imap",
        )  # fmt: skip
        self._process = os.getpid()
        open_streams.add(self)
        atexit.unregister(_close_all)
        atexit.register(_close_all)
        self._thread.start()

    def __iter__(self) -> Stream[R]:
        return self

    def __next__(self) -> R:
        result = self._take()
        if isinstance(result, Result) and not self._as_results:
            if self._job.on_error == "raise":
                self.close()
                raise result.exception
            return result.exception
        return result

    def _take(self):
        """The next result. Threads may share a stream."""
        self._feed.user = threading.current_thread()
        while True:
            try:
                return self._ready.popleft()
            except IndexError:
                pass
            if self._ended:
                self._raise_end(None)
            try:
                item = self._feed.queue.get()
            except BaseException:  # KeyboardInterrupt
                self.close()
                raise
            if isinstance(item, tuple):
                if not self._feed.closed:
                    self._unpack(item)
                continue
            self._feed.queue.put(None)  # the end, for threads that wait, too
            # An end that `close` has made is not told.
            closed = self._feed.closed
            self._finish()
            self._raise_end(None if closed else item)

    def _raise_end(self, error: BaseException | None) -> NoReturn:
        if self._feed.gave_way:
            raise StateError(_GAVE_WAY)
        raise StopIteration if error is None else error

    def _unpack(self, item: tuple) -> None:
        """Make a task's result those of its parameters. Values are plain, unless
        Results are asked for or there is no value."""
        index, status, problem, value, rank, attempts, seconds = item
        chunk = self._job.chunk
        if chunk == 1 and not status and problem is None and not self._as_results:
            self._ready.append(value)
            return
        start = index * chunk
        values = value if chunk > 1 and isinstance(value, list) else None
        length = min(chunk, len(self._params) - start)
        for offset in range(length):
            one = values[offset] if values else value
            exception = None
            if isinstance(one, Failed):
                exception = restore(_native.ETASK, one.sentence, one.kept)
            elif not values and problem is not None:
                exception = restore(status, problem, value)
            if exception is None and not self._as_results:
                self._ready.append(one)
                continue
            self._ready.append(
                Result(
                    start + offset,
                    0 if exception is None else status or _native.ETASK,
                    "" if exception is None else str(exception),
                    exception,
                    one if exception is None else None,
                    seconds / length, attempts, rank, self._params[start + offset],
                )
            )  # fmt: skip

    def _finish(self) -> None:
        self._ended = True
        self._thread.join()
        open_streams.discard(self)

    def close(self) -> None:
        """End the sweep, if it has not ended. Tasks that run are ended, too."""
        if self._process != os.getpid() or self._ended:
            return
        self._ready.clear()
        self._feed.close()
        self._finish()

    def _end(self) -> None:
        """At the end of the last reference. Ctrl-C, which is held, ends the tasks
        that `close` waits for."""
        if self._process != os.getpid() or self._ended:
            return
        self._feed.close()
        while self._thread.is_alive():
            self._thread.join(LOOK)
            if _native.is_noted():
                self._feed.interrupt()
        self._finish()
        # Whatever of Python runs at the end of these must not get Ctrl-C instead of
        # the program.
        self.__dict__.clear()

    def _make_way(self) -> None:
        """A sweep begins in this thread: end this one, if it runs, and if it is of
        this thread."""
        if self._process != os.getpid() or self._ended:
            return
        if self._feed.user is not threading.current_thread():
            return
        if not self._feed.left:
            self._thread.join()
            return
        self._feed.gave_way = True
        self.close()
        warn(
            "an iterator of cohort.imap was open when another sweep began in its "
            "thread: its sweep has been ended",
            ResourceWarning,
        )

    def __enter__(self) -> Stream[R]:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()


_native.set_finalizer(Stream)


def _close_all() -> None:
    for stream in list(open_streams):
        stream.close()


def _on_workers(make_job, params, workers, backend, ordered, as_results) -> Stream:
    """A stream of a sweep on workers of its own, or of a job of MPI."""
    workers = _options.workers("workers", workers)
    backend = _options.backend("backend", backend)
    make_way()
    # Of a job of MPI, only rank 0 goes on from here.
    with turn():
        mpi_pool = pool.enter(backend, make_job, workers)
    job = make_job()
    params = _options.parameters("params", params)

    def run_sweep(opened, **options):
        with turn(), _builds.told(job, mpi_pool is None) as news:
            answer = sweep.scatter(
                job, params, workers, backend, mpi_pool, opened, **options
            )
            # What workers have told is read before the block ends.
            return answer, news and news.read()

    return Stream(job, params, run_sweep, ordered, as_results, mpi_pool is not None)


def of_group(group, job: Job, params: list, ordered: bool, as_results: bool) -> Stream:
    """A stream of a sweep on the ranks of a group, for its rank 0."""
    make_way()

    def run_sweep(opened, **options):
        opened(group)
        answer = job.scatter(
            group, params, gather=TO_ROOT, leave=False, idle_root=True, **options
        )
        return answer, None

    return Stream(job, params, run_sweep, ordered, as_results, True)


def imap(
    f: Callable[..., R],
    params: Iterable[Any],
    *,
    workers: int | None = None,
    build: Callable[[], Any] | None = None,
    teardown: Callable[[Any], Any] | None = None,
    schedule: str | None = "dynamic",
    chunk: int = 1,
    isolate: bool = False,
    timeout: float | None = None,
    retries: int = 0,
    journal: str | os.PathLike[str] | None = None,
    seed: int = 0,
    deadline: float | None = None,
    rerun_failed: bool = False,
    rebuilt_ok: bool = False,
    unique: bool = False,
    on_error: str = "raise",
    progress: bool | Callable[[Progress], Any] = False,
    backend: str | None = None,
    as_results: bool = False,
) -> Stream[R]:
    """As ``cohort.map``, but an iterator, which gives values in the order of the
    parameters as soon as they are there.

        for value in cohort.imap(simulate, params, workers=8):
            ...

    All parameters are read first. Then the sweep begins, and runs while the caller's
    loop does something else. If that is slow, workers wait: no more than some hundred
    values are in memory. The first task that failed raises its exception when it is
    its turn, and ends the sweep; with ``on_error="keep"`` the exception is given in
    the place of the value. ``as_results=True`` gives the cohort.Result of each task
    instead, and raises nothing.

    A loop may be left early by ``break``. Its workers end when nobody refers to the
    iterator any more, at its ``close()`` or the end of a ``with`` block, and at the
    latest when another sweep begins in this thread: one runs at a time. An iterator
    whose sweep was ended by another one, with tasks that had not run, raises
    cohort.StateError if it is asked for more. So a map in the body of the loop needs
    the values of the loop first: ``for value in list(cohort.imap(...))``.
    """
    def make_job() -> Job:
        return Job(
            f, build, teardown, schedule, chunk, isolate, timeout, retries, journal,
            seed, deadline, rerun_failed, rebuilt_ok, unique, on_error, progress,
        )  # fmt: skip

    return _on_workers(make_job, params, workers, backend, True, as_results)


def imap_unordered(
    f: Callable[..., R],
    params: Iterable[Any],
    *,
    workers: int | None = None,
    build: Callable[[], Any] | None = None,
    teardown: Callable[[Any], Any] | None = None,
    schedule: str | None = "dynamic",
    chunk: int = 1,
    isolate: bool = False,
    timeout: float | None = None,
    retries: int = 0,
    journal: str | os.PathLike[str] | None = None,
    seed: int = 0,
    deadline: float | None = None,
    rerun_failed: bool = False,
    rebuilt_ok: bool = False,
    unique: bool = False,
    on_error: str = "raise",
    progress: bool | Callable[[Progress], Any] = False,
    backend: str | None = None,
    as_results: bool = False,
) -> Stream[R]:
    """As ``cohort.imap``, in the order in which tasks end."""
    def make_job() -> Job:
        return Job(
            f, build, teardown, schedule, chunk, isolate, timeout, retries, journal,
            seed, deadline, rerun_failed, rebuilt_ok, unique, on_error, progress,
        )  # fmt: skip

    return _on_workers(make_job, params, workers, backend, False, as_results)
