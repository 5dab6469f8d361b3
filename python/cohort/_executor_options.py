"""The options of an executor, as cohort.Executor documents them."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field

from . import _native
from ._job import SCHEDULES
from .errors import InvalidArgument, Stopped

MOST_WORKERS = 1 << 14


def _default_workers() -> int:
    ranks = _native.predict(None, 0)[3]
    return ranks if ranks > 0 else len(os.sched_getaffinity(0))


def _check_schedule(schedule) -> None:
    if schedule in (None, "dynamic"):
        return
    if schedule in SCHEDULES:
        raise InvalidArgument(
            f"an executor cannot have the schedule {schedule!r}, which divides a "
            "number of tasks that is known beforehand: its calls are begun in the "
            "order of submit, each by the worker that is free first, as in "
            "cohort.map(..., schedule='dynamic')"
        )
    raise ValueError(f"schedule is {schedule!r}; an executor has 'dynamic'")


def _check_whole(name: str, number, least: int, most: int) -> None:
    if not isinstance(number, int):
        raise TypeError(f"{name} is {number!r}: it is an int")
    if not least <= number <= most:
        raise ValueError(f"{name} is {number}: there are {least} to {most}")


def _check_seconds(name: str, seconds) -> None:
    if seconds is not None and not seconds > 0:
        raise ValueError(f"{name} is {seconds}: it is more than 0 seconds")


@dataclass
class Options:
    """What an executor has to do, in all places where calls may run."""

    workers: int | None
    initializer: object
    initargs: tuple
    build: object
    teardown: object
    schedule: str | None
    isolate: bool
    timeout: float | None
    retries: int
    seed: int
    deadline: float | None
    end: float | None = field(default=None, init=False)  # of time.monotonic

    def __post_init__(self):
        if self.workers is None:
            self.workers = _default_workers()
        _check_whole("max_workers", self.workers, 1, MOST_WORKERS)
        _check_whole("retries", self.retries, 0, 2**31 - 2)
        _check_whole("seed", self.seed, 0, 2**64 - 1)
        _check_seconds("timeout", self.timeout)
        if self.deadline is not None and not self.deadline >= 0:
            raise ValueError(f"deadline is {self.deadline}: it is 0 seconds or more")
        _check_schedule(self.schedule)
        for name in ("initializer", "build", "teardown"):
            one = getattr(self, name)
            if one is not None and not callable(one):
                raise TypeError(f"{name} is {one!r}, which is not callable")
        self.initargs = tuple(self.initargs)
        if self.deadline is not None:
            self.end = time.monotonic() + self.deadline

    @property
    def has_state(self) -> bool:
        return self.build is not None

    @property
    def needs_process(self) -> bool:
        """Whether calls cannot run in the process that submits them."""
        return bool(self.isolate or self.timeout or self.retries)

    def first(self):
        """What a worker calls first, for its state; None: nothing."""
        if self.initializer is None:
            return self.build

        def first():
            self.initializer(*self.initargs)
            return self.build() if self.build else None

        return first

    def is_over(self) -> bool:
        """Whether no call may begin any more."""
        return self.end is not None and time.monotonic() >= self.end

    def not_run(self) -> Stopped:
        """The exception of a call that the deadline has kept from being run."""
        return Stopped(
            f"the call was not run: the deadline of its executor, {self.deadline:g} s "
            "after it was made, was over"
        )
