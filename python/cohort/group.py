"""Groups of ranks: every rank runs the same code."""

from __future__ import annotations

import atexit
import os
import sys
import traceback
import weakref
from typing import NamedTuple

from . import _forks, _native, _pickles, _progress
from ._job import TO_ALL, Job
from .errors import Interrupted

open_groups: weakref.WeakSet = weakref.WeakSet()

NO_TIMEOUT = -1.0


class Progress(NamedTuple):
    """How far a sweep is, on the ranks that share memory with this one."""

    total: int
    resumed: int
    done: int
    failed: int
    seconds: float


def _is_mpi(backend: str | None) -> bool:
    """Whether a group that is opened now is one of MPI."""
    status, _, kind, _ = _native.predict(backend, 0)
    return not status and kind == "mpi"


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
        comm=None,
        scoped: bool | None = None,
    ):
        if workers is not None and workers < 1:
            raise ValueError(f"workers is {workers}: a group has one rank at least")
        pool.check_free(backend, comm)
        if scoped is None:
            scoped = comm is None
        # In a job of MPI the other ranks become workers of cohort.map, and leave
        # as Python programs do.
        stays = scoped and comm is None and _is_mpi(backend)
        if not scoped:
            _forks.flush_files()
        self = super().__new__(
            cls, backend, workers or 0, timeout or 0.0, _address_of(comm),
            scoped and not stays,
        )  # fmt: skip
        self.scoped = scoped
        self._stays = stays
        self._process = os.getpid()
        return self

    def __enter__(self) -> Group:
        return self

    def __exit__(self, kind, error, trace) -> None:
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

    def bcast(self, obj=None, root: int = 0):
        """Give the root's object to every rank; collective. Large buffers in it,
        those of numpy's arrays for example, are sent from where they are."""
        if self.rank == root:
            self._bcast_pieces(_pickles.dump(obj), root)
            return obj
        return _pickles.load(self._bcast_pieces(None, root))

    def allgather(self, obj) -> list:
        """The objects of all ranks, in the order of ranks; collective."""
        return [
            _pickles.load(memory)
            for memory in self._allgather_pieces(_pickles.dump(obj))
        ]

    def gather(self, obj, root: int = 0) -> list | None:
        """The objects of all ranks, on the root, and None elsewhere; collective."""
        mine = b"".join(_pickles.dump(obj))
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

    def map(self, f, params=None, **options):
        """Call ``f(param)`` for each parameter, on all ranks, and return the values
        on every rank; collective. The parameters are those of rank 0, and are not
        read on other ranks. The options are those of ``cohort.map``, but for
        ``workers`` and ``backend``."""
        job = Job(f, **options)
        params = list(params) if self.is_root else []
        count = self.bcast(len(params))
        job.prepare(self)
        with _progress.shown(self, job.progress, count, job.chunk):
            answer = job.scatter(self, params, gather=TO_ALL, leave=False)
        return job.outcome(answer, params or [None] * count)

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
    comm=None,
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
    group = Group(workers, backend=backend, timeout=timeout, comm=comm, scoped=scoped)
    open_groups.add(group)
    atexit.unregister(_close_all)
    atexit.register(_close_all)
    return group


from . import pool  # noqa: E402  pool.py has Group in it
