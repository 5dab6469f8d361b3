#!/usr/bin/env bash
# scoped.sh PROGRAM [LAUNCHER]: groups that end, in a program that calls a library.
# Without a launcher: on serial and mp. With one: under it.
set -uo pipefail
export LC_ALL=C

program=$1
launcher=${2-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
limit=600 # seconds; detects a hang, and bounds nothing

# run NAME COMMAND...: its output is $output, its status 0.
run() {
	current=$1
	shift
	output=$(timeout --kill-after=5 $limit "$@" 2>&1)
	local status=$?
	[ $status = 0 ] || fail "status $status"
}

fail() {
	printf 'FAILED: %s: %s:\n%s\n' "$current" "$1" "$output"
	failures=$((failures + 1))
}

# says TIMES WORDS
says() {
	[ "$(grep -cF -- "$2" <<<"$output")" = "$1" ] || fail "not $1 times '$2'"
}

if [ -z "$launcher" ]; then
	for setting in serial: mp:shm mp:socket; do
		run "$setting" env COHORT_BACKEND="${setting%:*}" COHORT_LOG=error \
			COHORT_TRANSPORT="${setting#*:}" "$program" "$work/$setting"
		expected=$(printf '%s\n' begin 'round 0: COHORT_ESTOPPED' \
			'round '{1,2,3,4}': COHORT_OK' exit)
		[ "$output" = "$expected" ] || fail 'other output'
	done
else
	# Each process begins; from the close on only rank 0 is there.
	for ranks in 1 3; do
		run "$ranks ranks" env COHORT_BACKEND=mpi "$launcher" -n $ranks "$program"
		says $ranks begin
		says 1 'all of 200'
		says 1 'again: cannot open an mpi group: the close of a scoped group'
		says 1 'mp again: opened'
		says 1 exit
	done
fi
exit $((failures > 0))
