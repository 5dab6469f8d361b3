"""What a function computes with, as a digest: its source, and the values that it has
with it, those of its closure, its defaults, its object, and functions among these.

Equal values have equal digests, in another process too. So sets have no order here,
and whether parts are the same object makes no difference.
"""

from __future__ import annotations

import copyreg
import functools
import hashlib
import inspect
import textwrap
from pickle import PickleBuffer
from types import CodeType, FunctionType, MethodType, ModuleType

_PLAIN = (type(None), bool, float, complex, str, bytes, type(Ellipsis))


class Unknown(Exception):
    """A value is no thing for pickle, so that nobody knows what it is."""


def _hash(kind: str, *parts) -> bytes:
    """The digest of parts: buffers, strings and digests."""
    digest = hashlib.sha256(kind.encode())
    for part in parts:
        if isinstance(part, str):
            part = part.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % memoryview(part).nbytes)
        digest.update(part)
    return digest.digest()


def source_of(thing) -> str:
    """The text of a class or of code; empty if there is none."""
    try:
        return textwrap.dedent(inspect.getsource(thing))
    except (OSError, TypeError, IndexError, SyntaxError):
        return ""  # made by exec, or not in Python


def _name_of(thing) -> str:
    if isinstance(thing, ModuleType):
        return thing.__name__
    name = getattr(thing, "__qualname__", None) or type(thing).__qualname__
    return f"{getattr(thing, '__module__', '')}.{name}"


class Contents:
    """Takes digests of things, each once.

    lax  what is no thing for pickle counts by its type, and raises no Unknown
    """

    def __init__(self, lax: bool):
        self.lax = lax
        self.depth = 0
        self.known: dict[int, tuple] = {}  # by id: (the thing, its digest)

    def of_function(self, function) -> bytes:
        """The digest of what a sweep calls: as `of`, and the source of a class or
        of an object's call."""
        if isinstance(function, type):
            return _hash("called", self.of(function), source_of(function))
        call = getattr(type(function), "__call__", None)
        call = self.of(call) if isinstance(call, FunctionType) else b""
        return _hash("called", self.of(function), call)

    def of(self, thing) -> bytes:
        """The digest of anything."""
        if type(thing) in _PLAIN:
            text = thing if isinstance(thing, (str, bytes)) else repr(thing)
            return _hash(type(thing).__name__, text)
        if type(thing) is int:
            return _hash("int", hex(thing))  # of any length
        known = self.known.get(id(thing))
        if known is not None:
            return known[1]
        # What contains itself is known by how deep that is.
        self.known[id(thing)] = (thing, b"cycle %d" % self.depth)
        self.depth += 1
        try:
            digest = self._of_parts(thing)
        finally:
            self.depth -= 1
        self.known[id(thing)] = (thing, digest)
        return digest

    def _of_parts(self, thing) -> bytes:
        kind = type(thing)
        if kind in (tuple, list):
            return _hash(kind.__name__, *(self.of(one) for one in thing))
        if kind in (set, frozenset):
            return _hash(kind.__name__, *sorted(self.of(one) for one in thing))
        if kind is dict:
            pairs = (self.of(one) for pair in thing.items() for one in pair)
            return _hash("dict", *pairs)
        if kind is bytearray or kind is PickleBuffer:
            return _hash("buffer", thing if kind is bytearray else thing.raw())
        if kind is FunctionType:
            return self._of_function(thing)
        if kind is MethodType:
            return _hash("method", self.of(thing.__func__), self.of(thing.__self__))
        if kind is CodeType:
            return self._of_code(thing)
        if isinstance(thing, (type, ModuleType)):
            return _hash("name", _name_of(thing))
        if kind is functools.partial:
            parts = thing.func, thing.args, thing.keywords
            return _hash("partial", *map(self.of, parts))
        return self._of_object(thing)

    def _of_function(self, function: FunctionType) -> bytes:
        code = function.__code__
        text = source_of(code)
        parts = [_hash("source", text)]
        # One line may have several lambdas.
        if not text or code.co_name == "<lambda>":
            parts.append(self.of(code))
        values = function.__defaults__, function.__kwdefaults__
        parts.extend(map(self.of, values))
        for name, cell in zip(code.co_freevars, function.__closure__ or ()):
            parts.append(_hash("variable", name, self._of_cell(name, cell)))
        return _hash("function", *parts)

    def _of_cell(self, name: str, cell) -> bytes:
        try:
            value = cell.cell_contents
        except ValueError:
            return b""  # it has none yet
        try:
            return self.of(value)
        except Unknown as error:
            raise Unknown(f"{name!r}: {error}") from None

    def _of_code(self, code: CodeType) -> bytes:
        """Of the instructions and constants of code; not of where it stands."""
        names = code.co_names, code.co_varnames, code.co_consts
        return _hash("code", code.co_code, *map(self.of, names))

    def _of_object(self, thing) -> bytes:
        """Of what pickle would write."""
        try:
            reduce = copyreg.dispatch_table.get(type(thing))
            parts = reduce(thing) if reduce else thing.__reduce_ex__(5)
            if isinstance(parts, str):
                inner = getattr(thing, "__wrapped__", None)  # of a cache for example
                return _hash("name", _name_of(thing), self.of(inner))
            function, args, state, items, pairs = (*parts, None, None, None)[:5]
            items, pairs = list(items or ()), list(pairs or ())
        except Exception as error:
            if self.lax:
                return _hash("unknown", _name_of(type(thing)))
            raise Unknown(str(error)) from None
        return _hash("object", *map(self.of, (function, args, state, items, pairs)))


def digest_of(function, lax: bool) -> bytes:
    """The digest of a function, and of the values that it has with it. Raises
    Unknown, unless lax."""
    try:
        return Contents(lax).of_function(function)
    except RecursionError:
        if lax:
            return _hash("unknown", _name_of(function))
        raise Unknown("its values refer to each other too deeply") from None
