#!/usr/bin/env bash
# The tests over several hosts (tests/hosts), with the MPIs of this Debian, under
# programs, library and modules that another one has built. Runs in the root folder
# that run.sh makes.
#
#   hosts.sh BUILD [SUITE...]
#
#   BUILD            a folder with lib, wire, pace, libhosts_ending.so, conformance,
#                    host_sweep, host_rounds, delivered, interrupted, forks and
#                    scoped_rounds
#   SUITE            conformance, sweeps, faults or rounds; all if none is given
set -euo pipefail
export LC_ALL=C

build=$(realpath "$1")
suites=" ${*:2} "
hosts=$(dirname "$0")/../hosts
export MODULE_FOLDER=cohort/$(ls "$build/lib/cohort")
export LD_LIBRARY_PATH=$build/lib WIRE=$build/wire PACE=$build/pace
export ENDING_LIBRARY=$build/libhosts_ending.so
export SCOPED_ROUNDS=$build/scoped_rounds FORKS=$build/forks INTERRUPTED=$build/interrupted
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export COHORT_TEST_ALL=1
failures=0

apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
	openmpi-bin mpich iproute2 procps >/dev/null

# suite NAME SCRIPT WORDS...
suite() {
	[[ "${suites// /}" = "" || $suites = *" $1 "* ]] || return 0
	echo "$mpi: $1"
	shift
	timeout --kill-after=5 1800 "$hosts/hosts.sh" 5 "$hosts/$1" "$mpi" \
		"mpirun.$mpi" "${@:2}" || failures=$((failures + 1))
}

for mpi in openmpi mpich; do
	"mpirun.$mpi" --version | sed -n 1,3p
	for name in conformance sweeps faults; do
		suite "$name" cases.sh "$build/conformance" "$build/host_sweep" \
			"$build/delivered" "$name"
	done
	suite rounds rounds.sh "$build/host_rounds" "$build/host_sweep" \
		"$build/lib/libcohort.so"
done
echo "$failures suites failed"
exit $((failures > 0))
