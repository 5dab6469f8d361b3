"""One computation over many parameter sets: on one core, on all cores of a
machine, or in a job of MPI.

    import cohort

    results = cohort.map(f, params, workers=8)

    for value in cohort.imap(f, params):      # as they come
        ...

    with cohort.open() as group:              # every rank runs this block
        parts = group.allgather(work(group.rank, group.size))

What there is:

    map, starmap            call a function for each parameter, on workers
    imap, imap_unordered    the same, with values as they come
    Executor                calls one by one, as concurrent.futures has them
    Results, Result         what comes of a map, and of one of its tasks
    task                    in such a function: its index, its seed
    open, Group             ranks that run the same code and exchange data
    Error                   the class of all exceptions of cohort's own
    compat.parameter_sweep  managers for the package parameter-sweep

``help(cohort.map)`` has all options of a map; the other calls take the same ones.

The workers of a map are forked from the caller, so that f can be anything that can be
called. An exception in f is raised by the map, with the worker's traceback; with
``on_error="keep"`` it is kept in the place of the value. A worker that dies fails the
task that it ran, and the others run. Ctrl-C ends a map, and its workers.

In a job of MPI (``mpirun -n 64 python3 script.py``) the ranks of the job are the
workers; after the first map only rank 0 goes on. Environment variables choose where
the program says nothing: COHORT_BACKEND is auto, serial, mp (forked processes) or mpi,
COHORT_SIZE is the number of workers, COHORT_TIMEOUT the seconds that ranks of a group
wait for each other.
"""

from __future__ import annotations

import pickle as _pickle
import threading as _threading

from . import _early_exit, _exceptions, _forks, _native, _strays, errors
from .errors import (
    BackendError,
    BuildError,
    ConfigError,
    CorruptError,
    Error,
    FileError,
    Interrupted,
    InvalidArgument,
    MismatchError,
    OutOfMemory,
    PeerError,
    StateError,
    Stopped,
    SystemCallError,
    TaskError,
    TimeoutExpired,
)

_native.set_parts(
    errors.make_error,
    _forks.before,
    _forks.in_parent,
    _forks.in_new_rank,
    _forks.in_new_child,
    _forks.flush_output,
    _forks.leave,
    _exceptions.describe,
    _exceptions.tell,
    _strays.end,
    _pickle.dumps,
    _pickle.loads,
)
_early_exit.watch()
_native.set_main_thread(_threading.main_thread().ident)

from .executor import Executor, Future  # noqa: E402
from .group import NO_TIMEOUT, Group, Progress, open  # noqa: E402
from .results import Result, Results  # noqa: E402
from .stream import Stream, imap, imap_unordered  # noqa: E402
from .sweep import map, starmap  # noqa: E402
from .task import Task, task  # noqa: E402

# The status of a Result whose task failed.
FAILED = _native.ETASK
__version__ = _native.version
__all__ = [
    "BackendError",
    "BuildError",
    "ConfigError",
    "CorruptError",
    "Error",
    "Executor",
    "FAILED",
    "FileError",
    "Future",
    "Group",
    "Interrupted",
    "InvalidArgument",
    "MismatchError",
    "NO_TIMEOUT",
    "OutOfMemory",
    "PeerError",
    "Progress",
    "Result",
    "Results",
    "StateError",
    "Stopped",
    "Stream",
    "SystemCallError",
    "Task",
    "TaskError",
    "TimeoutExpired",
    "imap",
    "imap_unordered",
    "map",
    "open",
    "starmap",
    "task",
]

# Users know these names; which file a class is in does not matter to them.
for _name in __all__:
    if isinstance(globals()[_name], type):
        globals()[_name].__module__ = __name__
