#!/usr/bin/env bash
# The example refuses bad input: with a status, and one sentence, from one rank.
# And it tells how it is used.
#
#   refusals.sh PROGRAM SEAS
set -uo pipefail
export LC_ALL=C

program=$1 seas=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset "${!COHORT_@}"
failures=0
table=$work/refused.csv

fail() {
	printf 'FAILED: %s\n' "$1"
	sed 's/^/    /' "$work/said"
	failures=$((failures + 1))
}

# said STATUS WHAT WORD ARGUMENT...
said() {
	local expected=$1 what=$2 word=$3 status=0
	shift 3
	timeout 60 env COHORT_BACKEND=mp COHORT_SIZE=3 "$program" "$@" \
		>"$work/said" 2>&1 || status=$?
	[ "$status" = "$expected" ] || fail "$what: status $status"
	[ "$(grep -c -- "$word" "$work/said")" = 1 ] || fail "$what: \"$word\""
}

# refused WHAT WORD ARGUMENT...
refused() {
	said 1 "$@" --output "$table"
	[ "$(wc -l <"$work/said")" = 1 ] || fail "$1: more than a sentence"
}

sed '1s/salinity/saltiness/' "$seas" >"$work/column.csv"
awk -F, 'NR > 3 && !done { $0 = "Nowhere,salty,20,nobody,x"; done = 1 } 1' \
	"$seas" >"$work/text.csv"
awk '/^name|^#/' "$seas" >"$work/rows.csv"
refused 'a missing column' salinity --seas "$work/column.csv"
refused 'text for a number' salty --seas "$work/text.csv"
refused 'no rows' rows --seas "$work/rows.csv"
refused 'no file' "$work/none.csv" --seas "$work/none.csv"
refused 'a senseless plant' elements --elements 0
[ ! -e "$table" ] || fail "a table was begun for bad input"
for option in plot summary; do
	refused "no way to write: $option" "$work/none/x" --seas "$seas" \
		--monte-carlo 1 --$option "$work/none/x"
done
said 1 'no way to write' "$work/none/table.csv" --output "$work/none/table.csv"

# bad WORD ARGUMENT...: an option's fault, which its sentence names.
bad() {
	said 2 "bad: $*" "$@"
	[ "$(wc -l <"$work/said")" = 1 ] || fail "$*: more than a sentence"
}

bad '--recoveries is "2:1:x"' --recoveries 2:1:x
bad '--permeabilities is "1:3:1001"' --permeabilities 1:3:1001
bad '--schedule is "fair"' --schedule fair
bad '--timeout is -1' --timeout -1
bad '--timeout is nan' --timeout nan
bad '--retries is -1' --retries -1
bad '--retries=some: ' --retries=some
bad '--deadline is -1' --deadline -1
bad '--until is -1' --monte-carlo 1 --until -1
bad '--until counts samples' --until 3
bad '--rerun-failed needs --journal' --rerun-failed
bad '--seed is -3' --seed -3
bad '--seed=1e3: ' --seed=1e3
bad '--monte-carlo is -1' --monte-carlo -1
bad '--recovery is 42' --monte-carlo 1 --recovery 42
bad '--permeability is 0' --permeability 0
bad '--membrane-life is -1' --membrane-life -1
bad '--salinity-sd is -1' --salinity-sd -1
bad '--temperature-swing is 26' --temperature-swing 26
bad '--journal: ' --journal
bad '--fast: ' --fast
bad 'no use for "results.csv"' results.csv

# What a journal has is used for the same tasks only: also those of one plant,
# which build gets and not the tasks.
few=(--seas "$seas" --monte-carlo 2 --cells 1 --output "$table"
	--summary "$work/seas.csv" --journal "$work/journal")
said 0 'a journal' '68 samples' "${few[@]}"
said 0 'the same' '68 from the journal' "${few[@]}"
for other in --pump-efficiency=0.9 --membrane-life=6 --seed=2; do
	said 0 "$other" '68 samples' "${few[@]}" "$other"
	! grep -q 'from the journal' "$work/said" ||
		fail "$other: samples of another plant or seed"
done
said 1 'a journal that cannot be made' "$work/none" "${few[@]}" \
	--journal "$work/none/journal"

for word in --journal --follow --until --deadline --rerun-failed --isolate \
	--timeout --retries --schedule --seed \
	COHORT_BACKEND COHORT_SIZE COHORT_ISOLATE COHORT_PROGRESS; do
	said 0 "help on $word" "$word\(=[A-Z]*\)\?  " --help
done

echo "$failures failures"
[ "$failures" = 0 ]
