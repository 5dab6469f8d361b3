"""The futures of an executor, and how their calls are pickled."""

from __future__ import annotations

import pickle
from concurrent import futures

from ._exceptions import LONGEST
from .errors import InvalidArgument


class Future(futures.Future):
    """The result of a call that will be there. It is a concurrent.futures.Future;
    ``cancel`` and ``running`` ask the workers: a call that is cancelled never runs,
    and one that is not runs once."""

    def __init__(self, calls=None):
        super().__init__()
        self._calls = calls
        self._number = 0  # of the call
        self._digest: bytes | None = None  # in the journal; None: it is not there
        # Of the calls, if they are there.
        self._data = b""
        self._key: int | None = None  # in the queue; None: it is not there
        self._withdrawn = False
        self._attempt = 0

    def cancel(self) -> bool:
        if self._calls is None:
            return super().cancel()
        answer = self._calls.cancel(self)
        if answer == "no" or not super().cancel():
            return False
        if answer == "now":
            self.set_running_or_notify_cancel()
        return True

    def running(self) -> bool:
        if self._calls is not None and not self.done():
            self._calls.runs(self)
        return super().running()

    def __repr__(self) -> str:
        self.running()
        return super().__repr__()


def pickle_call(call: tuple) -> bytes:
    """The bytes of a call: (function, args, kwargs)."""
    try:
        return pickle.dumps(call, protocol=5)
    except Exception as error:
        try:
            import cloudpickle
        except ImportError:
            raise _untransportable(call, error) from error
    try:
        return cloudpickle.dumps(call, protocol=5)
    except Exception as error:
        raise _untransportable(call, error) from error


def _untransportable(call: tuple, error: Exception) -> InvalidArgument:
    function, args, kwargs = call
    name = getattr(function, "__qualname__", None) or repr(function)
    what = f"{name}, the function of this call,"
    try:
        pickle.dumps(function)
        what = f"an argument of {name}"
    except Exception:
        pass
    return InvalidArgument(
        f"{what[:LONGEST]} cannot be pickled, and it has to be, to get to a worker: "
        f"{type(error).__name__}: {error}. Functions at the top level of a module can; "
        "lambdas, functions in functions and open files cannot. With the package "
        "cloudpickle installed, all functions can; cohort.map takes any"
    )
