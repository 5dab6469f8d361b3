"""The managers of the package parameter-sweep (of WaterTAP), on cohort.

    import cohort.compat.parameter_sweep

    cohort.compat.parameter_sweep.register()

From then on that package makes managers of this module wherever it would have made
one of its own. A program can also name one:

    ParameterSweep(parallel_manager_class=WorkersParallelManager,
                   number_of_subprocesses=8, ...)

An exception in ``do_build`` or ``do_execute`` is raised by the manager, with its
traceback, and nothing waits for a worker that has failed or died.
"""

from __future__ import annotations

import importlib
import math
import sys

import numpy

from .. import _exceptions, _native
from ..errors import BuildError
from ..group import Group, open_groups
from ..group import open as open_group
from ..sweep import map as map_on_workers

__all__ = [
    "BlocksParallelManager",
    "LocalResults",
    "PeersParallelManager",
    "SerialParallelManager",
    "WorkersParallelManager",
    "register",
]


class LocalResults:
    """What came of some of the parameters.

    process_number  who ran them: the number of a process, or of a sample
    parameters      the parameters
    results         what do_execute returned for them
    """

    def __init__(self, process_number, parameters, results):
        self.process_number = process_number
        self.parameters = parameters
        self.results = results


class _Manager:
    """What all managers have; a manager without peers needs no more of it."""

    ROOT_PROCESS_RANK = 0

    def is_root_process(self) -> bool:
        """Whether this process is the root of its peers."""
        return self.get_rank() == self.ROOT_PROCESS_RANK

    def get_rank(self) -> int:
        """This process's number among its peers."""
        return self.ROOT_PROCESS_RANK

    def number_of_worker_processes(self) -> int:
        """How many processes run simulations."""
        return 1

    def sync_with_peers(self) -> None:
        """Wait until all peers have come here."""

    def sync_array_with_peers(self, data) -> None:
        """Give the root's array to all peers, in place.

        data  read on the root, written elsewhere; of one size on all of them
        """

    def sync_pyobject_with_peers(self, obj):
        """The root's object, on all peers. `obj` is ignored elsewhere."""
        return obj

    def combine_data_with_peers(self, data) -> list:
        """The data of all peers, in one order on each of them."""
        return [data]

    def gather_arrays_to_root(self, sendbuf, recvbuf_spec) -> None:
        """Gather the arrays of all peers in one of the root.

        sendbuf       this process's array
        recvbuf_spec  (array, how many elements each peer sends); not read but on
                      the root
        """
        _fill([sendbuf], recvbuf_spec)

    def sum_values_and_sync(self, sendbuf, recvbuf) -> None:
        """Sum values of all peers, exactly, with the same result on each of them.

        sendbuf  this process's values
        recvbuf  of one element: the sum of all values. As long as sendbuf: the sum
                 of each element
        """
        recvbuf[:] = sendbuf

    def results_from_local_tree(self, results) -> list:
        """Those results that this process is to look after."""
        return results


class SerialParallelManager(_Manager):
    """Runs everything in this process. Other arguments are accepted and ignored."""

    def __init__(self, **kwargs):
        self._results = None

    def scatter(self, do_build, do_build_kwargs, do_execute, all_parameters) -> None:
        """Call ``do_execute(all_parameters, *do_build(**do_build_kwargs))``.

        do_build         makes the arguments of do_execute, a list
        do_build_kwargs  its keywords
        do_execute       called with some parameters, and with these arguments
        all_parameters   all parameters, a list or an array
        """
        results = do_execute(all_parameters, *do_build(**do_build_kwargs))
        self._results = LocalResults(
            self.ROOT_PROCESS_RANK, all_parameters, results
        )

    def gather(self) -> list:
        """What came of the last scatter: one LocalResults."""
        return [self._results]


class _Build:
    """Makes the arguments of do_execute, once on each worker."""

    def __init__(self, do_build, do_build_kwargs):
        self.do_build = do_build
        self.do_build_kwargs = do_build_kwargs

    def __call__(self):
        return self.do_build(**self.do_build_kwargs)


class _Execute:
    """Runs some parameters on a worker."""

    def __init__(self, do_execute):
        self.do_execute = do_execute

    def __call__(self, arguments, parameters):
        return self.do_execute(parameters, *arguments)


class WorkersParallelManager(_Manager):
    """Runs each sample on whichever worker is free, by ``cohort.map``. There is a
    LocalResults for each sample.

    number_of_subprocesses  how many workers; in a job of MPI its ranks are the
                            workers
    options                 of ``cohort.map``: isolate, timeout, retries, journal and
                            so on
    kwargs                  are accepted and ignored
    """

    def __init__(self, number_of_subprocesses=1, options=None, **kwargs):
        self.max_number_of_subprocesses = number_of_subprocesses
        self.actual_number_of_subprocesses = None
        self._options = dict(options or {})
        self._pieces = []
        self._outcome = None

    def number_of_worker_processes(self) -> int:
        """How many workers run simulations: not more than there are samples."""
        if self.actual_number_of_subprocesses is None:
            return self.max_number_of_subprocesses
        return self.actual_number_of_subprocesses

    def _number_of_pieces(self, all_parameters) -> int:
        return len(all_parameters)

    def scatter(self, do_build, do_build_kwargs, do_execute, all_parameters) -> None:
        """Build on each worker, and execute all parameters. An exception is raised
        by gather.

        do_build         makes the arguments of do_execute, a list
        do_build_kwargs  its keywords
        do_execute       called with some parameters, and with these arguments
        all_parameters   all parameters, a list or an array
        """
        self.actual_number_of_subprocesses = min(
            self.max_number_of_subprocesses, len(all_parameters)
        )
        if self.actual_number_of_subprocesses < 1:
            raise ValueError(
                f"there is nothing to scatter: {len(all_parameters)} parameters, and "
                f"{self.max_number_of_subprocesses} processes"
            )
        self._pieces = numpy.array_split(
            all_parameters, self._number_of_pieces(all_parameters)
        )
        try:
            self._outcome = map_on_workers(
                _Execute(do_execute), self._pieces,
                workers=self.actual_number_of_subprocesses,
                build=_Build(do_build, do_build_kwargs), **self._options,
            )  # fmt: skip
        except Exception as error:
            self._outcome = error

    def gather(self) -> list:
        """What came of the last scatter, in the order of the parameters."""
        error = self._outcome
        if isinstance(error, BuildError) and error.__cause__ is not None:
            error = error.__cause__
        if isinstance(error, Exception):
            raise error
        return [
            LocalResults(number, piece, value)
            for number, (piece, value) in enumerate(zip(self._pieces, self._outcome))
        ]


