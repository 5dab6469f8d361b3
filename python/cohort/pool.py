"""Workers in a job of MPI, whose processes all run the same script: in their first
map, ranks other than 0 stay, and serve the maps of rank 0 until its program ends.

Rank 0 gives an order to all ranks before each map. In the first map each rank has
the function already, since it made the same call; later ones are pickled. Then each
rank tells whether it has what it needs, and the sweep runs on all of them.
"""

from __future__ import annotations

import atexit
import io
import os
import sys
import time

from . import _forks, _native
from ._exceptions import tell
from ._job import TO_ROOT, Job
from ._sending import LESSON, Unpickler, pickles
from ._warnings import warn
from .errors import Error, InvalidArgument, StateError, make_error
from .group import NO_TIMEOUT, Group, open_groups

# Orders of rank 0: run the job of your own call, run the job that is pickled here,
# leave.
OWN, PICKLED, END = range(3)

_pool: Pool | None = None


class Pool:
    """The ranks of a job, one of which is this process.

    make_job  makes the job of the map that this rank has called; None: it is in no
              map
    """

    def __init__(self, make_job):
        # Whoever has initialised MPI finalises it.
        mpi = sys.modules.get("mpi4py.MPI")
        self.foreign = mpi is not None and mpi.Is_initialized()
        self.group = Group(backend="mpi", timeout=NO_TIMEOUT, scoped=False)
        open_groups.discard(self.group)
        self.process = os.getpid()
        self.make_job = make_job
        self.first: Job | None = None
        self.ended = False

    # On rank 0.

    def scatter(self, job: Job, params: list, *, on_result=None, **options):
        """Run a sweep on all ranks, and return what Job.scatter does."""
        group = self.group
        if self.ended:
            raise StateError(
                "the workers of this job have left, because the program is at its end"
            )
        job.check_forks()
        blobs = job.blobs(params)
        try:
            told = {"on_result": on_result is not None, "identity": job.identity}
            self._announce(job, {**options, **told})
            return job.scatter(
                group, params, blobs=blobs, gather=TO_ROOT, leave=False,
                on_result=on_result, **options,
            )  # fmt: skip
        except (TypeError, ValueError, OverflowError):
            raise  # of a bad argument, on all ranks alike
        except BaseException:
            group.interrupt()
            raise

    def _announce(self, job: Job, options: dict) -> None:
        """Give all ranks the job."""
        if self.group.size == 1:
            return
        if self.make_job is not None:
            self.make_job = None
            self.first = job
            problem = self._order(OWN, None, options)
        else:
            for data in pickles(job, self.first):
                problem = self._order(PICKLED, data, options)
                if not problem:
                    break
        if problem:
            rank, sentence = problem
            raise InvalidArgument(
                f"{job.function!r} cannot be had on rank {rank}: {sentence}; {LESSON}"
            )

    def _order(self, kind: int, data: bytes | None, options: dict):
        """Send an order. Returns (rank, sentence) of a rank that cannot do it."""
        self.group.bcast((kind, data, options))
        answers = enumerate(self.group.allgather(None))
        return next(((rank, text) for rank, text in answers if text), None)

    def end(self) -> None:
        """Let the other ranks leave."""
        if self.ended or os.getpid() != self.process:
            return
        self.ended = True
        try:
            self.group.bcast((END, None, None))
            in_order = True
        except (Error, KeyboardInterrupt):
            in_order = False
        # The library ends a job that is not in order when the program exits; but
        # an MPI that another package looks after would wait for all ranks.
        if not in_order and self.foreign:
            _forks.flush_output()
            self.group._abort(1)
        try:
            self.group._close()
        except Error:
            pass  # the others have left already

    # On other ranks.

    def serve(self) -> None:
        """Do what rank 0 says, and leave the program when it says so."""
        try:
            while self._obey():
                pass
            self.group._close()
        except BaseException as error:
            if not isinstance(error, (Error, KeyboardInterrupt)):
                tell("a worker cannot go on", error)
            self.group.interrupt()
            wait_for_the_end()
        _native.exit(0)

    def _obey(self) -> bool:
        kind, data, options = self.group.bcast()
        if kind == END:
            return False
        job, problem = None, None
        try:
            job = self._job(kind, data)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        if not any(self.group.allgather(problem)):
            self._work(job, options)
        return True

    def _job(self, kind: int, data: bytes | None) -> Job:
        if kind == OWN:
            job = self.first = self.make_job()
        else:
            job = Unpickler(io.BytesIO(data), self.first).load()
        job.check_forks()
        return job

    def _work(self, job: Job, options: dict) -> None:
        job.identity = options.pop("identity")
        if options.pop("on_result"):
            options["on_result"] = print  # it is called on rank 0 alone
        try:
            answer = job.scatter(
                self.group, [], gather=TO_ROOT, leave=False, **options
            )
        except (TypeError, ValueError, OverflowError):
            return  # rank 0 has the same
        status, _, raised, build_error, _, _ = answer
        # KeyboardInterrupt of a task itself is raised on rank 0.
        if raised is not None and status not in (_native.ESTOPPED, _native.EBUILD):
            raise raised
        if build_error is not None and status != _native.EBUILD:
            tell("build failed on this worker", build_error)


