"""Descriptors of at least 3. A program that has closed stdin, stdout or stderr may
still write there: that must not end up in a pipe of this package."""

from __future__ import annotations

import fcntl
import os


def raised(descriptor: int) -> int:
    """A new descriptor, moved if it is one of those three."""
    if descriptor > 2:
        return descriptor
    try:
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
    finally:
        os.close(descriptor)


def pipe() -> tuple:
    """As os.pipe."""
    read, write = os.pipe()
    return raised(read), raised(write)


def pidfd(pid: int) -> int:
    """As os.pidfd_open."""
    return raised(os.pidfd_open(pid))
