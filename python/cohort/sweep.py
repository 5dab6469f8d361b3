"""cohort.map and its kin: the caller's function runs on workers, and only the
caller goes on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from . import _builds, _native, _options, _progress, pool
from ._chunks import Star
from ._job import TO_ROOT, Job
from ._turns import make_way, turn
from .errors import Error
from .group import Group, Progress
from .results import Results

R = TypeVar("R")


def _size(workers: int | None, backend: str | None, tasks: int) -> int:
    """How many ranks to start: the caller, and no more workers than there are
    tasks. The caller is the worker if it was asked for one worker, or for serial."""
    if _native.task_depth():
        return 1
    status, _, _, ranks = _native.predict(backend, workers or 0)
    if status:
        return workers or 0
    wanted = workers or ranks
    alone = wanted == 1 and (workers or os.environ.get("COHORT_SIZE"))
    # There are two ranks on each backend but serial.
    if alone or _native.predict(backend, 2)[0]:
        return 1
    return min(wanted, tasks) + 1


def _open(job: Job, workers: int | None, backend: str | None, count: int) -> Group:
    tasks = -(-count // job.chunk)
    if _native.task_depth():
        return Group(backend=None, workers=1)
    return Group(_size(workers, backend, tasks) or None, backend=backend)


def run(make_job, params, workers: int | None, backend: str | None) -> Results:
    """Run the job that `make_job` makes on workers of its own, or in a job of MPI
    on its ranks. Of those only rank 0 goes on from here."""
    workers = _options.workers("workers", workers)
    backend = _options.backend("backend", backend)
    make_way()
    with turn():
        mpi_pool = pool.enter(backend, make_job, workers)
        job = make_job()
        params = _options.parameters("params", params)
        if not params:
            return Results([], [], {}, [[], [], [], []])
        with _builds.told(job, mpi_pool is None) as news:
            answer = _native.held(scatter, job, params, workers, backend, mpi_pool)
            return job.outcome(answer, params, news)


def scatter(
    job: Job, params: list, workers, backend, mpi_pool=None, opened=None, **options
):
    """Run a sweep on the ranks of a job of MPI or on workers of its own; returns
    what Job.scatter does. `opened` is called with the group before the sweep."""
    job.prepare()
    if mpi_pool is not None:
        if opened is not None:
            opened(mpi_pool.group)
        with _progress.shown(mpi_pool.group, job.progress, len(params), job.chunk):
            return mpi_pool.scatter(job, params, **options)
    group = _open(job, workers, backend, len(params))
    answer = None
    try:
        if opened is not None:
            opened(group)
        with _progress.shown(group, job.progress, len(params), job.chunk):
            answer = job.scatter(
                group, params, gather=TO_ROOT, leave=True, in_memory=True,
                idle_root=True, **options,
            )  # fmt: skip
    finally:
        if answer is None:
            group.interrupt()
        try:
            group.close()
        except Error:
            pass  # the sweep's own status tells more
    # A worker that a signal has interrupted may note that on its way out.
    if answer[0] == _native.EINTERRUPTED and answer[5] is None:
        answer = (*answer[:5], group._halted())
    return answer


def map(
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
) -> Results[R]:
    """Call ``f(param)`` for each parameter, on workers, and return the values.

        results = cohort.map(simulate, range(1000), workers=8)

    On one machine the workers are forked from the caller, so that f may be any
    callable: a lambda, a closure, a method. Values are pickled; numpy's arrays in
    them travel beside the pickle.

    workers       how many processes to start, or fewer if there are fewer tasks; the
                  caller itself runs no task, not even the only one, so that none can
                  crash it. None: one for each core that the process may use. The
                  caller runs all tasks if that is asked for, by workers=1 without
                  isolate, COHORT_SIZE=1 or the backend "serial"
    build         called once on each worker, before its first task; what it returns
                  is the state: then ``f(state, param)`` is called
    teardown      called with the state, after a worker's last task
    schedule      "dynamic", "guided" or "static": who runs which task
    chunk         number of parameters that make one task: less overhead if f takes
                  microseconds. isolate, timeout, retries and the journal are then
                  about whole chunks
    isolate       run tasks in child processes: a task that crashes fails alone
    timeout       seconds that one attempt at a task may take, more than 0; implies
                  isolate. Not a limit of build
    retries       further attempts after a crash or a timeout; implies isolate
    journal       a folder that keeps finished tasks, so that a later run does the
                  rest. It is refused if f or build has changed: the source, or the
                  values that the function has with it, which are those of a closure,
                  of defaults, of a partial, and the object of a method. It CANNOT know
                  that a global variable, a function that f calls, a method that f
                  calls, a module or a file has changed: use another folder then
    seed          of the seeds that tasks get; see cohort.task
    deadline      seconds after which no task should run; what is left is not run. 0:
                  no task runs. A build that runs is not ended by it
    rerun_failed  run the failed tasks of the journal again
    rebuilt_ok    go on with a journal although f or build, or Python, has changed,
                  or has a value that cannot be pickled: the results are the same
    unique        refuse equal parameters
    on_error      "raise": raise the exception of the first task that failed, by
                  index, with its traceback as text. "keep": keep exceptions in
                  the place of values
    progress      True: show a bar, by tqdm where it is there. Or a function that is
                  called with a cohort.Progress now and then
    backend       "auto", "serial", "mp" or "mpi"

    cohort.Stopped is raised if the sweep was stopped, cohort.PeerError if tasks
    could not be run because workers died; both have what was finished in
    ``results``. In a task, the map runs in that task alone.
    """
    def make_job() -> Job:
        return Job(
            f, build, teardown, schedule, chunk, isolate, timeout, retries, journal,
            seed, deadline, rerun_failed, rebuilt_ok, unique, on_error, progress,
        )  # fmt: skip

    return run(make_job, params, workers, backend)


def starmap(
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
) -> Results[R]:
    """As ``cohort.map``, but each parameter is a tuple of arguments: ``f(*param)``
    or, with ``build``, ``f(state, *param)``."""
    return map(
        Star(f), params, workers=workers, build=build, teardown=teardown,
        schedule=schedule, chunk=chunk, isolate=isolate, timeout=timeout,
        retries=retries, journal=journal, seed=seed, deadline=deadline,
        rerun_failed=rerun_failed, rebuilt_ok=rebuilt_ok, unique=unique,
        on_error=on_error, progress=progress, backend=backend,
    )  # fmt: skip
