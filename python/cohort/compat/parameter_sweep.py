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
import sys

from .. import _native
from . import _managers
from ._managers import (
    BlocksParallelManager,
    LocalResults,
    SerialParallelManager,
    WorkersParallelManager,
)
from ._peers import PeersParallelManager, group_here

__all__ = [
    "BlocksParallelManager",
    "LocalResults",
    "PeersParallelManager",
    "SerialParallelManager",
    "WorkersParallelManager",
    "register",
]


def _has_peers() -> bool:
    """Whether this process has peers: in a group that is open, or in a job of
    MPI, also without mpi4py."""
    if group_here() is not None:
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
    base = importlib.import_module(f"{package}.parallel_manager").ParallelManager
    for manager in (
        WorkersParallelManager, PeersParallelManager, SerialParallelManager,
    ):  # fmt: skip
        base.register(manager)
    _managers.local_results = importlib.import_module(f"{package}.results").LocalResults
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
