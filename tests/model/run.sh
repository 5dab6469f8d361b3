#!/usr/bin/env bash
# Check the models of the shared-memory protocol; README.md describes them.
#
#   run.sh [--all | --drawn] [MODEL...]
#                          all of them, or: flat counted streams blocks sleep
#                          breaking owners survivors delivery children mail
#                          journal reading.
#                          --all: also the long runs, which are marked with +
#                          below
#                          --drawn: of the variants that must fail, a third: the
#                          one that tests/drawn.sh draws
#
# A line for each run: model, ranks, states, verdict, macros. Where a property must
# hold, all states are explored. A variant that must fail must do so in the way
# that the table says. Needs spin and a C compiler (CC, else cc).
set -euo pipefail
export LC_ALL=C

# model, ranks, verdict, macros. A verdict is
#	holds   all states were explored, and nothing is wrong in any of them
#	wrong   an assertion fails
#	stuck   a rank waits for ever
runs='
flat 2 holds RENDEZVOUS=5
+flat 2 holds RENDEZVOUS=6
+flat 3 holds RENDEZVOUS=3
flat 3 holds RENDEZVOUS=6 ONLY=BCAST
flat 3 holds RENDEZVOUS=6 ONLY=GATHER
flat 3 holds RENDEZVOUS=5 ONLY=JOINED
flat 2 holds RENDEZVOUS=7 EARLY_MOST=2 ROWS
+flat 2 holds RENDEZVOUS=10 EARLY_MOST=3 ROWS
+flat 2 holds RENDEZVOUS=10 EARLY_MOST=3 ROWS ONE_ROOT
flat 2 wrong ONE_SLOT
flat 2 wrong ONE_ARRIVAL
flat 2 wrong RENDEZVOUS=6 FEW_PLACES
flat 2 wrong EARLY
flat 3 wrong ROOT_ONLY
flat 2 wrong RENDEZVOUS=6 NO_SETTLE
flat 2 wrong RENDEZVOUS=6 LATE_SETTLE
flat 2 wrong NO_AWAIT
flat 2 wrong RENDEZVOUS=10 EARLY_MOST=3 ROWS FEW_PLACES
flat 2 wrong RENDEZVOUS=10 EARLY_MOST=3 ROWS LATE_SETTLE
flat 2 wrong RENDEZVOUS=10 EARLY_MOST=3 ROWS ONE_ROOT FEW_PLACES

counted 2 holds RENDEZVOUS=5
+counted 3 holds RENDEZVOUS=3
counted 3 holds RENDEZVOUS=6 ONLY=BCAST
counted 3 holds RENDEZVOUS=6 ONLY=GATHER
counted 3 holds RENDEZVOUS=5 ONLY=JOINED
counted 3 holds RENDEZVOUS=5 ONLY=REDUCED
counted 2 holds RENDEZVOUS=7 EARLY_MOST=2 ROWS
+counted 2 holds RENDEZVOUS=10 EARLY_MOST=3 ROWS
+counted 2 holds RENDEZVOUS=10 EARLY_MOST=3 ROWS ONE_ROOT
counted 2 holds RENDEZVOUS=5 LARGE
counted 3 holds RENDEZVOUS=6 ONLY=GATHER LARGE
counted 2 wrong ONE_SLOT
counted 2 wrong RENDEZVOUS=5 FEW_PLACES
counted 2 stuck ONE_COUNTER
counted 2 wrong EARLY
counted 2 wrong LATE_ARRIVAL
counted 2 wrong RENDEZVOUS=5 NO_SETTLE
counted 2 wrong RENDEZVOUS=10 EARLY_MOST=3 ROWS FEW_PLACES
counted 2 wrong RENDEZVOUS=10 EARLY_MOST=3 ROWS NO_SETTLE
counted 2 wrong RENDEZVOUS=10 EARLY_MOST=3 ROWS ONE_ROOT FEW_PLACES
counted 2 wrong RENDEZVOUS=5 LARGE HASTY

