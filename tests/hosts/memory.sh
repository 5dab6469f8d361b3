#!/usr/bin/env bash
# The most memory of a rank in a sweep over hosts, of TASKS tasks with results of
# 1000 bytes, which on_result gets by index and which are released. Not a test: 10^7
# tasks take a few minutes, most of it for messages of 4000 bytes over TCP.
#
#   WIRE=.../wire hosts.sh 2 memory.sh FAMILY LAUNCHER BENCH_SWEEPS_DELIVERIES TASKS
#
# Prints for each layout of the hosts and ranks, and for tasks in the rank and
# isolated, MB of rank 0, the largest of other ranks, and the largest of a child.
set -uo pipefail
export LC_ALL=C COHORT_BACKEND=mpi

family=$1 launcher=$2 program=$3 tasks=$4
# shellcheck source=tests/hosts/launcher.sh
. "$(dirname "$0")/launcher.sh"

for layout in h1:1,h2:1 h1:2,h2:2; do
	for isolate in "" --isolate; do
		launch_words "$family" "$launcher" "$layout"
		# MPICH may hang in MPI_Finalize, after all of this.
		timeout -k 5 1200 "${launch[@]}" "$program" --part memory \
			--bytes 1000 --count "$tasks" $isolate \
			>"$HOSTS/output" 2>"$HOSTS/errors" </dev/null ||
			cat "$HOSTS/errors"
		awk -v name="$family $layout $isolate" '
			function most(a, b) { return a > b ? a : b }
			{
				mb = $2 * 1024 / 1e6
				if ($1 == 0)
					root = mb
				else
					others = most(others, mb)
				children = most(children, $3 * 1024 / 1e6)
			}
			END {
				printf "%-34s rank 0 %4.0f, others %4.0f, " \
					"children %4.0f\n", name, root, others,
					children
			}' "$HOSTS/output"
	done
done
