"""The time limit of an executor's calls. Its manager keeps it.

Workers note when their calls begin, in memory that they share with the manager. It
looks ten times a second, and does not count the time for which it has stopped the
workers (Ctrl-Z), nor that for which it did not run itself: all processes of the job
were stopped then. A timer of the worker's own would go on.
"""

from __future__ import annotations

import mmap
import os
import signal
import time

GRACE = 0.25  # seconds between SIGTERM and SIGKILL
LOOK = 0.1  # seconds between two looks
GAP = 1.0  # longer than a look is late by itself


class Limits:
    def __init__(self, seconds: float, workers: int):
        self.seconds = seconds
        self.stopped = 0.0  # seconds for which the workers did not run
        self.before = 0.0  # the same at the last look
        self.looked = time.monotonic()
        self.next = LOOK  # seconds until the next look
        # For each worker: when its call began; and the same of a call for which it
        # is being killed. 0: none. A store is one of the machine's.
        self.times = memoryview(mmap.mmap(-1, 16 * workers)).cast("d")

    # ---- a worker ----

    def begin(self, place: int) -> None:
        self.times[2 * place] = time.monotonic()

    def end(self, place: int) -> None:
        began = self.times[2 * place]
        self.times[2 * place] = 0.0
        # The signal is under way: it must not meet the next call.
        while self.times[2 * place + 1] == began:
            time.sleep(0.005)

    # ---- the manager ----

    def clear(self, place: int) -> None:
        """Another worker takes this place."""
        self.times[2 * place] = self.times[2 * place + 1] = 0.0

    def add_stop(self, seconds: float) -> None:
        self.stopped += seconds
        self.looked += seconds

    def look(self, workers: dict) -> float | None:
        """End what takes too long. Returns the seconds until the next look; None:
        there is no need."""
        if not self.seconds:
            return None
        now = time.monotonic()
        gap = now - self.looked - self.next
        self.looked = now
        if gap > GAP:
            self.stopped += gap
        self.next = min(LOOK, self.seconds)
        for pid, worker in workers.items():
            left = self.look_at(pid, worker, now)
            self.next = max(min(self.next, left), 0.001)
        self.before = self.stopped
        return self.next

    def look_at(self, pid: int, worker, now: float) -> float:
        """Seconds until the next look at this one."""
        began = self.times[2 * worker.place]
        if worker.ending:
            if now >= worker.ending + GRACE:
                os.kill(pid, signal.SIGKILL)
            return LOOK if now >= worker.ending + GRACE else GRACE
        if not began:
            return LOOK
        if began != worker.began:
            worker.began, worker.stopped = began, self.before
        left = self.seconds - (now - began - (self.stopped - worker.stopped))
        if left > 0:
            return left
        self.times[2 * worker.place + 1] = began
        if self.times[2 * worker.place] != began:
            self.times[2 * worker.place + 1] = 0.0  # it has just ended
            return LOOK
        worker.ending = now
        os.kill(pid, signal.SIGTERM)
        return GRACE
