"""Groups of ranks: every rank runs the same code."""

from __future__ import annotations

import atexit
import os
import sys
import traceback
import weakref
from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from . import _early_exit, _forks, _native, _options, _pickles, _progress, _reduce
from ._chunks import Star
from ._job import TO_ALL, TO_ROOT, Job
from ._turns import make_way
from .errors import Interrupted
from .results import Results

A = TypeVar("A")
R = TypeVar("R")

open_groups: weakref.WeakSet = weakref.WeakSet()

NO_TIMEOUT = -1.0

class Progress(NamedTuple):
    """How far a sweep is, on the ranks that share memory with this one."""

    total: int
    resumed: int
    done: int
    failed: int
    seconds: float


def _address_of(comm) -> int:
    """Where the MPI_Comm of a communicator of mpi4py lies."""
    if comm is None:
        return 0
    mpi = sys.modules.get("mpi4py.MPI")
    if mpi is None or not isinstance(comm, mpi.Comm):
        raise TypeError(
            f"comm is a communicator of mpi4py, not {type(comm).__name__!r}"
        )
    return mpi._addressof(comm)


class Group(_native.Group):
    """Ranks that run the same code, and exchange data in collective calls: calls
    that every rank makes, in the same order.

    ``cohort.open`` makes a group, and a ``with`` block closes it.
    """

    def __new__(
        cls,
        workers: int | None = None,
        *,
        backend: str | None = None,
        timeout: float | None = None,
        comm: Any = None,
        scoped: bool | None = None,
    ):
        workers = _options.workers("workers", workers)
        backend = _options.backend("backend", backend)
        timeout = _options.group_timeout("timeout", timeout)
        pool.check_free(backend, comm)
        if scoped is None:
            scoped = comm is None
        status, _, kind, ranks = _native.predict(backend, workers or 0)
        if not status and kind == "mp" and ranks > 1:
            _forks.check_interpreters()
        # In a job of MPI the other ranks become workers of cohort.map, and leave
        # as Python programs do.
        stays = scoped and comm is None and not status and kind == "mpi"
        if not scoped:
            _forks.flush_files()
        self = super().__new__(
            cls, backend, workers or 0, timeout, _address_of(comm),
            scoped and not stays,
        )  # fmt: skip
        if self.backend == "mpi":
            _early_exit.mpi_is_used = True
        self.scoped = scoped
        self._stays = stays
        self._process = os.getpid()
        return self

    def _leave_block(self, error: BaseException | None) -> None:
        """At the end of a `with` block."""
        if error is None or self._process != os.getpid():
            self.close()
        elif self.closed:
            pass
        elif self.rank == 0 or not self.scoped:
            self._give_up()
        else:
            _leave_with(error, self.backend)

    def _give_up(self) -> None:
        """Close the group without waiting for ranks that may not come."""
        self.interrupt()
        try:
            self._close_quietly()
        finally:
            open_groups.discard(self)

    def _close_quietly(self) -> None:
        try:
            self._close()
        except Exception:
            pass  # an exception is on its way that tells more

    def close(self) -> None:
        """Close the group; collective. Of a scoped group only rank 0 goes on:
        the other ranks leave the program here."""
        if self.closed:
            return
        open_groups.discard(self)
        if self.scoped and self.rank != 0 and self._process == os.getpid():
            if not self._stays:
                _forks.leave()
        self._close()
        if self._stays:
            pool.start()

    def bcast(self, obj: Any = None, root: int = 0) -> Any:
        """Give the root's object to every rank; collective. Large buffers in it,
        those of numpy's arrays for example, are sent from where they are."""
        if self.rank == root:
            self._bcast_pieces(_pickles.dump_given(obj), root)
            return obj
        return _pickles.load(self._bcast_pieces(None, root))

    def allgather(self, obj: Any) -> list[Any]:
        """The objects of all ranks, in the order of ranks; collective."""
        return [
            _pickles.load(memory)
            for memory in self._allgather_pieces(_pickles.dump_given(obj))
        ]

    def gather(self, obj: Any, root: int = 0) -> list[Any] | None:
        """The objects of all ranks, on the root, and None elsewhere; collective."""
        mine = b"".join(_pickles.dump_given(obj))
        sizes = self._gather_sizes(len(mine), root)
        if sizes is None:
            self._gather_bytes(mine, None, None, root)
            return None
        memory = bytearray(sum(sizes))
        self._gather_bytes(mine, memory, sizes, root)
        objects, at, view = [], 0, memoryview(memory)
        for size in sizes:
            objects.append(_pickles.load(view[at : at + size]))
            at += size
        return objects

    def bcast_array(self, data: A, root: int = 0) -> A:
        """Give the numbers of the root's `data` to every rank, in place; collective.
        Returns `data`, which is any object with a buffer in C's order: an array of
        numpy, an array.array, a bytearray."""
        _reduce.check_buffer("data", data, "an array of numbers in C's order")
        self._bcast_array(data, root)
        return data

    def allreduce(self, value: A, op: str = "sum", out: Any = None) -> A:
        """Combine the numbers of all ranks, one position at a time; collective.

        value  an int of 64 bits, a float, or an array as for bcast_array. Sums and
               products of ints are exact; those of an array of integers wrap around
               as in C
        op     "sum", "prod", "min", "max", "land", "lor", "band", "bor" or "bxor"
        out    an array of the same type that receives the result; it may be `value`.
               None: a new one

        Every rank gets the result, on one machine the same bits in every run.
        """
        return _reduce.allreduce(self, value, op, out)

    def sum(self, values: Iterable[float]) -> float:
        """The exact sum of the floats of all ranks, rounded once: the same bits on
        every rank, for any number of ranks and any order; collective. The ranks may
        have different numbers of values, in an array of doubles or an iterable."""
        try:
            view = memoryview(values)
        except TypeError:
            view = None
        if view is None or view.format != "d" or not view.c_contiguous:
            values = array("d", values)
        return self._sum(values)

    def map(
        self,
        f: Callable[..., R],
        params: Iterable[Any] | None = None,
        **options: Any,
    ) -> Results[R]:
        """Call ``f(param)`` for each parameter, on all ranks, and return the values
        on every rank; collective. The parameters are those of rank 0, and are not
        read on other ranks. The options are those of ``cohort.map``, but for
        ``workers`` and ``backend``."""
        job = Job.of("map", f, options)
        make_way()
        params = _options.parameters("params", params) if self.is_root else []
        count = self.bcast(len(params))
        job.prepare(self)
        with _progress.shown(self, job.progress, count, job.chunk):
            answer = job.scatter(self, params, gather=TO_ALL, leave=False)
        return job.outcome(answer, params or [None] * count)

    def starmap(
        self,
        f: Callable[..., R],
        params: Iterable[Any] | None = None,
        **options: Any,
    ) -> Results[R]:
        """As ``cohort.starmap`` on the ranks of this group; see ``map``."""
        return self.map(Star(f), params, **options)

    def imap(
        self,
        f: Callable[..., R],
        params: Iterable[Any] | None = None,
        *,
        as_results: bool = False,
        **options: Any,
    ) -> Iterator[R]:
        """As ``cohort.imap`` on the ranks of this group: every rank makes the call.
        Rank 0 gets the values, and runs no tasks if it is not alone; it makes no
        other call of the group until the iterator is at its end or closed. On other
        ranks the call runs their tasks, and returns an empty iterator."""
        return self._stream(f, params, True, as_results, options)

    def imap_unordered(
        self,
        f: Callable[..., R],
        params: Iterable[Any] | None = None,
        *,
        as_results: bool = False,
        **options: Any,
    ) -> Iterator[R]:
        """As ``cohort.imap_unordered`` on the ranks of this group; see ``imap``."""
        return self._stream(f, params, False, as_results, options)

    def _stream(self, f, params, ordered, as_results, options):
        job = Job.of("imap", f, options)
        make_way()
        params = _options.parameters("params", params) if self.is_root else []
        count = self.bcast(len(params))
        job.prepare(self)
        if self.is_root:
            return stream.of_group(self, job, params, ordered, as_results)
        if count > 0:
            answer = job.scatter(
                self, [], gather=TO_ROOT, leave=False, idle_root=True,
                on_result=print, ordered=ordered, discard=True,
            )  # fmt: skip
            error = job.ending(answer, None, True)
            if error is not None and error.status != _native.ESTOPPED:
                raise error
        return iter(())

    def progress(self) -> Progress:
        """The progress of the sweep that runs, or of the last one. Tasks and
        other threads may ask."""
        return Progress(*self._progress())

    def __repr__(self) -> str:
        if self.closed:
            return "<cohort.Group, closed>"
        return f"<cohort.Group: rank {self.rank} of {self.size} on {self.backend}>"


