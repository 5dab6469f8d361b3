"""Executors at the interpreter's exit: it waits for their calls, as
concurrent.futures does."""

from __future__ import annotations

import os
import sys
import threading
import weakref

_live: weakref.WeakSet = weakref.WeakSet()
_registered = False


def _forget() -> None:
    """In a forked process: executors belong to the process that made them."""
    global _live
    _live = weakref.WeakSet()


os.register_at_fork(after_in_child=_forget)


def _end_all() -> None:
    # After Ctrl-C the program wants to end.
    interrupted = getattr(sys, "last_type", None) is KeyboardInterrupt
    for calls in list(_live):
        calls.close(terminate="gently" if interrupted else "")
        calls.join()


def at_exit(calls) -> None:
    """Wait for these calls at the interpreter's exit."""
    global _registered
    if not _registered:
        threading._register_atexit(_end_all)
        _registered = True
    _live.add(calls)


def forget_at_exit(calls) -> None:
    _live.discard(calls)
