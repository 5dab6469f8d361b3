"""What a journal's results depend on beside the parameters: the source of the
functions.

The digest of the source is in `job.identity`, so that the library refuses the
journal of another function. If the caller says that a changed function computes the
same results (rebuilt_ok), the journal keeps its identity, and the file `note` in
its folder has the digests of all sources that it is good for.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import os
import re
import textwrap

NOTE = "note"
# Changes when values or chunks are written in another way.
FORMAT = "cohort for Python, format 1"


def source_of(function) -> str:
    """The text of a function, or what stands for it."""
    if isinstance(function, functools.partial):
        return (
            f"partial of {source_of(function.func)} with {function.args!r} "
            f"and {sorted(function.keywords.items())!r}"
        )
    function = inspect.unwrap(function)
    function = getattr(function, "__func__", function)  # a method
    if not hasattr(function, "__code__") and not inspect.isclass(function):
        call = type(function).__call__
        if hasattr(call, "__code__"):
            function = call
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        pass  # made by exec, or not in Python
    code = getattr(function, "__code__", None)
    if code is not None:
        return _code_of(code)
    module = getattr(function, "__module__", "")
    return f"{module}.{getattr(function, '__qualname__', type(function).__qualname__)}"


def _code_of(code) -> str:
    """The instructions and constants of code; not where it stands."""
    constants = [
        _code_of(one) if inspect.iscode(one) else repr(one) for one in code.co_consts
    ]
    return f"{code.co_code.hex()} {constants} {code.co_names} {code.co_varnames}"


def source_digest(job) -> str:
    """The digest of all functions whose results a journal keeps."""
    digest = hashlib.sha256()
    for function in (job.function, job.build):
        text = "" if function is None else source_of(function)
        digest.update(f"{len(text)} {text}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _identity(digest: str, kind: str) -> bytes:
    return f"{FORMAT}, {kind}, {digest}".encode()


def _read(path: str):
    """The digests of the sources that a journal is good for; the first one is in
    its identity. None: there is no note."""
    try:
        with open(path, encoding="utf-8") as file:
            digests = json.load(file)["sources"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return [str(digest) for digest in digests] or None


def _write(path: str, digests: list) -> None:
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"sources": digests}, file)


def identity(job, kind: str) -> bytes:
    """The identity of a job with a journal; on rank 0, which notes it there.
    `kind`: of its tasks: "single", "chunks" or "calls"."""
    digest = source_digest(job)
    folder = os.fspath(job.journal)
    note = os.path.join(folder, NOTE)
    digests = _read(note)
    try:
        if digests is None and not os.path.exists(os.path.join(folder, "identity")):
            os.makedirs(folder, exist_ok=True) if _has_parent(folder) else None
            if os.path.isdir(folder) and not os.listdir(folder):
                _write(note, [digest])
        elif digests and digest not in digests and job.rebuilt_ok:
            digests.append(digest)
            _write(note, digests)
    except OSError:
        pass  # the library says what is wrong with the folder
    if digests and digest in digests:
        digest = digests[0]
    return _identity(digest, kind)


def _has_parent(folder: str) -> bool:
    return os.path.isdir(os.path.dirname(os.path.abspath(folder)))


def explain(sentence: str) -> str:
    """What the library says of another identity, in the words of this package."""
    return re.sub(
        r"with another (job\.)?identity",
        "of functions with another source: f or build has changed (set "
        "rebuilt_ok=True if they compute the same results)",
        sentence,
    )