def _leave_with(error: BaseException, backend: str) -> None:
    """End a rank other than 0, which an exception has ended: rank 0's exception
    is the one that goes on."""
    status = 1
    if isinstance(error, SystemExit):
        status = error.code if isinstance(error.code, int) else int(bool(error.code))
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)
    elif isinstance(error, KeyboardInterrupt):
        status = 130
    elif isinstance(error, Interrupted) and backend == "mpi":
        pool.wait_for_the_end()
    elif not isinstance(error, Interrupted):
        traceback.print_exception(type(error), error, error.__traceback__)
    _forks.leave()
    os._exit(status)


def _close_all() -> None:
    """At the end of the program: close what it has left open."""
    for group in list(open_groups):
        group._stays = False  # it is too late for maps
        group.close()


def open(
    workers: int | None = None,
    *,
    backend: str | None = None,
    timeout: float | None = None,
    comm: Any = None,
    scoped: bool | None = None,
) -> Group:
    """Open a group of ranks. From here on every rank runs the program's code.

        with cohort.open(4) as group:
            mine = work(group.rank)
            everything = group.allgather(mine)
        # only the caller comes here

    On one machine the call forks: the new ranks are copies of the caller, which is
    rank 0. In a job of MPI the ranks are those that its launcher has started.

    workers   number of ranks that are forked. None: as COHORT_SIZE says, or one
              for each core that the process may use
    backend   "auto", "serial", "mp" or "mpi". None: as COHORT_BACKEND says, or
              "auto"
    timeout   seconds that a collective call may wait for other ranks. None: as
              COHORT_TIMEOUT says, or no limit; cohort.NO_TIMEOUT: no limit
    comm      a communicator of mpi4py; only "mpi" takes one
    scoped    True: only the caller goes on after the group is closed; in a job of
              MPI the other ranks are workers of cohort.map from then on. False:
              the ranks live until the program's end, and exit handlers that the
              program had registered before they were forked run on rank 0 alone.
              None: True, unless there is a comm

    An exception that leaves the ``with`` block on rank 0 ends the other ranks, and
    goes on. On another rank it is printed, and this rank ends with status 1; the
    others get cohort.PeerError in their next call.
    """
    return _native.held(_open, workers, backend, timeout, comm, scoped)


def _open(
    workers: int | None, backend: str | None, timeout: float | None, comm: Any,
    scoped: bool | None,
) -> Group:  # fmt: skip
    make_way()
    group = Group(workers, backend=backend, timeout=timeout, comm=comm, scoped=scoped)
    open_groups.add(group)
    atexit.unregister(_close_all)
    atexit.register(_close_all)
    return group


from . import pool, stream  # noqa: E402  they have Group in them
