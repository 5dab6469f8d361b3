"""The thread of an iterator of results: it runs the sweep, and puts results into a
queue."""

from __future__ import annotations

import queue
import threading
import time

from ._job import Job
from .errors import StateError

# Results that wait for the caller's loop; then workers wait, too.
MOST_WAITING = 100
PAUSE = 0.001  # seconds


class _Closed(Exception):
    """Nobody wants more results."""


class Feed:
    """What the thread of a stream works on. It does not know the stream, which ends
    when nobody refers to it any more."""

    def __init__(self, job: Job, params: list, stops: bool):
        self.job = job
        self.stops = stops
        self.queue: queue.SimpleQueue = queue.SimpleQueue()
        self.closed = False
        self.gave_way = False  # to another sweep
        self.user = threading.current_thread()  # who has used the iterator last
        self.group = None
        self._params = params
        self.left = -(-len(params) // job.chunk)  # results that are not there yet

    def run(self, run_sweep, ordered) -> None:
        """In the thread: the sweep, and then how it ended."""
        end = None
        try:
            if self._params:
                answer, news = run_sweep(
                    self._opened, on_result=self._put, ordered=ordered, discard=True
                )
                end = self.job.ending(answer, news, self.left == 0)
        except BaseException as error:
            end = error
        self.left = 0
        self.queue.put(end)

    def _opened(self, group) -> None:
        self.group = group
        if self.closed:
            self._end_sweep()

    def _end_sweep(self) -> None:
        """Ranks that go on to something else come to the end of their tasks; other
        workers are ended."""
        if not self.stops:
            self.group.interrupt()
            return
        try:
            self.group.stop()
        except StateError:
            pass  # it has not begun, or is at its end

    def interrupt(self) -> None:
        """End the sweep and its tasks, as Ctrl-C does."""
        if self.group is not None and self.left:
            self.group.interrupt()

    def _put(self, result: tuple) -> None:
        while self.queue.qsize() >= MOST_WAITING and not self.closed:
            time.sleep(PAUSE)
            # A thread that is gone must not keep other threads from their sweeps.
            if not self.user.is_alive():
                self.gave_way = self.closed = True
        if self.closed:
            raise _Closed
        self.left -= 1
        self.queue.put(result)

    def close(self) -> None:
        self.closed = True
        # A sweep that has come to its end is left alone: another one may run.
        if self.group is not None and self.left:
            self._end_sweep()
