"""One computation over many parameter sets: on one core, on all cores of a
machine, or in a job of MPI.

    import cohort

    with cohort.open() as group:      # every rank runs this block
        parts = group.allgather(work(group.rank, group.size))
"""

from __future__ import annotations

import threading as _threading

from . import _forks, _native, errors
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
    errors.make_error, _forks.before, _forks.in_new_rank, _forks.in_new_child
)
_native.set_main_thread(_threading.main_thread().ident)

from .group import NO_TIMEOUT, Group, Progress, open  # noqa: E402

__version__ = _native.version
__all__ = [
    "BackendError",
    "BuildError",
    "ConfigError",
    "CorruptError",
    "Error",
    "FileError",
    "Group",
    "Interrupted",
    "InvalidArgument",
    "MismatchError",
    "NO_TIMEOUT",
    "OutOfMemory",
    "PeerError",
    "Progress",
    "StateError",
    "Stopped",
    "SystemCallError",
    "TaskError",
    "TimeoutExpired",
    "open",
]
