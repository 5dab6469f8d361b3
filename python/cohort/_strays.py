"""Processes that a function of the program forks by os.fork. The function runs in the
middle of a sweep or of a call, of which such a process has a copy: it must not come
back from the function, or it would be a rival of the process that has forked it, and
at last a second copy of the program. So it ends where the function ends."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager

from . import _forks

process = os.getpid()


def _note_process() -> None:
    global process
    process = os.getpid()


os.register_at_fork(after_in_child=_note_process)


def _status(code) -> int:
    """The status with which Python ends for SystemExit with this code."""
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


def _report(error: BaseException | None) -> int:
    """Say how the function has ended; the exit status."""
    if error is None:
        sys.stderr.write(
            "cohort: a process that a task has forked has returned from the task's "
            "function, and ends here: leave such a process by os._exit\n"
        )
        return 0
    if isinstance(error, SystemExit):
        return _status(error.code)
    sys.excepthook(type(error), error, error.__traceback__)
    if isinstance(error, KeyboardInterrupt):
        return 128 + signal.SIGINT
    return 1


def end(error: BaseException | None) -> None:
    """End this process, as Python does at the end of a program that `error` leaves,
    but without handlers at exit: they are those of the process that has forked it.

    error  None: the function has returned
    """
    status = 1
    try:
        status = _report(error)
        _forks.flush_files()
        _forks.flush_output()
    finally:
        os._exit(status)


@contextmanager
def ended():
    """A block from which no process comes that was forked in it."""
    before = process
    try:
        yield
    except BaseException as error:
        if process != before:
            end(error)
        raise
    if process != before:
        end(None)
