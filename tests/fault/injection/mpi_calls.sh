#!/bin/sh
# The functions of MPI that a module calls: MPI_CALL(name) for each.
#
#   mpi_calls.sh NM MODULE OUTPUT
set -eu
"$1" -D --undefined-only "$2" |
	sed -n 's/^.* U \(MPI_[A-Za-z_]*\).*$/MPI_CALL(\1)/p' >"$3"
grep -q 'MPI_CALL(MPI_Finalize)' "$3"