streams 2 holds CALLS=3
+streams 3 holds CALLS=2
streams 2 wrong CALLS=2 NO_RENDEZVOUS
streams 2 wrong CALLS=2 NO_WAIT
streams 2 wrong CALLS=2 EARLY
streams 2 wrong CALLS=2 EARLY_TAKEN
streams 2 wrong CALLS=3 STALE
streams 3 wrong CALLS=2 STALE
streams 2 wrong CALLS=2 NO_AWAIT
streams 2 stuck CALLS=1 FAR_AHEAD

blocks 2 holds
blocks 3 holds BLOCKS=4
blocks 2 holds IN_PLACE
blocks 3 holds BLOCKS=4 IN_PLACE
blocks 2 wrong IN_PLACE TWO_PLACES
blocks 2 wrong NO_LAST

sleep 2 holds RENDEZVOUS=4
sleep 3 holds RENDEZVOUS=2
sleep 2 holds RENDEZVOUS=4 FENCE
sleep 3 holds RENDEZVOUS=2 FENCE
sleep 2 holds RENDEZVOUS=4 COUNTED
sleep 3 holds RENDEZVOUS=3 COUNTED
sleep 3 holds RENDEZVOUS=3 COUNTED FENCE
sleep 2 stuck NEITHER
sleep 3 stuck RENDEZVOUS=2 NEITHER
sleep 2 stuck COUNTED NEITHER
sleep 2 stuck NO_LOOK
sleep 2 stuck LATE_WAKES

breaking 2 holds CALLS=3 DEATHS=1
breaking 2 holds CALLS=3 DEATHS=1 COUNTED
breaking 2 holds CALLS=4 REFUSALS=4
breaking 2 holds CALLS=4 REFUSALS=4 COUNTED
breaking 2 holds DEATHS=1 REFUSALS=1 ABORTS=1 TIMEOUTS=1
breaking 2 holds DEATHS=1 REFUSALS=1 ABORTS=1 TIMEOUTS=1 COUNTED
breaking 2 holds LEAVES=1
+breaking 3 holds CALLS=1 DEATHS=1
+breaking 3 holds CALLS=1 DEATHS=1 COUNTED
+breaking 3 holds REFUSALS=1
+breaking 3 holds REFUSALS=1 COUNTED
+breaking 3 holds ABORTS=1
breaking 3 holds ABORTS=1 COUNTED
breaking 3 holds CALLS=1 TIMEOUTS=1
+breaking 3 holds TIMEOUTS=1 COUNTED
+breaking 3 holds LEAVES=1
breaking 3 holds LEAVES=1 COUNTED
breaking 2 holds CALLS=4 DEATHS=1 EARLY
breaking 2 holds CALLS=4 DEATHS=1 EARLY COUNTED
breaking 2 holds CALLS=3 REFUSALS=3 EARLY
breaking 2 holds CALLS=3 REFUSALS=3 EARLY COUNTED
breaking 2 holds CALLS=4 REFUSALS=1 EARLY
breaking 2 holds CALLS=4 REFUSALS=1 EARLY COUNTED
+breaking 3 holds CALLS=2 REFUSALS=1 EARLY
+breaking 3 holds CALLS=2 DEATHS=1 EARLY COUNTED
breaking 2 wrong CALLS=3 REFUSALS=1 EARLY NO_SETTLE
breaking 2 wrong CALLS=3 TIMEOUTS=1 EARLY NO_SETTLE COUNTED
breaking 2 stuck CALLS=3 REFUSALS=1 EARLY NO_PAST
breaking 2 stuck DEATHS=1 SILENT
breaking 2 stuck DEATHS=1 NO_WAKE
breaking 2 stuck DEATHS=1 NO_LOOK
breaking 2 stuck REFUSALS=1 NO_WAKE
breaking 2 wrong CALLS=3 REFUSALS=3 ANY_LATER
breaking 2 wrong TIMEOUTS=2 NO_CLAIM
breaking 2 stuck LEAVES=1 UNSAID
breaking 2 stuck LEAVES=1 SAID_FIRST

