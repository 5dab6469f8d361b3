"""What came of a sweep."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from . import _native
from ._chunks import Failed
from ._exceptions import restore, text_of

T = TypeVar("T")


class Result(NamedTuple):
    """What came of one task.

    status     the library's status: 0 if the task succeeded, cohort.FAILED if it
               failed, or the status with which the sweep ended before it ran
    error      one sentence; "" if the task succeeded
    exception  the task's exception, with its traceback as text in __cause__; a
               cohort.Error if the task died or was not run; None if it succeeded
    value      what the function returned; None if it did not
    seconds    wall time of the last attempt; in chunks the mean of the chunk
    attempts   number of attempts; 0: not run
    rank       of the worker that ran it; -1: not run
    param      the parameter
    """

    index: int  # type: ignore[assignment]
    status: int
    error: str
    exception: BaseException | None
    value: Any
    seconds: float
    attempts: int
    rank: int
    param: Any

    @property
    def ok(self) -> bool:
        """Whether the task has a value."""
        return self.exception is None


class Results(Sequence[T]):
    """The values of a sweep, in the order of its parameters.

    They are a sequence, as a list is: ``len(results)``, ``results[3]``, loops,
    ``in``, and slices, which are lists. It cannot be changed. It equals a list with
    the same values.

    In the place of a value that is missing, because its task failed or was not
    run, there is the exception; ``results`` has the whole story of each task, and
    ``failed`` those of tasks without a value.
    """

    def __init__(self, params, values, exceptions, columns, chunk=1):
        self._params = params
        self._values = values
        self._exceptions = exceptions
        self._columns = columns
        self._chunk = chunk

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, index: Any) -> Any:
        return self._values[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self._values)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Results):
            return self._values == other._values
        return self._values == other

    __hash__ = None  # type: ignore[assignment]

    def _result(self, index: int) -> Result:
        status, rank, attempts, seconds = (
            column[index // self._chunk] for column in self._columns
        )
        if self._chunk > 1:
            seconds /= min(
                self._chunk, len(self) - index // self._chunk * self._chunk
            )
        exception = self._exceptions.get(index)
        error = ""
        if exception is None:
            status = 0
        else:
            error = text_of(exception)
            status = status or _native.ETASK
        return Result(
            index, status, error, exception,
            self._values[index] if exception is None else None,
            seconds, attempts, rank, self._params[index],
        )  # fmt: skip

    @property
    def results(self) -> list[Result]:
        """A Result for each parameter."""
        return [self._result(index) for index in range(len(self))]

    @property
    def failed(self) -> list[Result]:
        """The Results of tasks that failed or were not run."""
        return [self._result(index) for index in sorted(self._exceptions)]

    @property
    def ok(self) -> bool:
        """Whether every task has a value."""
        return not self._exceptions

    def to_pandas(self) -> Any:
        """A DataFrame of pandas: a row for each parameter. Parameters and values
        that are all dicts, or all named tuples, become one column for each key."""
        import pandas

        rows = self.results
        table = {
            name: [getattr(row, name) for row in rows]
            for name in ("status", "error", "seconds", "attempts", "rank")
        }
        columns = {
            **_columns("param", [row.param for row in rows]),
            **_columns("value", [row.value for row in rows]),
        }
        return pandas.DataFrame(
            {**columns, **table}, index=pandas.RangeIndex(len(rows), name="index")
        )

    def _raise_first(self):
        if self._exceptions:
            raise self._exceptions[min(self._exceptions)]

    def __repr__(self) -> str:
        text = repr(self._values) if len(self) <= 10 else (
            f"[{', '.join(map(repr, self._values[:3]))}, ...]"
        )  # fmt: skip
        failed = f", {len(self._exceptions)} without a value" * bool(self._exceptions)
        return f"<cohort.Results of {len(self)} tasks{failed}: {text}>"


def _as_dicts(things: list):
    """The things as dicts with the same keys; None if they are none."""
    dicts = []
    for thing in things:
        if isinstance(thing, tuple) and hasattr(thing, "_asdict"):
            thing = thing._asdict()
        if not isinstance(thing, dict) or not all(isinstance(k, str) for k in thing):
            return None
        dicts.append(thing)
    return dicts


def _columns(name: str, things: list) -> dict:
    known = [thing for thing in things if thing is not None]
    dicts = _as_dicts(known) if known else None
    if not dicts:
        return {name: things}
    keys = dict.fromkeys(key for one in dicts for key in one)
    rows = iter(dicts)
    table = [next(rows) if thing is not None else {} for thing in things]
    taken = {"index", "status", "error", "seconds", "attempts", "rank"}
    if name == "value":
        taken.add("param")
    return {
        (f"{name}_{key}" if key in taken else key): [row.get(key) for row in table]
        for key in keys
    }


def _column(code: str, data: bytes) -> array:
    column = array(code)
    column.frombytes(data)
    return column


def from_arrays(arrays, params: list, chunk: int) -> Results:
    """The Results of what _scatter returns."""
    values, problems, *columns = arrays
    columns = [_column(code, data) for code, data in zip("iiid", columns)]
    exceptions: dict = {}
    if chunk > 1:
        values = _expand(values, problems, columns[0], len(params), chunk, exceptions)
    else:
        for index, problem in problems.items():
            exceptions[index] = restore(columns[0][index], problem, values[index])
    for index, exception in exceptions.items():
        values[index] = exception
    return Results(params, values, exceptions, columns, chunk)


def _expand(chunks, problems, statuses, count, chunk, exceptions) -> list:
    """The values of all chunks in one list."""
    values: list = []
    for number, some in enumerate(chunks):
        start = number * chunk
        if isinstance(some, list):
            values += some
            if number not in problems:
                continue
            for offset, value in enumerate(some):
                if isinstance(value, Failed):
                    exceptions[start + offset] = restore(
                        _native.ETASK, value.sentence, value.kept
                    )
            continue
        end = min(start + chunk, count)
        values += [None] * (end - start)
        for index in range(start, end):
            exceptions[index] = restore(statuses[number], problems[number], some)
    return values
