#!/usr/bin/env bash
# A journal of another build of the program is used if job.rebuilt_ok is set, and
# then belongs to that build. A journal of cohort 0.1 is continued.
#
#   check.sh PROGRAM_A PROGRAM_B JOURNAL_OF_0_1 [LAUNCHER...]
#
# The environment chooses the backend.
set -uo pipefail
export LC_ALL=C

a=$1 b=$2 kept=$3
shift 3
launcher=("$@")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# run STATUS WORDS PROGRAM ARGUMENT...: WORDS are in the output.
run() {
	local expected=$1 words=$2 status=0
	shift 2
	timeout 120 "${launcher[@]}" "$@" >"$work/said" 2>&1 || status=$?
	if { [ "$expected" = 0 ] && [ "$status" != 0 ]; } ||
		{ [ "$expected" != 0 ] && [ "$status" = 0 ]; } ||
		! grep -q -- "$words" "$work/said"; then
		printf 'FAILED: %s: status %s, no "%s"\n' "$*" "$status" \
			"$words"
		sed 's/^/    /' "$work/said"
		failures=$((failures + 1))
	fi
}

has() {
	grep -q -- "$1" "$work/said" && return
	echo "FAILED: no \"$1\":"
	sed 's/^/    /' "$work/said"
	failures=$((failures + 1))
}

# Digests as in the sentences.
hex='[0-9a-f]\{32\}'

j=$work/journal
run 0 '0 from the journal' "$a" "$j" 1 4,5,8,9
run 1 'job.rebuilt_ok' "$b" "$j" 1 4,5,8,9
has "XXH3-128 $hex, now $hex"
[ "$(ls "$j"/tasks-2-* 2>/dev/null)" = '' ] || {
	echo 'FAILED: the journal that was refused has changed'
	failures=$((failures + 1))
}
run 0 '4 from the journal' "$b" "$j" 1 4,5,8,9,12 rebuilt_ok
has "warn: journal .* program $(basename "$b") has .* from XXH3-128 $hex to $hex: results"
# It is B's now, until A has used it again.
run 0 '5 from the journal' "$b" "$j" 1 4,5,8,9,12
run 1 'job.rebuilt_ok' "$a" "$j" 1 4,5,8,9,12
run 0 '5 from the journal' "$a" "$j" 1 4,5,8,9,12 rebuilt_ok
run 1 'job.rebuilt_ok' "$b" "$j" 1 4,5,8,9,12
# Without A's last run it is B's.
rm "$j"/tasks-4-*
run 0 '5 from the journal' "$b" "$j" 1 4,5,8,9,12
! grep -q 'warn: journal' "$work/said" || {
	echo 'FAILED: a warning about the same program'
	failures=$((failures + 1))
}

# From cohort 0.1: tasks 2 and 6 have failed.
j=$work/old
cp -r "$kept" "$j"
eight=0,1,2,3,4,5,6,7
run 1 'job.rebuilt_ok' "$a" "$j" 42 $eight
run 1 'parameter sets with other contents' "$a" "$j" 42 1,0,2,3,4,5,6,7 \
	rebuilt_ok
run 1 'of 8 parameter sets and not 7' "$a" "$j" 42 0,1,2,3,4,5,6 rebuilt_ok
has 'cohort 0.1'
run 1 'of seed 42 and not 43' "$a" "$j" 43 $eight rebuilt_ok
run 0 '8 from the journal' "$a" "$j" 42 $eight rebuilt_ok
has '^6 0 no luck with 6$'
has '^7 22 $'
run 0 '8 from the journal' "$a" "$j" 42 $eight,10,11 repaired
has '^8 31 $'
run 0 '8 from the journal' "$a" "$j" 42 $eight,10,11 repaired rerun_failed
has '^6 19 $'
run 0 '10 from the journal' "$a" "$j" 42 $eight,10,11
has '^2 7 $'
has '^6 19 $'

echo "$failures failures"
[ "$failures" = 0 ]
