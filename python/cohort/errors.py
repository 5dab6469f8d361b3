"""The exceptions of cohort: one class for each status of the library."""

from __future__ import annotations

from . import _native
from ._sentences import in_python


class Error(Exception):
    """A call of cohort failed.

    ``status`` is the library's status, a number, and ``sentence`` says what was
    tried, what is wrong and, where it is known, what to do.
    """

    status = 0

    def __init__(self, sentence: str = "", status: int | None = None):
        super().__init__(sentence)
        if status is not None:
            self.status = status

    @property
    def sentence(self) -> str:
        """What was tried, what is wrong, and what to do."""
        return self.args[0] if self.args else ""


class InvalidArgument(Error, ValueError):
    """An argument is bad. The group stays usable."""

    status = _native.EINVAL


class ConfigError(Error, ValueError):
    """A bad option, or a bad value of a COHORT_ variable."""

    status = _native.ECONFIG


class BackendError(Error):
    """The backend that was asked for cannot be had here."""

    status = _native.EBACKEND


class StateError(Error, RuntimeError):
    """A call out of order, from inside a task, or while another thread calls."""

    status = _native.ESTATE


class MismatchError(Error):
    """Ranks made different calls. The group is broken."""

    status = _native.EMISMATCH


class PeerError(Error):
    """A rank died or left. The group is broken."""

    status = _native.EPEER


class TimeoutExpired(Error, TimeoutError):
    """A rank did not arrive within the group's timeout. The group is broken."""

    status = _native.ETIMEOUT


class TaskError(Error):
    """A task failed, and not by an exception that could be brought here: it
    crashed, took too long, or raised what cannot be pickled."""

    status = _native.ETASK


class OutOfMemory(Error, MemoryError):
    """There is not enough memory."""

    status = _native.ENOMEM


class SystemCallError(Error):
    """A call of the operating system failed."""

    status = _native.ESYS


class FileError(Error):
    """A file, of a journal as a rule, could not be read or written."""

    status = _native.EIO


class CorruptError(Error):
    """A file, or memory that ranks share, does not hold what was written to it."""

    status = _native.ECORRUPT


class Stopped(Error):
    """A sweep was stopped. ``results`` has what was finished before."""

    status = _native.ESTOPPED
    results = None


class BuildError(Error):
    """No worker could build its state, so no task was run."""

    status = _native.EBUILD


class Interrupted(Error):
    """``interrupt`` was called on this rank or on another one, by Ctrl-C for
    example. The group is broken."""

    status = _native.EINTERRUPTED


_classes = {
    one.status: one
    for one in list(globals().values())
    if isinstance(one, type) and issubclass(one, Error) and one is not Error
}


def make_error(status: int, sentence: str) -> Error:
    """The exception of a status, with a sentence of the library."""
    return _classes.get(status, Error)(in_python(sentence), status)
