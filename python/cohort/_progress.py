"""Progress of a sweep, told by a thread that looks at it now and then."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager

PERIOD = 0.1  # seconds


class _PlainBar:
    """A line on stderr, where there is no tqdm."""

    def __init__(self, total):
        self.total = total
        self.n = 0

    def update(self, more):
        self.n += more
        sys.stderr.write(f"\r{self.n}/{self.total}")
        sys.stderr.flush()

    def close(self):
        sys.stderr.write("\n")


def _bar(total):
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _PlainBar(total)
    return tqdm(total=total)


class _Teller:
    def __init__(self, group, progress, total, chunk):
        self.group = group
        self.total = total
        self.chunk = chunk
        self.end = threading.Event()
        self.told = None
        self.bar = None if callable(progress) else _bar(total)
        self.call = progress if callable(progress) else self._advance

    def _advance(self, counts):
        self.bar.update(min(counts.done + counts.resumed, self.total) - self.bar.n)

    def tell(self):
        counts = self.group.progress()
        if self.chunk > 1:
            counts = counts._replace(
                total=self.total,
                **{
                    name: min(getattr(counts, name) * self.chunk, self.total)
                    for name in ("resumed", "done", "failed")
                },
            )
        if counts != self.told and counts.total:
            self.told = counts
            self.call(counts)

    def run(self):
        while not self.end.wait(PERIOD):
            self.tell()


@contextmanager
def shown(group, progress, total, chunk):
    """Show the progress of the sweep in this block, on rank 0."""
    if not progress or not group.is_root:
        yield
        return
    teller = _Teller(group, progress, total, chunk)
    thread = threading.Thread(target=teller.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        teller.end.set()
        thread.join()
        teller.tell()
        if teller.bar is not None:
            teller.bar.close()
