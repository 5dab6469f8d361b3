"""What `build` raises on workers, told to the caller, which builds nothing itself."""

from __future__ import annotations

import os
import pickle
import select
from contextlib import contextmanager

from . import _native
from ._descriptors import pipe
from ._exceptions import describe, restore

MOST = select.PIPE_BUF  # bytes that one write puts into a pipe in one piece


class News:
    """A pipe, into which each worker whose build fails writes once."""

    def __init__(self, build):
        self._build = build
        self._message: bytes | None = None
        self._read, self._write = pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)

    def build(self):
        try:
            return self._build()
        except Exception as error:
            self._tell(error)
            raise

    def _tell(self, error: Exception) -> None:
        sentence, (data, text) = describe(error)
        for kept in ((data, text[-2000:]), (None, text[-2000:])):
            message = pickle.dumps((sentence, kept))
            if len(message) <= MOST:
                try:
                    os.write(self._write, message.ljust(MOST, b"\0"))
                except BlockingIOError:
                    pass  # enough have told
                return

    def read(self) -> News:
        """Take what the first worker has told; the pipe may be closed then."""
        if self._message is None:
            try:
                self._message = os.read(self._read, MOST)
            except BlockingIOError:
                pass
        return self

    def first(self):
        """The exception of the worker that told first; None: none has."""
        message = self.read()._message
        if message is None:
            return None
        sentence, kept = pickle.loads(message)
        return restore(_native.EBUILD, sentence, kept)

    def close(self) -> None:
        os.close(self._read)
        os.close(self._write)


@contextmanager
def told(job, forked: bool):
    """In this block, `job.news` hears of builds that fail, if the workers are
    forked."""
    if job.build is None or not forked:
        yield None
        return
    job.news = News(job.build)
    try:
        yield job.news
    finally:
        job.news.close()
        job.news = None
