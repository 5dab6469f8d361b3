"""What comes of a call of an executor, on the way from a worker to its future: a
number, and bytes."""

from __future__ import annotations

import pickle

from . import _exceptions, _native, _strays
from ._executor_options import Options
from .errors import TaskError

# Of the number, the two lowest bits: the bytes are the pickle of the value, or of what
# `describe` keeps of an exception; or the deadline was over. Above them is what the
# call has asked for, as leave_call has it.
VALUE, RAISED, NOT_RUN = range(3)
KIND = 3
ASKED_BITS = 2


def pickle_value(value) -> bytes:
    try:
        return pickle.dumps(value, protocol=5)
    except Exception as error:
        raise TaskError(
            f"the value of the call, of type {type(value).__qualname__}, cannot be "
            f"pickled: {type(error).__name__}: {error}"
        ) from error


def _load(data: bytes) -> tuple:
    try:
        return pickle.loads(data)
    except AttributeError as error:
        if not str(error).startswith("Can't get attribute"):
            raise
        error.args = (
            f"{error}: the executor's workers do not know it, because they are "
            "as the program was at the first call of submit. Define functions "
            "and classes before, or import them from a module",
        )
        raise


def run(data: bytes, state: tuple, number: int, seed: int, attempt: int) -> tuple:
    """Run a call; (outcome, bytes)."""
    _native.enter_call(number, seed, attempt)
    try:
        function, args, kwargs = _load(data)
        with _strays.ended():
            value = function(*state, *args, **kwargs)
        kind, data = VALUE, pickle_value(value)
    except BaseException as error:
        kind, data = RAISED, pickle.dumps(_exceptions.describe(error), protocol=5)
    finally:
        asked = _native.leave_call()
    return kind | asked << ASKED_BITS, data


def complete(future, outcome: int, data: bytes, options: Options) -> None:
    """Give a future what has come of its call."""
    if future._state == "PENDING":
        future.set_running_or_notify_cancel()
    if outcome & KIND == NOT_RUN:
        future.set_exception(options.not_run())
        return
    try:
        answer = pickle.loads(data)
    except BaseException as error:
        failure = TaskError(
            "the call's value, or its exception, cannot be read here: "
            f"{type(error).__name__}: {error}"
        )
        failure.__cause__ = error
        future.set_exception(failure)
        return
    if outcome & KIND == RAISED:
        future.set_exception(_exceptions.restore(_native.ETASK, *answer))
    else:
        future.set_result(answer)
