#!/usr/bin/env bash
# A table that grows while the sweep runs ends before the first task that was not
# run: after a stop it is a beginning of the whole table. The ranks have results
# behind that task too, which the journal keeps for the next run.
#
#   stopped.sh PROGRAM SEAS
set -uo pipefail
export LC_ALL=C

program=$1 seas=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset "${!COHORT_@}"
export COHORT_BACKEND=mp COHORT_SIZE=2
failures=0

fail() {
	printf 'FAILED: %s: %s\n' "$what" "$1"
	[ ! -s "$work/said" ] || sed 's/^/    /' "$work/said"
	failures=$((failures + 1))
}

# samples TABLE [OPTION...]
samples() {
	local table=$1
	shift
	timeout 120 "$program" --seas "$seas" --monte-carlo 60 --recovery 0.45 \
		--permeability 1 --max-pressure 70 --seed 42 --elements 3 \
		--feed 3.4 --cells 6 --schedule static --output "$work/$table" \
		--summary "$work/seas.csv" "$@" >"$work/said" 2>&1
}

# Whole rows, each at its place.
is_beginning() {
	cmp -n "$(wc -c <"$work/stopped.csv")" "$work/stopped.csv" \
		"$work/whole.csv" || fail "a row is not the whole table's"
	[ "$(tail -c 1 "$work/stopped.csv")" = "" ] || fail "half a row"
}

what='the whole table'
samples whole.csv || fail "status $?"

# Each rank begins with its own half of the samples, so that a stop leaves a gap
# between them. On a busy machine a short deadline may leave time for none.
what='stopped by a deadline'
gap=no
for deadline in 0.05 0.1 0.2 0.4 0.8 1.6; do
	rm -rf "$work/journal"
	samples stopped.csv --follow --deadline $deadline \
		--journal "$work/journal"
	status=$?
	[ $status = 3 ] || [ $status = 0 ] || fail "status $status"
	is_beginning
	rows=$(($(wc -l <"$work/stopped.csv") - 1))
	finished=$(sed -n 's/.*, \([0-9]*\) of [0-9]* samples are done.*/\1/p' \
		"$work/said")
	echo "$what of $deadline s: $rows rows, ${finished:-all} samples are done"
	if [ $rows -gt 0 ] && [ "${finished:-0}" -gt $rows ]; then
		gap=yes
		break
	fi
done
[ $gap = yes ] || fail "no stop left a gap, so that nothing is shown"

what='the same command again'
samples stopped.csv --follow --journal "$work/journal" || fail "status $?"
cmp "$work/stopped.csv" "$work/whole.csv" || fail "another table"

echo "$failures failures"
[ "$failures" = 0 ]
