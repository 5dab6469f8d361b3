"""What Python code has to do around forks: nothing that the parent has in store
may happen twice, neither output, nor exit handlers, nor the removal of folders."""

from __future__ import annotations

import atexit
import gc
import io
import sys
import weakref


def flush_output() -> None:
    """Write out what sys.stdout and sys.stderr hold."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass  # None, closed, or nobody reads it


def flush_files() -> None:
    """Write out what all open files hold, so that ranks that go on to the end of
    the program do not write it once more."""
    for thing in gc.get_objects():
        if isinstance(thing, io.IOBase):
            try:
                if not thing.closed and thing.writable():
                    thing.flush()
            except Exception:
                pass  # whoever writes to it learns of the error


def before() -> None:
    """Before a fork, in the process that forks."""
    flush_output()


def in_new_rank() -> None:
    """In a rank that has just been forked: it inherits no duties at exit."""
    atexit._clear()
    weakref.finalize._registry.clear()
    forget_processes()


def in_new_child() -> None:
    """In a child that runs isolated tasks; it leaves without exit handlers."""
    forget_processes()


def forget_processes() -> None:
    """The parent's processes of multiprocessing are none of this process's, as
    in processes that multiprocessing itself forks."""
    process = sys.modules.get("multiprocessing.process")
    util = sys.modules.get("multiprocessing.util")
    if process is not None:
        process._children = set()
    if util is not None:
        util._finalizer_registry.clear()
        util._run_after_forkers()
        # It has registered this once, when it was imported.
        atexit.register(util._exit_function)


def leave() -> None:
    """Before a rank leaves without exit handlers: end the processes that
    multiprocessing has started in it, and write out what it has printed."""
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util._exit_function()
    flush_output()