reading 2 holds DEATHS=1 TIMEOUTS=1
reading 3 holds CALLS=1 DEATHS=1
reading 3 holds CALLS=1 TIMEOUTS=1
+reading 3 holds CALLS=1 DEATHS=1 TIMEOUTS=1
reading 2 wrong TIMEOUTS=1 NO_CHECK
reading 2 wrong DEATHS=1 NO_MARK
reading 2 wrong NO_AWAIT
reading 2 stuck AS_READ
reading 3 wrong UNTOLD

owners 2 holds CHECK_FIRST
owners 3 holds CHECK_FIRST
owners 2 holds CHECK_AFTER
owners 3 holds CHECK_AFTER
owners 2 holds RENDEZVOUS_AFTER
owners 3 holds RENDEZVOUS_AFTER
owners 2 wrong
owners 3 wrong

survivors 2 holds
survivors 2 holds REFUSALS
survivors 3 holds TASKS=2
+survivors 3 holds TASKS=2 DEATHS=2
survivors 3 holds TASKS=2 REFUSALS
survivors 3 wrong TASKS=2 EARLY
survivors 2 wrong NO_END
survivors 3 wrong TASKS=2 REFUSALS DEAD_FORGOTTEN
survivors 3 stuck TASKS=2 NO_REST

delivery 1 holds TASKS=5
delivery 2 holds
delivery 2 holds AHEAD=1 TASKS=4
delivery 2 holds LOSSES=1
+delivery 2 holds LOSSES=1 AHEAD=1 TASKS=4
delivery 1 holds TASKS=5 ROOT_RUNS
delivery 1 holds TASKS=5 LOSSES=1 ROOT_RUNS NAPS
+delivery 2 holds ROOT_RUNS NAPS
delivery 2 stuck NO_RECHECK
delivery 2 stuck NO_WAKE
delivery 2 stuck ANY_TASK_WAITS
delivery 2 stuck LOSSES=1 NO_GIVING_UP
delivery 1 stuck TASKS=4 NAPS ENDLESS
delivery 1 stuck TASKS=5 ROOT_RUNS NO_WAKE
delivery 2 wrong EARLY_TURN TASKS=5

children 1 holds
children 1 holds MAIL TASKS=4
children 1 wrong LATE_CHILDREN
children 1 wrong LATE_SHOWN
children 1 wrong UNSAID
children 1 wrong NO_LOOK
children 1 wrong MAIL UNSAID
children 1 wrong MAIL NO_LOOK

mail 1 holds TASKS=5 BACKS=1
mail 1 holds TASKS=5 BACKS=1 LOSSES=1
mail 1 holds TASKS=5 BACKS=1 HELD=2
mail 2 holds
+mail 2 holds LOSSES=1
mail 2 holds IDLE_ROOT LOSSES=1
mail 1 wrong TASKS=5 BACKS=1 ANY_SERIAL
mail 2 wrong IDLE_ROOT SAYS_FIRST
mail 2 stuck TOLD_ONCE
mail 2 stuck LOSSES=1 UNSAID
mail 2 stuck LOSSES=1 NO_GIVING_UP
mail 1 holds TASKS=5 FILES LOSSES=1
mail 2 holds FILES
mail 2 holds FILES IDLE_ROOT LOSSES=1
mail 2 wrong FILES IDLE_ROOT LOSSES=1 NO_LOOK
mail 2 wrong FILES NO_LAST_LOOK

