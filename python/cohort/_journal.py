"""What a journal's results depend on beside the parameters: the functions, and the
values that they have with them; see _contents.py.

The digest of these is in `job.identity`, so that the library refuses the
journal of another function. If the caller says that a changed function computes the
same results (rebuilt_ok), the journal keeps its identity, and the file `note` in
its folder has the digests of all functions that it is good for.
"""

from __future__ import annotations

import hashlib
import json
import os
import re

from ._contents import Unknown, digest_of
from .errors import InvalidArgument

NOTE = "note"
# Changes when values or chunks are written in another way.
FORMAT = "cohort for Python, format 2"

_UNKNOWN = (
    "a journal cannot know whether f and build are those of its results, since they "
    "have a value that cannot be pickled with them ({}): make it in build, or set "
    "rebuilt_ok=True if the results do not depend on it"
)


def source_digest(job) -> str:
    """The digest of all functions whose results a journal keeps."""
    digest = hashlib.sha256()
    for function in (job.function, job.build):
        try:
            digest.update(digest_of(function, job.rebuilt_ok))
        except Unknown as error:
            raise InvalidArgument(_UNKNOWN.format(error)) from None
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
        "of functions with another source or other values: f or build has changed, "
        "or an object, a default or a variable of a closure that it has with it (set "
        "rebuilt_ok=True if they compute the same results)",
        sentence,
    )
