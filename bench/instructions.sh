#!/usr/bin/env bash
# How many instructions cohort's mpi backend adds to MPI's own calls, counted by
# callgrind. Where times are lost in noise, this is not.
#
# usage: bench/instructions.sh FAMILY LAUNCHER BIN [CALLS]
#
# FAMILY is openmpi or mpich, LAUNCHER its mpirun, BIN the folder of the
# programs. Rows as those of bench/main.c, with instructions per call:
#
#   instructions:CALL   everything, with one rank; both contenders
#   own:CALL            what cohort's own code has of it, with two ranks, where
#                       the total also counts how long ranks wait
#
# With one rank cohort's allreduce has no use for MPI, and so no row.
set -euo pipefail

family=$1
launcher=$2
bin=$3
calls=${4:-1000}
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
args=()
[ "$family" != openmpi ] || args=(--oversubscribe --bind-to none)

# Runs PROGRAM with RANKS ranks and leaves a file for each call and rank.
count() {
	rm -f "$folder"/*
	env COHORT_BACKEND=mpi timeout -k 5 120 \
		"$launcher" "${args[@]}" -n "$2" \
		valgrind --tool=callgrind --compress-strings=no \
		--compress-pos=no --callgrind-out-file="$folder/%p" \
		"$bin/$1" --instructions "$calls" --bytes 8 >&2 2>"$folder/log" || {
		cat "$folder/log" >&2
		return 1
	}
}

report() {
	for file in "$folder"/*.[0-9]*; do
		awk -v calls="$calls" -v contender="$1" -v ranks="$2" -v row="$3" \
			-f "$here/instructions.awk" "$file"
	done | awk -F, -v OFS=, '
		!($4 in sum) { order[++kinds] = $4 }
		{ sum[$4] += $6; n[$4]++; line[$4] = $0 }
		END {
			for (i = 1; i <= kinds; i++) {
				$0 = line[order[i]]
				$6 = sprintf("%.1f", sum[$4] / n[$4])
				print
			}
		}'
}

count "bench-$family" 1
report "$family" 1 instructions
count bench-cohort 1
report "cohort-$family" 1 instructions | awk -F, '$4 !~ /:allreduce/'
count bench-cohort 2
report "cohort-$family" 2 own