journal 2 holds RECORDS=1 DEATHS=1
journal 2 holds RECORDS=1 ENDS=1
+journal 2 holds RECORDS=1 DEATHS=1 ENDS=1
+journal 2 holds RECORDS=2
journal 2 holds FOLLOW DEATHS=2
journal 2 holds FOLLOW DEATHS=1 ENDS=1
journal 2 wrong RECORDS=1 DEATHS=1 COUNTED_FIRST
journal 2 wrong RECORDS=1 DEATHS=1 CHANGED_LAST
journal 2 wrong RECORDS=1 BEGUN_LATE
journal 2 wrong RECORDS=1 ENDS=1 BEGUN_IS_DONE
journal 2 wrong FOLLOW DEATHS=1 COUNTED_FIRST
journal 2 wrong FOLLOW DEATHS=1 FLAG_LAST
journal 2 wrong FOLLOW DEATHS=1 NO_DROP
journal 2 wrong FOLLOW MIXED
journal 2 wrong FOLLOW NO_WAIT
'

here=$(cd "$(dirname "$0")" && pwd)
compiler=${CC:-cc}
deepest=100000
megabytes=1500

for tool in spin "$compiler"; do
	if ! command -v "$tool" >/dev/null; then
		echo "run.sh: $tool was not found" >&2
		exit 77
	fi
done
plus=-
parts=1 # of the variants that must fail
case ${1:-} in
--all)
	plus=+
	shift
	;;
--drawn)
	parts=3
	shift
	;;
esac
# shellcheck source=tests/drawn.sh
. "$here/../drawn.sh"
for model; do
	if ! grep -q "^+\?$model " <<<"$runs"; then
		echo "run.sh: no model is called $model: see the top of $0" >&2
		exit 2
	fi
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# verdict REPORT: what pan found; unknown if it did not explore all states.
verdict() {
	if grep -q 'pan:.*assertion violated' "$1"; then
		echo wrong
	elif grep -q 'pan:.*invalid end state' "$1"; then
		echo stuck
	elif grep -q 'errors: 0$' "$1" &&
		! grep -qE 'max search depth|out of memory|not completed' "$1"; then
		echo holds
	else
		echo unknown
	fi
}

# check MODEL RANKS: in an empty folder, with the macros in ${macros[@]}. The output
# of spin, the compiler or pan is then in `report`.
check() {
	# SAFETY: pan checks assertions and end states. It keeps the states
	# themselves, not hashes of them.
	spin -a "-DN=$2" "${macros[@]/#/-D}" "$here/$1.pml" >report 2>&1 &&
		"$compiler" -O0 -w -DSAFETY -DMEMLIM=$megabytes -o pan pan.c \
			>report 2>&1 &&
		nice -n 19 ./pan -m$deepest -w22 >report 2>&1
}

failures=0
started=$SECONDS

run() {
	local model=$1 ranks=$2 expected=$3 found states
	rm -rf "$work/pan" && mkdir "$work/pan" && cd "$work/pan"
	check "$model" "$ranks" || true
	found=$(verdict report)
	states=$(awk '/states, stored/ { print $1 }' report)
	printf '%-8s %d ranks %10s states  %-5s %s\n' "$model" "$ranks" \
		"${states:-?}" "$found" "${macros[*]}"
	if [ "$found" != "$expected" ]; then
		echo "FAILED: expected: $expected"
		cat report
		# The steps that lead there.
		[ ! -e "$model.pml.trail" ] || ./pan -r -n || true
		failures=$((failures + 1))
	fi
}

[ $parts = 1 ] || drawn_from
variant=0
while read -r model ranks expected words; do
	[ -n "$model" ] || continue
	[ "${model#+}" = "$model" ] || [ $plus = + ] || continue
	model=${model#+}
	if [ "$expected" != holds ]; then
		variant=$((variant + 1))
		drawn $variant $parts || continue
	fi
	if [ $# -gt 0 ] && [[ " $* " != *" $model "* ]]; then
		continue
	fi
	read -ra macros <<<"$words"
	run "$model" "$ranks" "$expected"
done <<<"$runs"
echo "$failures not as expected, $((SECONDS - started)) s"
[ "$failures" = 0 ]