def wait_for_the_end() -> None:
    """In a rank that can do no more: wait until the launcher ends the job. Rank 0
    decides when; a rank that left before would take it along."""
    parent = os.getppid()
    while os.getppid() == parent:
        try:
            time.sleep(0.1)
        except KeyboardInterrupt:
            pass
    os._exit(1)


def enter(
    backend: str | None, make_job=None, workers: int | None = None
) -> Pool | None:
    """At the beginning of a map: the pool that runs it; None if there is none,
    because this is no job of MPI. Ranks other than 0 do not return from here."""
    if _native.task_depth():
        return None
    if _pool is not None:
        here = _pool.process == os.getpid() and backend in (None, "auto", "mpi")
        # If the first call has run nothing, having no parameters or bad arguments,
        # the other ranks still have its job, and not this one.
        _pool.make_job = None
        return _pool if here else None
    status, _, kind, _ = _native.predict(backend, 0)
    if status or kind != "mpi":
        return None
    if any(not group.closed for group in open_groups):
        raise StateError(
            "cohort.map needs all ranks of the job, and they are in a group: call "
            "the map of the group, on every rank"
        )
    start(make_job)
    alone = _pool.group.size == 1 and _native.launcher() is None
    if alone and backend != "mpi" and workers != 1:
        _warn_of_one_rank()
    return _pool


def _warn_of_one_rank() -> None:
    warn(
        "MPI is initialised in this process (importing mpi4py.MPI does that), and no "
        "launcher started it, so cohort.map has one worker: this process. For more, "
        "start the script by mpirun, or leave MPI out (mpi4py.rc.initialize = False "
        "before mpi4py.MPI is imported); backend='mpi' says that one is meant",
        RuntimeWarning,
    )


def start(make_job=None) -> None:
    """Rank 0 goes on, and the other ranks become its workers."""
    global _pool
    if _pool is not None:
        return
    _pool = Pool(make_job)
    if _pool.group.rank > 0:
        _pool.serve()
    atexit.register(_pool.end)


def check_free(backend: str | None, comm) -> None:
    """Before a group is opened while ranks are workers: raises an exception if
    they would be its ranks, or if there cannot be such a group. The library would
    tell the other ranks of the refusal, which do not come for that."""
    if _pool is None or _pool.process != os.getpid() or _native.task_depth():
        return
    if comm is None and backend not in (None, "auto", "mpi"):
        status, sentence, _, _ = _native.predict(backend, 0)
        if status:
            raise make_error(status, sentence)
    if comm is None and backend in (None, "auto", "mpi") and _pool.group.size > 1:
        raise StateError(
            "the other ranks of this job are workers of cohort.map, and cannot open "
            "a group: open it before the first map, and use its own map"
        )
