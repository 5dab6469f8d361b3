"""What can become of an executor, and of its workers."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass

from ._executor_future import Future
from .errors import BuildError, SystemCallError

ENDED = "the executor was ended before the call"

# Whatever ends a job from outside (a batch system, a container, somebody) signals all
# its processes, often the children first. A worker that such a signal ends looks as if
# its call were at fault, and the failure would stay in the journal for good. So it is
# held until the executor's process has lived on for so many seconds.
OUTSIDE_SECONDS = 0.5
_OUTSIDE = (
    signal.SIGTERM, signal.SIGKILL, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT
)  # fmt: skip


@dataclass
class HeldFailure:
    until: float  # of time.monotonic
    call: Future
    worker: int
    seconds: float
    error: Exception


class ExecutorBroken(BuildError, BrokenExecutor):
    """No worker of an executor could build its state. It takes no more calls."""


class WorkersLost(SystemCallError, BrokenExecutor):
    """An executor has no workers, and can have none. It takes no more calls."""


def how(status: int) -> str:
    """How a worker has ended, as waitpid has it."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"left with status {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = "?"
    return f"was killed by signal {-code} ({name})"


def is_from_outside(status: int) -> bool:
    """Whether somebody else may have ended the worker. Status: as waitpid has it."""
    return -os.waitstatus_to_exitcode(status) in _OUTSIDE


def complete_by(complete: Callable, *args) -> None:
    """Complete a future, unless somebody has done so himself."""
    try:
        complete(*args)
    except Exception:
        pass
