"""Arrays of numbers between ranks, without pickling, and objects that hold arrays."""

from array import array
from fractions import Fraction

import numpy
import pytest

import cohort

TYPES = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", "?"]


@pytest.mark.parametrize("size", [1, 3])
def test_bcast_array_in_place(size):
    with cohort.open(size) as group:
        for kind in TYPES:
            root = size - 1
            wanted = (numpy.arange(1000).reshape(10, 100) % 2).astype(kind)
            mine = wanted.copy() if group.rank == root else numpy.zeros_like(wanted)
            assert group.bcast_array(mine, root=root) is mine
            assert (mine == wanted).all()
        empty = numpy.zeros((0, 5))
        assert group.bcast_array(empty) is empty
        plain = array("d", [group.rank] * 3)
        assert group.bcast_array(plain) == array("d", [0] * 3)


def test_the_root_may_have_an_array_that_is_read_only():
    with cohort.open(2) as group:
        mine = numpy.full(5, group.rank)
        mine.flags.writeable = group.rank == 1
        assert (group.bcast_array(mine) == 0).all()


OPERATIONS = {
    "sum": numpy.sum, "prod": numpy.prod, "min": numpy.min, "max": numpy.max,
    "land": numpy.all, "lor": numpy.any, "band": numpy.bitwise_and.reduce,
    "bor": numpy.bitwise_or.reduce, "bxor": numpy.bitwise_xor.reduce,
}  # fmt: skip


def test_allreduce():
    with cohort.open(3) as group:
        for op, function in OPERATIONS.items():
            for kind in TYPES[:-1]:
                if kind[0] == "f" and op[0] == "b":
                    continue
                all_of = [
                    ((numpy.arange(60) * 7 + rank * 3) % 5).astype(kind)
                    for rank in range(3)
                ]
                mine = all_of[group.rank]
                before = mine.copy()
                found = group.allreduce(mine, op)
                wanted = function(numpy.stack(all_of), axis=0).astype(kind)
                assert found.dtype == kind and (found == wanted).all()
                assert (mine == before).all()
                out = numpy.empty_like(mine)
                assert group.allreduce(mine, op, out=out) is out
                assert (out == wanted).all()
                assert group.allreduce(mine, op, out=mine) is mine
                assert (mine == wanted).all()


def test_allreduce_of_numbers():
    with cohort.open(3) as group:
        assert group.allreduce(group.rank) == 3
        assert type(group.allreduce(group.rank)) is int
        assert group.allreduce(group.rank + 0.5, "max") == 2.5
        assert group.allreduce(array("i", [group.rank, 1])) == array("i", [3, 3])
        transposed = numpy.asfortranarray(numpy.full((4, 3), 2.0))
        assert (group.allreduce(transposed) == 6.0).all()


def exact(values):
    return float(sum(map(Fraction, values)))


def test_sum_is_exact():
    values = [1e308, 1.0, -1e308, 1e-300, 0.1] * 7
    with cohort.open(3) as group:
        mine = values[group.rank :: 3]
        wanted = exact(values)
        assert group.sum(mine) == wanted
        assert group.sum(numpy.array(mine)) == wanted
        assert group.sum(numpy.array(mine * 2)[::2]) == exact(
            x for rank in range(3) for x in (values[rank::3] * 2)[::2]
        )
        assert group.sum(range(3)) == 9.0
        assert group.sum([]) == 0.0


def test_bad_arrays():
    with cohort.open(backend="serial") as group:
        for bad in (numpy.zeros(3, "c16"), numpy.zeros(3, ">i4"), numpy.array(["a"])):
            with pytest.raises(TypeError, match="format"):
                group.bcast_array(bad)
        with pytest.raises((BufferError, ValueError)):
            group.bcast_array(numpy.zeros((4, 4))[:, ::2])
        with pytest.raises(TypeError):
            group.allreduce([1, 2])
        with pytest.raises(ValueError, match="'sum'"):
            group.allreduce(1, "plus")
        with pytest.raises(cohort.InvalidArgument, match="band"):
            group.allreduce(1.0, "band")
        with pytest.raises(cohort.InvalidArgument, match="1180591620717411303424"):
            group.allreduce(2**70)


def test_allreduce_out_has_the_type_of_the_value():
    with cohort.open(backend="serial") as group:
        for value, out, names in (
            ("f8", "i8", "out holds int64, and value float64"),
            ("f4", "u4", "out holds uint32, and value float32"),
            ("i4", "u4", "out holds uint32, and value int32"),
            ("i4", "i8", "out holds int64, and value int32"),
            ("f8", "f4", "out holds float32, and value float64"),
        ):
            kept = numpy.full(4, 7, out)
            with pytest.raises(cohort.InvalidArgument, match=names):
                group.allreduce(numpy.ones(4, value), out=kept)
            assert (kept == 7).all()
        # The same numbers, by another letter of the buffer's format.
        for value, out in (("l", "q"), ("q", "l"), ("L", "Q"), ("i", "i")):
            found = array(out, [0, 0])
            group.allreduce(array(value, [1, 2]), out=found)
            assert found == array(out, [1, 2])
        found = numpy.zeros(2, "i8")
        group.allreduce(array("q", [1, 2]), out=found)
        assert found.tolist() == [1, 2]
        with pytest.raises(cohort.InvalidArgument, match="out holds 'Zd', and value"):
            group.allreduce(numpy.ones(2), out=numpy.ones(1, "c16"))


def test_objects_with_arrays_are_not_copied_more_than_needed():
    with cohort.open(3) as group:
        thing = {"small": numpy.arange(3), "large": numpy.arange(300_000.0), "n": 5}
        got = group.bcast(thing if group.is_root else None)
        assert (got["large"] == numpy.arange(300_000.0)).all() and got["n"] == 5
        got["large"][0] = 7  # it may be written
        if not group.is_root:
            assert not got["large"].flags.owndata
            assert got["large"].ctypes.data % 16 == 0
        parts = group.allgather(numpy.full(1000, group.rank))
        assert [int(part[-1]) for part in parts] == [0, 1, 2]
        gathered = group.gather((numpy.full(1000, group.rank), "x"), root=1)
        if group.rank == 1:
            assert [int(part[0][-1]) for part in gathered] == [0, 1, 2]


def test_allreduce_of_numbers_and_arrays_of_other_sizes():
    with cohort.open(2) as group:
        for one, type_ in ((numpy.int64(3), int), (numpy.float32(1.5), float)):
            found = group.allreduce(one)
            assert found == 2 * one and type(found) is type_
        with pytest.raises(cohort.InvalidArgument, match="out is for arrays"):
            group.allreduce(3, out=numpy.zeros(1))
        kept = numpy.zeros(3)
        with pytest.raises(cohort.InvalidArgument, match="24 bytes, and value 16"):
            group.allreduce(numpy.ones(2), out=kept)
        assert (kept == 0).all()
