"""The journal of an executor: calls that have ended are not run again in a later run.

The process that submits calls keeps it, wherever they run, in the format of sweeps. A
call is known by the digest of its function, and by the pickle of the
function and of its arguments; build and initializer are in the journal's identity.
"""

from __future__ import annotations

import io
import os
import pickle
import threading
import weakref
from types import FunctionType, SimpleNamespace

from . import _exceptions, _journal, _native
from ._contents import digest_of
from ._executor_future import pickle_call
from ._executor_outcome import ASKED_BITS, KIND, NOT_RUN, RAISED, VALUE
from .errors import Error

# Flags of a record; the first two are also what leave_call returns.
OF_INDEX, OF_SEED, RERUN = 1, 2, 4
UNKNOWN = OF_INDEX | OF_SEED  # of a call that has died


class _Kept:
    """A record of an earlier run."""

    __slots__ = ("data", "failed", "flags", "index", "seed")

    def __init__(self, index, seed, flags, status, data):
        self.index = index
        self.seed = seed
        self.flags = flags
        self.failed = status != 0
        self.data = data

    def is_good(self, index: int, seed: int) -> bool:
        if self.flags & OF_SEED and self.seed != seed:
            return False
        return self.index == index or not self.flags & OF_INDEX


def _stable_pickle(thing) -> bytes:
    """Equal bytes of equal things: without the pickler's memo, if that can be."""
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream, protocol=5)
    pickler.fast = True
    try:
        pickler.dump(thing)
    except Exception:  # it contains itself, or is no thing for pickle
        return pickle_call(thing)
    return stream.getvalue()


_digests: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


def _source_digest(function) -> bytes:
    """Of the function's source, which takes long to find, and its values."""
    function = getattr(function, "__func__", function)  # a method
    known = isinstance(function, FunctionType)
    digest = _digests.get(function) if known else None
    if digest is None:
        # What cannot be pickled is refused when the call is.
        digest = digest_of(function, lax=True)
        if known:
            _digests[function] = digest
    return digest


def key_of(function, args: tuple, kwargs: dict) -> bytes:
    """What a journal knows a call by. Raises what pickle_call does."""
    text = _source_digest(getattr(function, "_cohort_items", function))
    call = function, args, dict(sorted(kwargs.items()))
    return _native.digest(text + _stable_pickle(call))


class Journal:
    """What earlier runs have kept, and what this one adds. Any thread may use it.

    Results of earlier runs are in memory until a call asks for them.
    """

    def __init__(self, folder, options, rerun_failed: bool, rebuilt_ok: bool):
        self.seed = options.seed
        self.folder = folder
        self.rerun_failed = rerun_failed
        self.lock = threading.Lock()
        self.kept: dict[bytes, list[_Kept]] = {}
        self.closed = False
        self.failure: Error | None = None  # of `close`
        job = SimpleNamespace(
            function=options.initializer, build=options.build, journal=folder,
            rebuilt_ok=rebuilt_ok,
        )  # fmt: skip
        identity = _journal.identity(job, "calls")
        try:
            self.native = _native.CallJournal(
                os.fspath(folder), identity, self.seed, bool(rebuilt_ok)
            )
            self.read()
        except Error as error:
            raise self.explained(error) from None

    @staticmethod
    def explained(error: Error) -> Error:
        return type(error)(_journal.explain(error.sentence), error.status)

    def read(self) -> None:
        while True:
            record = self.native.read()
            if record is None:
                return
            digest, *rest = record
            kept = _Kept(*rest)
            known = self.kept.setdefault(digest, [])
            if kept.flags & RERUN:
                self.replace(known, kept.index)
            known.append(kept)

    @staticmethod
    def replace(known: list, index: int) -> None:
        """A record takes the place of one of a call that has failed."""
        failed = [one for one in known if one.failed]
        same = [one for one in failed if one.index == index]
        free = [one for one in failed if not one.flags & OF_INDEX]
        for one in (same or free)[:1]:
            known.remove(one)

    def take(self, digest: bytes, index: int):
        """(outcome, bytes) of a call that an earlier run has kept; None: there is
        none. Each record is the result of one call."""
        with self.lock:
            known = self.kept.get(digest, [])
            best = self.best(known, index)
            if best is None:
                return None
            known.remove(best)
        return (RAISED if best.failed else VALUE), best.data

    def best(self, known: list, index: int):
        """Of the records of those that succeeded, the last one with this index, or
        else the first one; then the same of those that failed."""
        for failed in (False,) if self.rerun_failed else (False, True):
            good = [
                one for one in known
                if one.failed == failed and one.is_good(index, self.seed)
            ]  # fmt: skip
            same = [one for one in good if one.index == index]
            if good:
                return same[-1] if same else good[0]
        return None

    def add(self, call, outcome: int, data: bytes, seconds: float, rank: int) -> None:
        """Keep what has come of a call."""
        failed = outcome & KIND == RAISED
        if call._digest is None or outcome & KIND == NOT_RUN:
            return
        flags = outcome >> ASKED_BITS & UNKNOWN
        if self.rerun_failed:
            flags |= RERUN
        sentence = str(pickle.loads(data)[0]) if failed else ""
        status = _native.ETASK if failed else 0
        with self.lock:
            if self.closed:
                return
            try:
                self.native.write(
                    call._digest, call._number, flags, status, sentence, data, seconds,
                    rank, call._attempt + 1,
                )  # fmt: skip
            except Error:
                pass  # `close` tells it

    def add_failure(self, call, error: Exception, seconds: float, rank: int) -> None:
        """Keep that a call has died."""
        _, kept = _exceptions.describe(error)
        data = pickle.dumps((str(error), kept), protocol=5)
        outcome = RAISED | UNKNOWN << ASKED_BITS
        self.add(call, outcome, data, seconds, rank)

    def close(self) -> None:
        """Let others use the journal."""
        with self.lock:
            if self.closed:
                return
            self.closed = True
            self.kept.clear()
            try:
                self.native.close()
            except Error as error:
                self.failure = self.explained(error)
                _exceptions.tell("the journal of an executor lacks calls", self.failure)

    def check(self) -> None:
        """Raises FileError if the journal lacks calls."""
        if self.failure is not None:
            raise self.failure
