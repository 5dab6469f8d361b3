"""The calls of an executor in the thread that submits them: in a task, in a call of
another executor, and if COHORT_BACKEND is "serial"."""

from __future__ import annotations

import pickle
import time

from . import _exceptions, _native, _strays
from ._executor_future import Future
from ._executor_journal import UNKNOWN, Journal
from ._executor_options import Options
from ._executor_outcome import ASKED_BITS, RAISED, VALUE, pickle_value
from .errors import StateError, TaskError


class HereAndNow:
    """As Calls, without a process."""

    def __init__(self, options: Options):
        self.options = options
        self.state: list | None = None
        self.closing = False
        self.journal: Journal | None = None

    def check_open(self) -> None:
        if self.closing:
            raise StateError("cannot schedule new futures after shutdown")

    def submit(self, future: Future, function, args: tuple, kwargs: dict) -> None:
        self.check_open()
        future.set_running_or_notify_cancel()
        if self.options.is_over():
            future.set_exception(self.options.not_run())
            return
        begin = time.monotonic()
        try:
            value, asked = self.run(future._number, function, args, kwargs)
            self.keep_value(future, asked, value, begin)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            data = pickle.dumps(_exceptions.describe(error), protocol=5)
            self.keep(future, RAISED | UNKNOWN << ASKED_BITS, data, begin)
            future.set_exception(error)
        else:
            future.set_result(value)

    def keep_value(self, future: Future, asked: int, value, begin: float) -> None:
        try:
            data = pickle_value(value) if self.journal else b""
        except TaskError:
            return  # it is good here, and cannot be kept
        self.keep(future, VALUE | asked, data, begin)

    def keep(self, future: Future, outcome: int, data: bytes, begin: float) -> None:
        if self.journal:
            self.journal.add(future, outcome, data, time.monotonic() - begin, 0)

    def run(self, number: int, function, args: tuple, kwargs: dict) -> tuple:
        """(value, what the call has asked for, as a part of an outcome)"""
        if self.state is None:
            first = self.options.first()
            with _strays.ended():
                self.state = [first() if first else None]
        state = self.state if self.options.has_state else ()
        _native.enter_call(number, self.options.seed, 0)
        try:
            with _strays.ended():
                value = function(*state, *args, **kwargs)
        finally:
            asked = _native.leave_call()
        return value, asked << ASKED_BITS

    def close(self, terminate: str = "") -> None:
        if self.options.teardown and self.state and not self.closing:
            self.options.teardown(self.state[0])
        self.closing = True
        if self.journal:
            self.journal.close()

    def pending(self) -> list:
        return []

    def join(self) -> None:
        pass
