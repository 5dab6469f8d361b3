"""What Group.allreduce takes: numbers, and arrays of them."""

from __future__ import annotations

import copy
import numbers
from array import array
from typing import Any

from . import _options
from .errors import InvalidArgument

# The operators of allreduce, each at its number in the library.
OPERATORS = ("sum", "prod", "min", "max", "land", "lor", "band", "bor", "bxor")


def _type_of(view: memoryview) -> str:
    """What a buffer holds; types that differ by their letters only have one name."""
    letter = view.format.lstrip("@=<")
    for name, letters in (("int", "bhilqn"), ("uint", "BHILQN"), ("float", "fd")):
        if letter in set(letters):
            return f"{name}{8 * view.itemsize}"
    return repr(letter)


def allreduce(group, value: Any, op: str, out: Any) -> Any:
    """As Group.allreduce says."""
    number = OPERATORS.index(_options.choice("op", op, OPERATORS))
    if isinstance(value, numbers.Real):  # numpy's scalars too
        if out is not None:
            raise InvalidArgument(
                f"out is for arrays, and value is {value!r}: its result is returned"
            )
        one = array("q" if isinstance(value, numbers.Integral) else "d", [value])
        group._allreduce(one, number)
        return one[0]
    if out is None:
        out = value.copy() if hasattr(value, "copy") else copy.copy(value)
    elif out is not value:
        into, own = memoryview(out), memoryview(value)
        if _type_of(into) != _type_of(own):
            raise InvalidArgument(
                f"out holds {_type_of(into)}, and value {_type_of(own)}: "
                "the result has the type of value"
            )
        if into.nbytes != own.nbytes:
            raise InvalidArgument(
                f"out has {into.nbytes} bytes, and value {own.nbytes}: "
                "the result is as large as value"
            )
        into.cast("B")[:] = own.cast("B")
    group._allreduce(out, number)
    return out
