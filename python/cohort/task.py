"""What a task can ask about itself."""

from __future__ import annotations

from typing import Any

from . import _native

# The chunk that this process is in; see _chunks.py.
chunk: Any = None


class Task:
    """The task that runs: ``cohort.task()`` gives it to the function of a sweep."""

    __slots__ = ()

    @property
    def index(self) -> int:
        """The position of this task's parameter, from 0. With a journal the
        task's result is good at this index only from now on."""
        return _place(_native.task_index())

    @property
    def position(self) -> int:
        """As ``index``, for messages and names of files: the result must not
        depend on it."""
        return _place(_native.task_position())

    @property
    def seed(self) -> int:
        """A seed for random numbers, 64 bits, which depends on the sweep's seed
        and the task's index only: a sweep has the same results however it is
        run, and any two tasks have unrelated seeds."""
        seed = _native.task_seed()
        if _in_chunk():
            return _native.task_seed_at(chunk.seed, self.index)
        return seed

    @property
    def attempt(self) -> int:
        """The number of earlier attempts at this task: 0 the first time."""
        return _native.task_attempt()

    def rng(self) -> Any:
        """A generator of numpy, made from the seed."""
        import numpy

        return numpy.random.default_rng(self.seed)

    def __repr__(self) -> str:
        return f"<cohort.Task {self.position}>"


def _in_chunk() -> bool:
    return chunk is not None and chunk.depth == _native.task_depth()


def _place(number: int) -> int:
    return number * chunk.length + chunk.offset if _in_chunk() else number


def task() -> Task:
    """The task that runs. Outside the functions of a sweep, or in another thread
    than theirs, it raises cohort.StateError."""
    _native.task_position()
    return Task()
