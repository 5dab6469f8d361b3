"""What a journal's results depend on beside the parameters: the functions, and the
values that they have with them; see _contents.py.

The digest of these is in `job.identity`, so that the library refuses the
journal of another function. If the caller says that a changed function computes the
same results (rebuilt_ok), the journal keeps its identity, and the file `note` in
its folder has the digests of all functions that it is good for.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import stat

from ._contents import Unknown, digest_of
from ._descriptors import raised
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


def _is_own(file: os.stat_result, folder: str) -> bool:
    """Whether a file of the folder is one that this package may have written: a plain
    file with one name, of this user or of the folder's owner."""
    owners = (os.geteuid(), os.stat(folder).st_uid)
    return stat.S_ISREG(file.st_mode) and file.st_nlink == 1 and file.st_uid in owners


def _open(path: str, flags: int, mode: str):
    flags |= os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    return os.fdopen(raised(os.open(path, flags, 0o666)), mode, encoding="utf-8")


def _read(folder: str):
    """The digests of the sources that a journal is good for; the first one is in
    its identity. None: there is no note."""
    try:
        with _open(os.path.join(folder, NOTE), os.O_RDONLY, "r") as file:
            if not _is_own(os.fstat(file.fileno()), folder):
                return None
            digests = json.load(file)["sources"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return [str(digest) for digest in digests] or None


def _write(folder: str, digests: list) -> None:
    """Whatever lies there under these names is replaced and not written to."""
    path = os.path.join(folder, NOTE)
    draft = path + ".new"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(draft)
    with _open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, "w") as file:
        json.dump({"sources": digests}, file)
    os.replace(draft, path)


def identity(job, kind: str) -> bytes:
    """The identity of a job with a journal; on rank 0, which notes it there.
    `kind`: of its tasks: "single", "chunks" or "calls"."""
    digest = source_digest(job)
    folder = os.fspath(job.journal)
    digests = _read(folder)
    try:
        if digests is None and not os.path.exists(os.path.join(folder, "identity")):
            os.makedirs(folder, exist_ok=True) if _has_parent(folder) else None
            if os.path.isdir(folder) and not os.listdir(folder):
                _write(folder, [digest])
        elif digests and digest not in digests and job.rebuilt_ok:
            digests.append(digest)
            _write(folder, digests)
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
