"""Whose turn it is: groups of one process share one world, so one sweep runs at a
time."""

from __future__ import annotations

import threading
import weakref

from . import _native

# Of the threads of this process. A sweep in a task belongs to the thread that has it.
_turn = threading.RLock()

# The iterators of stream.py whose sweeps have not ended.
open_streams: weakref.WeakSet = weakref.WeakSet()


def turn():
    """Held while a sweep runs."""
    return _turn


def make_way() -> None:
    """Before a sweep: end those of iterators that this thread has left open."""
    if not _native.task_depth():
        for stream in list(open_streams):
            stream._make_way()
