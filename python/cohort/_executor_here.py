"""The calls of an executor in the thread that submits them: in a task, in a call of
another executor, and if COHORT_BACKEND is "serial"."""

from __future__ import annotations

from . import _native
from ._executor_future import Future
from ._executor_options import Options
from .errors import StateError


class HereAndNow:
    """As Calls, without a process."""

    def __init__(self, options: Options):
        self.options = options
        self.state: list | None = None
        self.closing = False

    def submit(self, number: int, function, args: tuple, kwargs: dict) -> Future:
        future = Future()
        if self.closing:
            raise StateError("cannot schedule new futures after shutdown")
        future.set_running_or_notify_cancel()
        if self.options.is_over():
            future.set_exception(self.options.not_run())
            return future
        try:
            value = self.run(number, function, args, kwargs)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(value)
        return future

    def run(self, number: int, function, args: tuple, kwargs: dict):
        if self.state is None:
            first = self.options.first()
            self.state = [first() if first else None]
        state = self.state if self.options.has_state else ()
        _native.enter_call(number, self.options.seed, 0)
        try:
            return function(*state, *args, **kwargs)
        finally:
            _native.leave_call()

    def close(self, terminate: str = "") -> None:
        if self.options.teardown and self.state and not self.closing:
            self.options.teardown(self.state[0])
        self.closing = True

    def pending(self) -> list:
        return []

    def join(self) -> None:
        pass
