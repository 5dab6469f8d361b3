#!/usr/bin/env bash
# The example sweep: the same table whatever runs it, and bad input.
#
#   cases.sh PROGRAM SEAS [LAUNCHER...]   LAUNCHER: an mpirun
set -uo pipefail
export LC_ALL=C

program=$1 seas=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset "${!COHORT_@}"
failures=0
few=(--recoveries 0.35:0.6:4 --permeabilities 1:3:3)

fail() {
	echo "FAILED: $1"
	failures=$((failures + 1))
}

# sweep TABLE COMMAND...: the sweep, started by COMMAND.
sweep() {
	local table=$1
	shift
	timeout 120 "$@" "$program" --seas "$seas" "${few[@]}" \
		--output "$table" >"$work/said" 2>&1 ||
		fail "$*: status $?: $(cat "$work/said")"
}

# same WHAT COMMAND...: it gives the table that serial gave.
same() {
	local what=$1
	shift
	rm -f "$work/table.csv"
	sweep "$work/table.csv" "$@"
	cmp "$work/serial.csv" "$work/table.csv" || fail "$what: another table"
	echo "$what: $(cat "$work/said")"
}

sweep "$work/serial.csv" env COHORT_BACKEND=serial
rows=$(($(wc -l <"$work/serial.csv") - 1))
[ "$rows" = $((34 * 4 * 3)) ] || fail "$rows rows"
grep -q 'more than the 83 bar' "$work/serial.csv" ||
	fail "no case fails, so that no failure is compared"
for size in 2 3 5; do
	same "mp with $size ranks" env COHORT_BACKEND=mp COHORT_SIZE=$size
	same "mp with $size ranks, sockets" env COHORT_BACKEND=mp \
		COHORT_SIZE=$size COHORT_TRANSPORT=socket
done
for schedule in static dynamic,5 guided; do
	same "mp, schedule $schedule" env COHORT_BACKEND=mp COHORT_SIZE=3 \
		COHORT_SCHEDULE=$schedule
done
for launcher; do
	same "$(basename "$launcher")" "$launcher" -n 2
done

# refused WHAT WORD ARGUMENT...: a status that is not 0, and a sentence once.
refused() {
	local what=$1 word=$2 status=0
	shift 2
	timeout 60 env COHORT_BACKEND=mp COHORT_SIZE=3 "$program" "$@" \
		>"$work/said" 2>&1 || status=$?
	[ "$status" != 0 ] && [ "$status" -lt 124 ] ||
		fail "$what: status $status"
	[ "$(grep -c -- "$word" "$work/said")" = 1 ] ||
		fail "$what: said $(cat "$work/said")"
}

head -n 4 "$seas" >"$work/some.csv"
table=$work/refused.csv
sed '1s/salinity/saltiness/' "$seas" >"$work/column.csv"
refused 'a missing column' salinity --seas "$work/column.csv" --output "$table"
awk -F, 'NR > 3 && !done { $0 = "Nowhere,salty,20,nobody,x"; done = 1 } 1' \
	"$seas" >"$work/text.csv"
refused 'text for a number' salty --seas "$work/text.csv" --output "$table"
awk '/^name|^#/' "$seas" >"$work/rows.csv"
refused 'no rows' rows --seas "$work/rows.csv" --output "$table"
refused 'no file' "$work/none.csv" --seas "$work/none.csv" --output "$table"
[ ! -e "$table" ] || fail "a table was begun for bad input"
refused 'no way to write' "$work/none/table.csv" --seas "$seas" \
	--output "$work/none/table.csv"
refused 'a bad range' recoveries --seas "$seas" --recoveries 2:1:x \
	--output "$table"

echo "$failures failures"
[ "$failures" = 0 ]
