#!/usr/bin/env bash
# The MPIs of this Debian, under programs, library and modules that another one has
# built. Runs in the root folder that run.sh makes.
#
#   mpis.sh BUILD   a folder with lib, conformance, host_sweep and mpi_ranks
#
# Prints a row of the table in docs/backends.md for each MPI.
set -euo pipefail
export LC_ALL=C

build=$(realpath "$1")
export LD_LIBRARY_PATH=$build/lib LINES_TO=$build/lines
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
# More ranks than cores. The second one is for Open MPI from 5 on.
export OMPI_MCA_rmaps_base_oversubscribe=1
export PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
limit=600 # seconds; detects a hang
failures=0

install() {
	apt-get -qq update
	DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
		--no-install-recommends openmpi-bin mpich >/dev/null
}

# attempt MPI RANKS WORD COMMAND...: whether the program says WORD.
attempt() {
	local mpi=$1 ranks=$2 word=$3
	shift 3
	: >"$LINES_TO"
	timeout --kill-after=5 $limit "mpirun.$mpi" -n "$ranks" "$@" \
		>"$build/output" 2>&1 || true
	if grep -q "$word" "$build/output" "$LINES_TO"; then
		printf ' yes |'
	else
		printf ' **no** |'
		tail -n 20 "$build/output" "$LINES_TO" >&2
		failures=$((failures + 1))
	fi
}

version() {
	case $1 in
	openmpi) mpirun.openmpi --version | sed -n 's/.*(.*) /Open MPI /p' ;;
	mpich) mpirun.mpich --version | sed -n 's/.*Version: */MPICH /p' ;;
	esac
}

install
for mpi in openmpi mpich; do
	printf '| %s | Debian %s |' "$(version $mpi)" "$(cat /etc/debian_version)"
	attempt $mpi 3 'conformance: passed' "$build/conformance" --quick
	COHORT_CHECK=1 attempt $mpi 3 'conformance: passed' \
		"$build/conformance" --quick
	COHORT_CHECK=1 COHORT_TEST_NODES=2 attempt $mpi 3 closed \
		"$build/host_sweep" uniform 300 5
	attempt $mpi 2 'rank 0: COHORT_EMISMATCH' "$build/mpi_ranks" truncate
	echo
done
exit $((failures > 0))
