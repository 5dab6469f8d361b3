"""Objects as pieces of memory.

An object is its pickle. Large buffers in it, such as those of numpy's arrays, are
not copied into the pickle (protocol 5): then the pieces are a head, the pickle and
the buffers, each padded so that the next one begins at a multiple of 64 bytes.

    head     8 bytes of zeros, the number of buffers, the bytes of the pickle, and
             the bytes of each buffer, all numbers of 8 bytes
"""

from __future__ import annotations

import pickle
import struct

from .errors import InvalidArgument

ALIGNMENT = 64
MARK = b"\0" * 8  # no pickle begins like that


def pad(count: int) -> int:
    return -count % ALIGNMENT


def dump(obj, dumps=pickle.dumps) -> list:
    """The pieces of an object."""
    buffers: list = []
    data = dumps(obj, protocol=5, buffer_callback=buffers.append)
    if not buffers:
        return [data]
    raw = [buffer.raw() for buffer in buffers]
    sizes = [view.nbytes for view in raw]
    head = MARK + struct.pack(f"={2 + len(sizes)}Q", len(sizes), len(data), *sizes)
    pieces = [head, bytes(pad(len(head))), data, bytes(pad(len(data)))]
    for view in raw:
        pieces += (view, bytes(pad(view.nbytes)))
    return pieces


def dump_given(obj) -> list:
    """The pieces of an object that the caller gave, which may be no thing for
    pickle."""
    try:
        return dump(obj)
    except Exception as error:
        raise InvalidArgument(
            f"obj is {type(obj).__qualname__!r}, and cannot be pickled: {error}"
        ) from error


def load(memory):
    """The object whose pieces lie in `memory`, one after another. Its buffers are
    parts of that memory."""
    view = memoryview(memory)
    if view[:8] != MARK:
        return pickle.loads(view)
    count, length = struct.unpack_from("=2Q", view, 8)
    sizes = struct.unpack_from(f"={count}Q", view, 24)
    at = 24 + 8 * count
    at += pad(at)
    data = view[at : at + length]
    buffers = []
    for size in sizes:
        at += length + pad(length)
        buffers.append(view[at : at + size])
        length = size
    return pickle.loads(data, buffers=buffers)
