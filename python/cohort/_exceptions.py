"""Exceptions of tasks, on their way from a worker to the caller."""

from __future__ import annotations

import pickle
import sys
import traceback

from .errors import TaskError, make_error

LONGEST = 1000  # characters of a sentence


class RemoteTraceback(Exception):
    """The traceback of an exception that was raised in another process, as text.
    It is the __cause__ of the exception."""

    def __init__(self, text: str):
        super().__init__(text)

    def __str__(self) -> str:
        return f'\n"""\n{self.args[0]}"""'


def _pickled(error: BaseException) -> bytes | None:
    """The pickle of an exception; None if it cannot be read again."""
    try:
        data = pickle.dumps(error, protocol=5)
        pickle.loads(data)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return None
    return data


def text_of(error: BaseException) -> str:
    """str(error), whatever its class has made of that."""
    try:
        return str(error)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return f"a {type(error).__name__} that has no text"


def describe(error: BaseException, what: str | None = None) -> tuple:
    """What is kept of a task's exception: one sentence, and what `restore` needs.

    what  has gone wrong, if it was not the task that raised: then the sentence
          says so, and the exception becomes a TaskError
    """
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    sentence = f"{type(error).__name__}: {text_of(error)}"
    if what is not None:
        sentence = f"{what}: {sentence}"
    sentence = sentence.encode("utf-8", "replace").decode().replace("\0", "?")
    data = None if what is not None else _pickled(error)
    return sentence[:LONGEST], (data, "".join(lines))


def tell(what: str, error: BaseException) -> None:
    """Print an exception that goes no further."""
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    sys.stderr.write(f"cohort: {what}:\n{''.join(lines)}")
    sys.stderr.flush()


def restore(status: int, sentence, kept) -> BaseException:
    """The exception of a task that has no value.

    status    of the library
    sentence  of the library; or the exception that was raised when the value
              should be read
    kept      what `describe` kept; None if the task did not raise
    """
    if isinstance(sentence, KeyboardInterrupt):
        raise sentence
    if isinstance(sentence, BaseException):
        unread = TaskError(describe(sentence, "its value cannot be unpickled")[0])
        unread.__cause__ = sentence
        return unread
    if not isinstance(kept, tuple):
        return make_error(status, sentence)
    data, text = kept
    error = None
    if data is not None:
        try:
            error = pickle.loads(data)
        except KeyboardInterrupt:
            raise
        except BaseException:
            pass  # the sentence and the traceback are there
    # SystemExit of a task must not end the caller.
    if not isinstance(error, Exception):
        error = TaskError(sentence)
    error.__cause__ = RemoteTraceback(text)
    if isinstance(error, StopIteration):  # it would end a loop of the caller
        stop, error = error, TaskError(sentence)
        error.__cause__ = stop
    return error
