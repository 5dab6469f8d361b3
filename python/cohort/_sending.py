"""How a job's functions get to the workers of a job of MPI after its first map: by
their names, and by cloudpickle where it is there."""

from __future__ import annotations

import copy
import io
import pickle
import sys

from ._job import Job
from .errors import InvalidArgument

LESSON = (
    "after a job's first map, functions are pickled for its workers, which have run "
    "the script up to that map: define them before it, at the top of a module or of "
    "the script, or install cloudpickle"
)


def _fingerprint(function) -> tuple | None:
    """What tells two versions of a function apart."""
    code = getattr(function, "__code__", None)
    return code and (code.co_firstlineno, code.co_code, code.co_names)


def _check_version(function, fingerprint):
    """The function, if it is the one that was pickled."""
    if _fingerprint(function) != fingerprint:
        raise AttributeError(f"{function.__qualname__} was another function then")
    return function


class _Pickler(pickle.Pickler):
    """Pickles a job. A function that every rank has from the first map is sent as
    its name in that job."""

    def __init__(self, file, first: Job | None):
        super().__init__(file, protocol=5)
        self.first = first

    def persistent_id(self, thing):
        for name in ("function", "build", "teardown"):
            if thing is not None and thing is getattr(self.first, name, None):
                return name
        return None

    def reducer_override(self, thing):
        if not hasattr(thing, "__code__") or thing.__module__ != "__main__":
            return NotImplemented
        # By its name, as pickle does it; then the versions are compared.
        return _check_version, (_ByName(thing), _fingerprint(thing))


class _ByName:
    """A function of the script, as its name."""

    def __init__(self, function):
        self.function = function

    def __reduce__(self):
        name = self.function.__qualname__
        if _find(name) is not self.function:
            raise pickle.PicklingError(f"{name} is not at the top of the script")
        return _find, (name,)


def _find(name: str):
    """The function of the script with this name."""
    found = sys.modules["__main__"]
    for part in name.split("."):
        found = getattr(found, part)
    return found


class Unpickler(pickle.Unpickler):
    def __init__(self, file, first: Job | None):
        super().__init__(file)
        self.first = first

    def persistent_load(self, name):
        return getattr(self.first, name)


def pickles(job: Job, first: Job | None):
    """Pickles of a job: the first one that all ranks can read will do."""
    job = copy.copy(job)
    job.progress = False
    problem = None
    try:
        file = io.BytesIO()
        _Pickler(file, first).dump(job)
        yield file.getvalue()
    except Exception as error:
        problem = error
    try:
        import cloudpickle
    except ImportError:
        cloudpickle = None
    if cloudpickle is not None:
        try:
            yield cloudpickle.dumps(job, protocol=5)
            return
        except Exception as error:
            problem = error
    if problem is not None:
        raise InvalidArgument(
            f"{job.function!r} cannot be sent to the workers: {problem}; {LESSON}"
        ) from problem
