"""A sweep: its options, and how it is run on a group."""

from __future__ import annotations

import io
import pickle
import sys
from dataclasses import dataclass, field, fields

from . import _chunks, _forks, _journal, _native, _options, results
from ._exceptions import RemoteTraceback
from .errors import InvalidArgument, Stopped, make_error

SCHEDULES = {None: 0, "static": 1, "dynamic": 2, "guided": 3}

# What _scatter gathers.
NO_RESULTS, TO_ROOT, TO_ALL = range(3)


@dataclass
class Job:
    """The function of a sweep, and the options that cohort.map documents."""

    function: object
    build: object = None
    teardown: object = None
    schedule: str | None = "dynamic"
    chunk: int = 1
    isolate: bool = False
    timeout: float | None = None
    retries: int = 0
    journal: str | None = None
    seed: int = 0
    deadline: float | None = None
    rerun_failed: bool = False
    rebuilt_ok: bool = False
    unique: bool = False
    on_error: str = "raise"
    progress: object = False
    identity: bytes = field(default=b"", init=False)
    news: object = field(default=None, init=False)  # see _builds.py

    def __post_init__(self):
        check = _options
        check.function("f", self.function)
        for name in ("build", "teardown"):
            if getattr(self, name) is not None:
                check.function(name, getattr(self, name))
        if self.schedule is not None:
            check.choice("schedule", self.schedule, tuple(SCHEDULES)[1:])
        check.choice("on_error", self.on_error, ("raise", "keep"))
        for name in ("isolate", "rerun_failed", "rebuilt_ok", "unique"):
            setattr(self, name, check.flag(name, getattr(self, name)))
        self.timeout = check.timeout("timeout", self.timeout)
        self.deadline = check.deadline("deadline", self.deadline)
        self.chunk = check.whole(
            "chunk", self.chunk, 1, sys.maxsize, "a whole number, 1 or more"
        )
        self.retries = check.whole(
            "retries", self.retries, 0, check.MOST_INT, "a whole number, 0 or more"
        )
        self.seed = check.whole(
            "seed", self.seed, 0, 2**64 - 1,
            "a whole number from 0 to 2**64 - 1",
        )  # fmt: skip
        self.journal = check.folder("journal", self.journal)
        self.progress = check.progress("progress", self.progress)

    @classmethod
    def of(cls, call: str, function, options: dict) -> Job:
        """The job of a call whose options are these keywords."""
        known = [one.name for one in fields(cls) if one.init]
        _options.check_names(call, options, known[1:])
        return cls(function, **options)

    @property
    def in_children(self) -> bool:
        """Whether tasks run in child processes of the ranks."""
        return bool(self.isolate or self.timeout or self.retries)

    def check_forks(self) -> None:
        """Raises StateError if tasks need child processes that cannot be had."""
        if self.in_children:
            _forks.check_interpreters()

    def scatter(
        self, group, params: list, *, gather, leave,
        in_memory=False, blobs=None, idle_root=False, on_result=None, ordered=False,
        discard=False,
    ):  # fmt: skip
        """Run the sweep, and return what Group._scatter does.

        in_memory  every rank has `params`, because it was forked with them
        blobs      what `blobs` returns on rank 0; None: not called yet
        idle_root  rank 0 runs no task, unless it is alone
        """
        self.check_forks()
        function, tasks = self.function, params
        if self.chunk > 1:
            function = _chunks.Chunk(
                function, self.chunk, self.seed, self.build is not None
            )
            tasks = _chunks.cut(params, self.chunk)
        in_memory = in_memory and self.journal is None and not self.unique
        if not in_memory and blobs is None:
            blobs = self.blobs(params) if group.is_root else []
        answer = group._scatter(
            function=function,
            params=tasks if in_memory else None,
            blobs=blobs,
            count=len(tasks),
            build=self.news.build if self.news else self.build,
            teardown=self.teardown,
            on_result=on_result,
            in_chunks=self.chunk > 1,
            schedule=SCHEDULES[self.schedule],
            isolate=self.in_children,
            timeout=self.timeout,
            retries=self.retries,
            journal=self.journal,
            seed=self.seed,
            deadline=self.deadline,
            identity=self.identity,
            rerun_failed=self.rerun_failed,
            rebuilt_ok=self.rebuilt_ok,
            unique=self.unique,
            ordered=ordered,
            discard=discard,
            idle_root=idle_root,
            gather=gather,
            leave=leave,
        )
        return _with_halts(group, answer)

    def blobs(self, params: list) -> list:
        """The pickled parameter of each task."""
        if self.chunk > 1:
            params = _chunks.cut(params, self.chunk)
        blobs = []
        for index, one in enumerate(params):
            try:
                blobs.append(self._pickle(one))
            except Exception as error:
                what = "chunk" if self.chunk > 1 else "parameter"
                raise InvalidArgument(
                    f"{what} {index} cannot be pickled: {error}"
                ) from error
        return blobs

    def _pickle(self, param) -> bytes:
        """The bytes of a parameter. A journal knows tasks by them, so equal
        parameters should have equal bytes: they should not depend on which parts
        are the same object, which the pickler's memo does."""
        if self.journal is None and not self.unique:
            return pickle.dumps(param, protocol=5)
        stream = io.BytesIO()
        pickler = pickle.Pickler(stream, protocol=5)
        pickler.fast = True
        try:
            pickler.dump(param)
        except (ValueError, RecursionError):  # it contains itself
            return pickle.dumps(param, protocol=5)
        return stream.getvalue()

    def prepare(self, group=None) -> None:
        """Before `scatter`, with a journal: find the identity; collective in a
        group of ranks that run the same code."""
        if self.journal is None:
            return
        kind = "chunks" if self.chunk > 1 else "single"
        is_root = group is None or group.is_root
        mine = _journal.identity(self, kind) if is_root else None
        self.identity = mine if group is None else group.bcast(mine)

    def outcome(self, answer, params: list, news=None):
        """The Results of what `scatter` returned, or an exception. `news` is of
        the builds of other processes."""
        arrays = answer[4]
        found = None
        if arrays is not None:
            found = results.from_arrays(arrays, params, self.chunk)
        all_ran = found is not None and _all_ran(found)
        error = self.ending(answer, news, all_ran)
        kept = isinstance(error, Stopped) and self.on_error == "keep"
        if error is not None and not kept:
            error.results = found
            raise error
        if self.on_error == "raise":
            found._raise_first()
        return found

    def ending(self, answer, news, all_ran: bool):
        """The exception with which a sweep ended; None if it came to its end."""
        status, sentence, raised, build_error, _, halted = answer
        if raised is not None:
            return raised
        if halted is not None:
            halt = KeyboardInterrupt()
            halt.__cause__ = RemoteTraceback(halted)
            return halt
        if status == _native.EPEER and all_ran:
            return None  # the task that killed its worker has failed, no more
        if not status:
            return None
        error = make_error(status, _journal.explain(sentence))
        if build_error is None and status == _native.EBUILD and news:
            build_error = news.first()
        error.__cause__ = build_error
        return error


def _all_ran(found) -> bool:
    return all(status in (0, _native.ETASK) for status in found._columns[0])


def _with_halts(group, answer: tuple) -> tuple:
    """The answer of a sweep, with the halts that ranks on other machines know of."""
    halts = answer[0] in (_native.ESTOPPED, _native.EBUILD)
    if not halts or group.backend != "mpi" or group.size == 1:
        return answer
    told = [one for one in group.allgather(answer[5]) if one is not None]
    return *answer[:5], told[0] if told else None
