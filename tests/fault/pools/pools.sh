#!/usr/bin/env bash
# pools.sh PROGRAM [LAUNCHER]: thread pools in use before the library forks, and after
# it; two ranks of MPI with a launcher.
set -uo pipefail

program=$1 launcher=${2:-}
failures=0
limit=600 # seconds; detects a hang, and bounds nothing

# run ISOLATE BACKEND WHERE...
run() {
	current=$*
	start=()
	[ "$2" != mpi ] || start=("$launcher" -n 2)
	output=$(COHORT_ISOLATE=$1 COHORT_BACKEND=$2 COHORT_SIZE=$([ "$2" = mp ] && echo 2) \
		timeout --kill-after=5 $limit ${start[@]+"${start[@]}"} "$program" "${@:3}" 2>&1)
}

fail() {
	printf 'FAILED: %s: %s: %s\n' "$current" "$1" "$output"
	failures=$((failures + 1))
}

says() {
	grep -qE -- "$1" <<<"$output" || fail "it does not say '$1'"
}

# MPI has threads of its own, of which nobody is told.
with_launcher() {
	run 1 mpi before build program
	says '40 right$'
	! grep -q warn <<<"$output" || fail 'a warning'
	for where in program build; do
		run 1 mpi thread $where
		says '40 right$'
		[ "$(grep -o 'warn: ' <<<"$output" | wc -l)" = 2 ] ||
			fail 'not one warning from each rank'
		says 'warn.*1 other thread exists at the fork .*bystander.*job.timeout'
	done
	exit $((failures > 0))
}
[ -z "$launcher" ] || with_launcher

# OpenMP's threads are ended before each fork: nothing hangs, nobody is warned.
for backend in serial mp; do
	for isolate in 0 1; do
		for where in before build program 'before build program'; do
			# shellcheck disable=SC2086
			run $isolate $backend $where
			says '^40 right$'
			! grep -q warn <<<"$output" || fail 'a warning'
		done
	done
done

# Other threads cannot be ended, so the program is told, once, by their names.
run 0 mp thread before
says '^40 right$'
says 'warn.*2 threads already.*bystander'
for where in before program build; do
	run 1 serial thread $where
	says '^40 right$'
	[ "$(grep -c warn <<<"$output")" = 1 ] || fail 'not one warning'
	says 'warn.*other thread.* at the fork .*bystander.*job.timeout'
done
exit $((failures > 0))
