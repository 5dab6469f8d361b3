"""The manager whose peers are the ranks of a group."""

from __future__ import annotations

import math

import numpy

from .. import _exceptions, _native
from ..group import Group, open_groups
from ..group import open as open_group
from . import _managers


class PeersParallelManager(_managers.Manager):
    """Every rank of a group runs the program, and one block of the parameters.

    group                   a cohort.Group, or None: a group that is open, the ranks
                            of the job of MPI, or processes that are forked here and
                            run the program from here on
    number_of_subprocesses  how many processes to fork; None: one for each core
    kwargs                  are accepted and ignored
    """

    def __init__(self, group=None, number_of_subprocesses=None, **kwargs):
        if not isinstance(group, Group):  # the package passes its module for MPI
            group = group_here() or open_group(number_of_subprocesses, scoped=False)
        self.group = group
        self._results = None

    def get_rank(self) -> int:
        """This process's rank."""
        return self.group.rank

    def number_of_worker_processes(self) -> int:
        """The number of ranks."""
        return self.group.size

    def sync_with_peers(self) -> None:
        """Wait until all peers have come here."""
        self.group.barrier()

    def sync_array_with_peers(self, data) -> None:
        """Give the root's array to all peers, in place.

        data  an array of numpy, or a list: read on the root, written elsewhere; of
              one size on all of them
        """
        if not isinstance(data, numpy.ndarray) or data.dtype.hasobject:
            values = self.group.bcast(data)
            if not self.is_root_process():
                data[:] = values
            return
        block = data if data.flags.c_contiguous else numpy.ascontiguousarray(data)
        self.group._bcast_array(block.reshape(-1).view(numpy.uint8), 0)
        if block is not data and not self.is_root_process():
            data[...] = block

    def sync_pyobject_with_peers(self, obj):
        """The root's object, on all peers. `obj` is ignored elsewhere."""
        return self.group.bcast(obj)

    def combine_data_with_peers(self, data) -> list:
        """The data of all peers, in the order of ranks."""
        return self.group.allgather(data)

    def gather_arrays_to_root(self, sendbuf, recvbuf_spec) -> None:
        """Gather the arrays of all peers in one of the root, in the order of ranks.

        sendbuf       this process's array
        recvbuf_spec  (array, how many elements each peer sends); not read but on
                      the root
        """
        parts = self.group.gather(sendbuf)
        if parts is not None:
            _managers.fill(parts, recvbuf_spec)

    def sum_values_and_sync(self, sendbuf, recvbuf) -> None:
        """Sum values of all peers, exactly, with the same result on each of them.

        sendbuf  this process's values
        recvbuf  of one element: the sum of all values. As long as sendbuf: the sum
                 of each element
        """
        parts = [
            numpy.ravel(part).tolist() for part in self.group.allgather(sendbuf)
        ]
        if len(recvbuf) == 1:
            recvbuf[0] = _sum([value for part in parts for value in part])
            return
        sizes = {len(part) for part in parts}
        if sizes != {len(recvbuf)}:
            raise ValueError(
                f"sums of {len(recvbuf)} elements need as many values of each peer, "
                f"and not {sorted(sizes)}"
            )
        recvbuf[:] = [_sum(column) for column in zip(*parts)]

    def scatter(self, do_build, do_build_kwargs, do_execute, all_parameters) -> None:
        """Build and execute this rank's block of the parameters. If that fails on a
        rank, its exception is raised on all of them.

        do_build         makes the arguments of do_execute, a list
        do_build_kwargs  its keywords
        do_execute       called with some parameters, and with these arguments
        all_parameters   all parameters, a list or an array
        """
        blocks = numpy.array_split(all_parameters, self.group.size)
        block = blocks[self.group.rank]
        results, error, told = None, None, None
        try:
            results = do_execute(block, *do_build(**do_build_kwargs))
        except Exception as raised:
            error = raised
            told = _exceptions.describe(raised)
        failures = [one for one in self.group.allgather(told) if one is not None]
        if error is not None:
            raise error
        if failures:
            sentence, kept = failures[0]
            raise _exceptions.restore(_native.ETASK, sentence, kept)
        self._results = _managers.local_results(self.group.rank, block, results)

    def gather(self) -> list:
        """What came of the last scatter on all ranks, in the order of ranks."""
        return [
            _managers.local_results(rank, *mine)
            for rank, mine in enumerate(
                self.group.allgather((self._results.parameters, self._results.results))
            )
        ]

    def results_from_local_tree(self, results) -> list:
        """Those results that this rank has made."""
        return [one for one in results if one.process_number == self.group.rank]


def _sum(values: list):
    """The exact sum, rounded once."""
    if all(isinstance(value, int) for value in values):
        return sum(values)
    try:
        return math.fsum(values)
    except (OverflowError, ValueError, TypeError):
        return sum(values)  # infinities, or complex numbers


def group_here():
    """A group of several ranks that is open in this process; None: there is none."""
    for group in open_groups:
        if not group.closed and group.size > 1:
            return group
    return None
