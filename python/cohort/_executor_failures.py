"""What can become of an executor, and of its workers."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor

from .errors import BuildError, SystemCallError

ENDED = "the executor was ended before the call"


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


def complete_by(complete: Callable, *args) -> None:
    """Complete a future, unless somebody has done so himself."""
    try:
        complete(*args)
    except Exception:
        pass
