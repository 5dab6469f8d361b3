"""Ranks of a job of MPI that fail before they use MPI.

Others wait for them in MPI_Init. Open MPI's launcher ends the job then; MPICH's,
Hydra, does so only for processes that have initialised MPI, or are killed by a
signal. So such a rank asks it to.
"""

from __future__ import annotations

import atexit
import os
import stat
import sys

from . import _native

# Set by the first group of MPI.
mpi_is_used = False


def _socket_of_hydra() -> int | None:
    """The socket to the launcher, if that is Hydra and has started this process
    itself: programs that a rank starts have the variables, too."""
    try:
        descriptor = int(os.environ["PMI_FD"])
        if int(os.environ["PMI_SIZE"]) < 2:
            return None
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return None
        with open(f"/proc/{os.getppid()}/comm") as file:
            return descriptor if file.read() == "hydra_pmi_proxy\n" else None
    except (KeyError, ValueError, OSError):
        return None


def watch() -> None:
    """Called when the package is imported."""
    if _socket_of_hydra() is not None:
        atexit.register(_at_exit, os.getpid())


def _at_exit(process: int) -> None:
    if mpi_is_used or "mpi4py.MPI" in sys.modules or os.getpid() != process:
        return
    descriptor = _socket_of_hydra()
    if descriptor is not None:
        _native.abort_job_on_failure(descriptor)