class BlocksParallelManager(WorkersParallelManager):
    """As WorkersParallelManager, but each worker runs one block of samples in one
    call of do_execute. There is a LocalResults for each block."""

    def _number_of_pieces(self, all_parameters) -> int:
        return self.actual_number_of_subprocesses


class PeersParallelManager(_Manager):
    """Every rank of a group runs the program, and one block of the parameters.

    group                   a cohort.Group, or None: a group that is open, the ranks
                            of the job of MPI, or processes that are forked here and
                            run the program from here on
    number_of_subprocesses  how many processes to fork; None: one for each core
    kwargs                  are accepted and ignored
    """

    def __init__(self, group=None, number_of_subprocesses=None, **kwargs):
        if not isinstance(group, Group):  # the package passes its module for MPI
            group = _group_here() or open_group(number_of_subprocesses, scoped=False)
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
            _fill(parts, recvbuf_spec)

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
        self._results = LocalResults(self.group.rank, block, results)

    def gather(self) -> list:
        """What came of the last scatter on all ranks, in the order of ranks."""
        return [
            LocalResults(rank, *mine)
            for rank, mine in enumerate(
                self.group.allgather((self._results.parameters, self._results.results))
            )
        ]

    def results_from_local_tree(self, results) -> list:
        """Those results that this rank has made."""
        return [one for one in results if one.process_number == self.group.rank]


def _fill(parts: list, recvbuf_spec) -> None:
    """Put the parts, one after another, into the array of a recvbuf_spec."""
    receive, sizes = recvbuf_spec
    assert len(receive) == sum(sizes), (
        "Arrays cannot be gathered: the sizes do not add up to the receive buffer's"
    )
    if len(parts) == 1:
        receive[:] = parts[0][:]
        return
    assert [len(part) for part in parts] == list(sizes), (
        "Arrays cannot be gathered: a peer's is not as long as the sizes say"
    )
    at = 0
    for part in parts:
        receive[at : at + len(part)] = part
        at += len(part)


def _sum(values: list):
    """The exact sum, rounded once."""
    if all(isinstance(value, int) for value in values):
        return sum(values)
    try:
        return math.fsum(values)
    except (OverflowError, ValueError, TypeError):
        return sum(values)  # infinities, or complex numbers


def _group_here():
    """A group of several ranks that is open in this process; None: there is none."""
    for group in open_groups:
        if not group.closed and group.size > 1:
            return group
    return None


def _has_peers() -> bool:
    """Whether this process has peers: in a group that is open, or in a job of
    MPI, also without mpi4py."""
    if _group_here() is not None:
        return True
    status, _, backend, ranks = _native.predict(None, 0)
    if status or backend != "mpi":
        return False
    if ranks > 0:
        return ranks > 1
    # The program has initialised MPI, which knows.
    mpi = sys.modules.get("mpi4py.MPI")
    return mpi is not None and mpi.COMM_WORLD.Get_size() > 1


# Which of ours stands for which of the package's.
_REPLACEMENTS = {
    ("mpi_parallel_manager", "MPIParallelManager"): PeersParallelManager,
    (
        "multiprocessing_parallel_manager",
        "MultiprocessingParallelManager",
    ): WorkersParallelManager,
    (
        "concurrent_futures_parallel_manager",
        "ConcurrentFuturesParallelManager",
    ): BlocksParallelManager,
    (
        "single_process_parallel_manager",
        "SingleProcessParallelManager",
    ): SerialParallelManager,
    ("parallel_manager_factory", "has_mpi_peer_processes"): _has_peers,
}


def register(package: str = "parameter_sweep.parallel") -> None:
    """Put these managers in the place of the package's own, wherever its modules
    have them. They count as subclasses of its ParallelManager. A second call does
    nothing.

    package  the name of the package that has the managers' modules
    """
    global LocalResults
    base = importlib.import_module(f"{package}.parallel_manager").ParallelManager
    for manager in (
        WorkersParallelManager, PeersParallelManager, SerialParallelManager,
    ):  # fmt: skip
        base.register(manager)
    LocalResults = importlib.import_module(f"{package}.results").LocalResults
    ours = {}
    for (module, name), replacement in _REPLACEMENTS.items():
        found = importlib.import_module(f"{package}.{module}")
        ours[id(getattr(found, name))] = replacement
    top = package.partition(".")[0]
    for name, module in list(sys.modules.items()):
        if name == top or name.startswith(top + "."):
            for attribute, value in list(vars(module).items()):
                if id(value) in ours:
                    setattr(module, attribute, ours[id(value)])
