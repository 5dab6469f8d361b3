"""Functions around the caller's: several parameters as one task of the library,
which is less overhead for short tasks, and parameters that are tuples of arguments."""

from __future__ import annotations

import pickle

from . import _native, _options, _strays, task
from ._exceptions import describe

UNPICKLABLE = "returned a value that cannot be pickled"


class Failed:
    """In the place of a value: what is kept of an exception."""

    __slots__ = ("kept", "sentence")

    def __init__(self, sentence: str, kept):
        self.sentence = sentence
        self.kept = kept

    def __reduce__(self):
        return Failed, (self.sentence, self.kept)


class Chunk:
    """Calls a function for each parameter of a chunk."""

    def __init__(self, function, length: int, seed: int, has_state: bool):
        self.function = function
        self.length = length
        self.seed = seed
        self.has_state = has_state
        self.offset = 0
        self.depth = 0

    def __call__(self, *args) -> tuple:
        """(sentence of the first failure or None, list of values)."""
        outer, task.chunk = task.chunk, self
        before, self.depth = self.depth, _native.task_depth()
        try:
            return self._run(*args)
        finally:
            task.chunk = outer
            self.depth = before

    def _run(self, *args) -> tuple:
        *state, params = args
        function = self.function
        sentence, values = None, []
        process = _strays.process
        for self.offset, param in enumerate(params):
            try:
                values.append(function(*state, param))
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                if _strays.process != process:
                    _strays.end(error)
                failed = Failed(*describe(error))
                sentence = sentence or failed.sentence
                values.append(failed)
            if _strays.process != process:
                _strays.end(None)
        return sentence, values


    def without_unpicklable(self, values: list) -> tuple:
        """As __call__, of a chunk some of whose values cannot be pickled."""
        sentence = None
        start = _native.task_position() * self.length
        for offset, value in enumerate(values):
            try:
                pickle.dumps(value, protocol=5)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                what = f"task {start + offset} {UNPICKLABLE}"
                value = values[offset] = Failed(*describe(error, what))
            if isinstance(value, Failed):
                sentence = sentence or value.sentence
        return sentence, values


def cut(params: list, length: int) -> list:
    """The chunks of a list."""
    return [params[at : at + length] for at in range(0, len(params), length)]


class Star:
    """Calls a function with the items of its last argument."""

    def __init__(self, function):
        self.__wrapped__ = _options.function("f", function)

    def __call__(self, *args):
        *state, param = args
        return self.__wrapped__(*state, *param)
