"""What Group.allreduce takes: numbers, and arrays of them."""

from __future__ import annotations

import copy
import math
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


def check_buffer(name: str, value: Any, expected: str) -> None:
    """Raises TypeError if a value has no buffer, with what is expected."""
    try:
        memoryview(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}: it must be {expected}") from None


def _of_integers(group, value: Any, op: str) -> int:
    """Of one whole number on each rank; the result may be larger than any rank's."""
    whole = int(value)
    if not -(2**63) <= whole < 2**63:
        raise InvalidArgument(
            f"value is {whole}: it must be a whole number from -2**63 to 2**63 - 1"
        )
    if op == "prod":
        return math.prod(group.allgather(whole))
    # The halves of a sum have room for the carries of all ranks.
    parts = [whole >> 32, whole & 0xFFFFFFFF] if op == "sum" else [whole]
    parts = array("q", parts)
    group._allreduce(parts, OPERATORS.index(op))
    return (parts[0] << 32) + parts[1] if op == "sum" else parts[0]


def allreduce(group, value: Any, op: str, out: Any) -> Any:
    """As Group.allreduce says."""
    number = OPERATORS.index(_options.choice("op", op, OPERATORS))
    if isinstance(value, numbers.Real):  # numpy's scalars too
        if out is not None:
            raise InvalidArgument(
                f"out is for arrays, and value is {value!r}: its result is returned"
            )
        if isinstance(value, numbers.Integral):
            return _of_integers(group, value, op)
        one = array("d", [value])
        group._allreduce(one, number)
        return one[0]
    check_buffer("value", value, "a number, or an array of numbers in C's order")
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
