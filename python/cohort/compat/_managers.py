"""Managers without peers: the caller alone, or workers."""

from __future__ import annotations

import numpy

from ..errors import BuildError
from ..sweep import map as map_on_workers


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


# What managers make; register() puts the other package's class here.
local_results: type = LocalResults


class Manager:
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
        fill([sendbuf], recvbuf_spec)

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


class SerialParallelManager(Manager):
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
        self._results = local_results(
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


class WorkersParallelManager(Manager):
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
                workers=self.max_number_of_subprocesses,
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
            local_results(number, piece, value)
            for number, (piece, value) in enumerate(zip(self._pieces, self._outcome))
        ]


class BlocksParallelManager(WorkersParallelManager):
    """As WorkersParallelManager, but each worker runs one block of samples in one
    call of do_execute. There is a LocalResults for each block."""

    def _number_of_pieces(self, all_parameters) -> int:
        return self.actual_number_of_subprocesses


def fill(parts: list, recvbuf_spec) -> None:
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
