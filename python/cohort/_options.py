"""Checks of arguments, before anything runs. Each takes the name of a keyword and what
it got, and returns that in the form that the package uses; or it raises TypeError or
InvalidArgument, which is a ValueError, with a sentence that says what is expected."""

from __future__ import annotations

import difflib
import math
import operator
import os
from typing import Any, NoReturn

from .errors import ConfigError, InvalidArgument

BACKENDS = ("auto", "serial", "mp", "mpi")
MOST_INT = 2**31 - 1


def _refuse(kind: type, name: str, value: Any, expected: str) -> NoReturn:
    raise kind(f"{name} is {value!r}: it must be {expected}") from None


def _listed(known) -> str:
    *first, last = map(repr, known)
    return f"{', '.join(first)} or {last}"


def whole(name: str, value: Any, least: int, most: int, expected: str) -> int:
    """A whole number, of anything that is one, such as numpy's."""
    try:
        number = operator.index(value)
    except TypeError:
        _refuse(TypeError, name, value, expected)
    if not least <= number <= most:
        _refuse(InvalidArgument, name, value, expected)
    return number


def _real(name: str, value: Any, expected: str) -> float:
    if not isinstance(value, (str, bytes, bytearray)):
        try:
            return float(value)
        except OverflowError:
            _refuse(InvalidArgument, name, value, expected)
        except (TypeError, ValueError):
            pass
    _refuse(TypeError, name, value, expected)


def timeout(name: str, value: Any) -> float:
    """A limit in seconds; 0 if it is None."""
    expected = "a number of seconds, more than 0, or None for no limit"
    number = 0.0 if value is None else _real(name, value, expected)
    if value is not None and not 0 < number < math.inf:
        _refuse(InvalidArgument, name, value, expected)
    return number


def deadline(name: str, value: Any) -> float:
    """Seconds from now; 0 if it is None, and next to nothing if it is 0."""
    expected = "a number of seconds, 0 or more, or None for no limit"
    number = 0.0 if value is None else _real(name, value, expected)
    if not 0 <= number < math.inf:
        _refuse(InvalidArgument, name, value, expected)
    return number if value is None else max(number, 1e-9)


def group_timeout(name: str, value: Any) -> float:
    """As `seconds`, but -1 is cohort.NO_TIMEOUT, and 0 stands for the default."""
    expected = "a number of seconds, None for the default, or cohort.NO_TIMEOUT"
    number = 0.0 if value is None else _real(name, value, expected)
    if not (0 <= number < math.inf or number == -1):
        _refuse(ConfigError, name, value, expected)
    return number


def function(name: str, value: Any) -> Any:
    """Anything that can be called."""
    if not callable(value):
        _refuse(TypeError, name, value, "a function or another callable")
    return value


def choice(name: str, value: Any, known: tuple) -> Any:
    """One of the known strings."""
    if not isinstance(value, str) or value not in known:
        _refuse(InvalidArgument, name, value, _listed(known))
    return value


def flag(name: str, value: Any, expected: str = "True or False") -> bool:
    """True or False. A string is none: "no" would be true."""
    if value is None or type(value).__name__ in ("bool", "bool_"):
        return bool(value)
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    _refuse(TypeError, name, value, expected)


def progress(name: str, value: Any) -> Any:
    """A flag or a function."""
    if callable(value):
        return value
    return flag(name, value, "True, False or a function")


def folder(name: str, value: Any) -> str | None:
    """A path as a string; None stays None."""
    expected = "the path of a folder, or None"
    if value is None:
        return None
    try:
        path = os.fsdecode(value)
    except TypeError:
        _refuse(TypeError, name, value, expected)
    if not path or "\0" in path:
        _refuse(InvalidArgument, name, value, expected + ", without null characters")
    return path


def backend(name: str, value: Any) -> str | None:
    """The name of a backend; None stays None."""
    expected = f"{_listed(BACKENDS)}, or None"
    if value is not None and not isinstance(value, str):
        _refuse(TypeError, name, value, expected)
    if value is not None and value not in BACKENDS:
        _refuse(ConfigError, name, value, expected)
    return value


def workers(name: str, value: Any) -> int | None:
    """A number of processes; None stays None."""
    expected = "a whole number of processes, 1 or more, or None"
    if value is None:
        return None
    return whole(name, value, 1, MOST_INT, expected)


def parameters(name: str, value: Any) -> list:
    """All parameters."""
    try:
        iterator = iter(value)
    except TypeError:
        _refuse(TypeError, name, value, "an iterable, a list for example")
    return list(iterator)


def check_names(call: str, options: dict, known) -> None:
    """Raises TypeError if there is an option that a call does not have."""
    for name in options:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            hint = f"; is {close[0]!r} meant?" if close else ""
            raise TypeError(f"{call}() has no keyword argument {name!r}{hint}")
