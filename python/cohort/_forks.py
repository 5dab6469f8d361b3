"""What Python code has to do around forks: nothing that the parent has in store
may happen twice, neither output, nor exit handlers, nor the removal of folders."""

from __future__ import annotations

import atexit
import gc
import io
import sys
import threading
import weakref

from . import _native
from .errors import StateError

_Writer = io.BufferedWriter


def flush_output() -> None:
    """Write out what sys.stdout and sys.stderr hold."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass  # None, closed, nobody reads it, or not a stream at all


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


def check_interpreters() -> None:
    """Raises StateError if the process cannot be forked: a fork of Python copies
    the main interpreter only, and hangs or aborts where there are others."""
    others = _native.interpreters() - 1
    if others > 0:
        raise StateError(
            f"this process has {others} Python interpreter{'s' * (others > 1)} beside "
            "the main one, and Python cannot fork it: end them first, or use "
            "backend='serial', without isolate, timeout and retries"
        )


def before() -> None:
    """Before a fork, in the process that forks."""
    global _had_threads

    flush_output()
    _had_threads = threading.active_count() > 1
    if _had_threads:
        take_logging()


def in_parent() -> None:
    """After a fork, in the process that has forked."""
    release_logging()


def in_new_rank() -> None:
    """In a rank that has just been forked: it inherits no duties at exit."""
    atexit._clear()
    weakref.finalize._registry.clear()
    _forget_threads()
    forget_processes()


def in_new_child() -> None:
    """In a child that runs isolated tasks; it leaves without exit handlers."""
    _forget_threads()
    forget_processes()


def _forget_threads() -> None:
    """What threads of the parent were doing, which do not exist here."""
    if not _had_threads:
        return
    _taken.clear()  # logging has made its locks anew
    renew_output()
    forget_imports()


_had_threads = False  # at the last fork

# Locks of logging that this process holds around a fork.
_taken: list = []
PATIENCE = 1.0  # seconds


def take_logging() -> None:
    """Take the locks of logging and of its handlers, so that no other thread is
    writing a record: in the new process, the file's own lock would never be
    released. A thread that holds a handler's lock for long is not waited for."""
    logging = sys.modules.get("logging")
    if logging is None:
        return
    handlers = [ref() for ref in list(getattr(logging, "_handlerList", ()))]
    locks = [getattr(logging, "_lock", None)]
    locks += [getattr(handler, "lock", None) for handler in handlers]
    for lock in locks:
        if lock is not None and lock.acquire(timeout=PATIENCE):
            _taken.append(lock)


def release_logging() -> None:
    while _taken:
        _taken.pop().release()


def renew_output() -> None:
    """Make sys.stdout and sys.stderr anew, on the same files: another thread may
    have been writing, and the lock that it held would never be released."""
    for name in ("stdout", "stderr"):
        old = getattr(sys, name)
        if type(old) is not io.TextIOWrapper or type(old.buffer) is not _Writer:
            continue
        new = io.TextIOWrapper(
            _Writer(old.buffer.raw), old.encoding, old.errors, "\n",
            old.line_buffering, old.write_through,
        )  # fmt: skip
        new.mode = "w"
        _native.keep(old)  # its end would close the file
        setattr(sys, name, new)
        if getattr(sys, f"__{name}__") is old:
            setattr(sys, f"__{name}__", new)
        for reference in getattr(sys.modules.get("logging"), "_handlerList", ()):
            if getattr(reference(), "stream", None) is old:
                reference().stream = new


def forget_imports() -> None:
    """Modules that other threads were importing are imported anew by whoever needs
    them here; their locks would never be released."""
    bootstrap = sys.modules.get("_frozen_importlib")
    locks = getattr(bootstrap, "_module_locks", {})
    for name, reference in list(locks.items()):
        owner = getattr(reference(), "owner", None)
        if owner is None or owner == threading.get_ident():
            continue
        del locks[name]
        spec = getattr(sys.modules.get(name), "__spec__", None)
        if getattr(spec, "_initializing", False):
            del sys.modules[name]


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
