#!/usr/bin/env bash
# The example's tables are the same bytes whatever made them: backend, number of
# ranks, schedule, isolation, journal, and interruptions.
#
#   same_bytes.sh PROGRAM SEAS [LAUNCHER...]   LAUNCHER: an mpirun
set -uo pipefail
export LC_ALL=C

program=$1 seas=$2
shift 2
launchers=("$@")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/drawn.sh
. "$(dirname "$0")/../drawn.sh"
unset "${!COHORT_@}"
failures=0

# A small plant in coarse steps: what matters is that there are many tasks.
small=(--elements 3 --feed 3.4 --cells 1)
grid=(--recoveries 0.35:0.6:4 --permeabilities 1:3:3 "${small[@]}")
samples=(--monte-carlo 60 --recovery 0.45 --permeability 1 --max-pressure 70
	--seed 42 "${small[@]}")
# So long that a signal comes in time.
slow=("${samples[@]}" --cells 6)

fail() {
	printf 'FAILED: %s: %s\n' "$what" "$1"
	[ ! -s "$work/said" ] || sed 's/^/    /' "$work/said"
	failures=$((failures + 1))
}

# sweep FOLDER GRID_OR_SAMPLES LAUNCH... -- [OPTION...]
sweep() {
	local folder=$1 study=$2 launch=()
	local -n options=$2
	shift 2
	while [ "$1" != -- ]; do
		launch+=("$1")
		shift
	done
	shift
	timeout 120 env "${launch[@]}" "$program" --seas "$seas" \
		"${options[@]}" --output "$folder/$study.csv" \
		--summary "$folder/$study-seas.csv" "$@" >"$work/said" 2>&1
}

compare() {
	local table
	for table; do
		cmp "$work/serial/$table.csv" "$work/new/$table.csv" ||
			fail "another table"
	done
}

fresh() {
	rm -rf "$work/new"
	mkdir "$work/new"
}

# same WHAT LAUNCH... -- [OPTION...]: both studies, and what serial gave.
same() {
	what=$1
	shift
	fresh
	sweep "$work/new" grid "$@" || fail "status $?"
	sweep "$work/new" samples "$@" || fail "status $?"
	compare grid samples samples-seas
	echo "$what: $(cat "$work/said")"
}

what=serial
serial=(COHORT_BACKEND=serial)
mp() {
	echo COHORT_BACKEND=mp COHORT_SIZE="$1"
}
mkdir "$work/serial"
sweep "$work/serial" grid "${serial[@]}" -- || fail "status $?"
sweep "$work/serial" samples "${serial[@]}" -- || fail "status $?"
sweep "$work/serial" slow $(mp 2) -- || fail "status $?"
[ "$(wc -l <"$work/serial/grid.csv")" = $((1 + 34 * 4 * 3)) ] ||
	fail "the grid has other rows"
[ "$(wc -l <"$work/serial/samples.csv")" = $((1 + 34 * 60)) ] ||
	fail "the samples have other rows"
[ "$(wc -l <"$work/serial/samples-seas.csv")" = $((1 + 34)) ] ||
	fail "the summary has other rows"
for table in grid samples; do
	grep -q 'bar that the membrane bears' "$work/serial/$table.csv" ||
		fail "nothing fails, so that no failure is compared"
done

# Another seed gives other plants, or all of this shows nothing.
fresh
sweep "$work/new" samples "${serial[@]}" -- --seed 43 || fail "status $?"
! cmp -s "$work/serial/samples.csv" "$work/new/samples.csv" ||
	fail "the seed makes no difference"

same 'serial, isolated' "${serial[@]}" -- --isolate
same 'mp, 5 ranks, sockets' $(mp 5) COHORT_TRANSPORT=socket --
isolated=()
drawn_from
combination=0
for size in 2 3 5; do
	for schedule in static dynamic guided; do
		combination=$((combination + 1))
		drawn $combination 3 && same "mp, $size ranks, $schedule ${isolated[*]}" $(mp $size) -- \
			--schedule $schedule "${isolated[@]}"
		if [ ${#isolated[@]} = 0 ]; then
			isolated=(--isolate --timeout 60 --retries 2)
		else
			isolated=()
		fi
	done
done
for launcher in "${launchers[@]}"; do
	same "$(basename "$launcher")" "$launcher" -n 2 --
	same "$(basename "$launcher"), isolated" "$launcher" -n 2 -- --isolate
done

# Tables that grow while the sweep runs.
same 'serial, follow' "${serial[@]}" -- --follow
same 'mp, 3 ranks, follow' $(mp 3) -- --follow --isolate
for launcher in "${launchers[@]}"; do
	same "$(basename "$launcher"), follow" "$launcher" -n 2 -- --follow
done

# Whole rows at every moment, and the same ones: each look finds a beginning of the
# table. Some look must find only a part of it; if the machine is busy, not always.
look_while_it_grows() {
	local bytes parts=0
	fresh
	sweep "$work/new" slow $(mp 2) -- --follow &
	while kill -0 $! 2>/dev/null; do
		cp "$work/new/slow.csv" "$work/look" 2>/dev/null || continue
		bytes=$(wc -c <"$work/look")
		cmp -n "$bytes" "$work/look" "$work/serial/slow.csv" ||
			fail "a look found another table"
		[ "$(tail -c 1 "$work/look")" = "" ] || fail "half a row"
		[ "$(wc -l <"$work/look")" -lt 2 ] ||
			cmp -s "$work/look" "$work/serial/slow.csv" ||
			parts=$((parts + 1))
	done
	wait $! || fail "status $?"
	compare slow slow-seas
	[ $parts -gt 0 ]
}
what=followed
for try in 1 2 3 4 5; do
	look_while_it_grows && break
done
[ "$try" != 5 ] || fail "no look found a part of the table"

# Enough good samples: the table ends with the last of them, on all backends.
enough=("${samples[@]}" --until 900)
what='until, serial'
sweep "$work/serial" enough "${serial[@]}" -- || fail "status $?"
[ "$(grep -c ',$' "$work/serial/enough.csv")" = 900 ] ||
	fail "not 900 good samples"
tail -n 1 "$work/serial/enough.csv" | grep -q ',$' ||
	fail "it goes on behind the last good sample"
grep -q 'bar that the membrane bears' "$work/serial/enough.csv" ||
	fail "no failures are among them"
cmp -n "$(wc -c <"$work/serial/enough.csv")" "$work/serial/enough.csv" \
	"$work/serial/samples.csv" || fail "other samples"
same_enough() {
	what="until: $*"
	fresh
	sweep "$work/new" enough "$@" || fail "status $?"
	compare enough enough-seas
	echo "$what: $(cat "$work/said")"
}
same_enough $(mp 2) --
same_enough $(mp 5) COHORT_TRANSPORT=socket -- --isolate
for launcher in "${launchers[@]}"; do
	same_enough "$launcher" -n 2 --
done

# Bytes that the journal has.
kept() {
	cat "$1"/tasks-* 2>/dev/null | wc -c
}

# Starts the samples with a journal, and sends the root a signal when some more
# tasks than before are in the journal.
start_and_send() {
	local signal=$1 before pid sent=0
	shift
	before=$(kept "$work/journal")
	rm -f "$work/journal/lock"
	# What a shell starts in the background ignores SIGINT.
	sweep "$work/new" slow --default-signal=INT "$@" \
		--journal "$work/journal" &
	while kill -0 $! 2>/dev/null; do
		if [ "$(kept "$work/journal")" -gt $((before + 5000)) ] &&
			[ $sent = 0 ]; then
			read -r _ pid _ <"$work/journal/lock"
			kill -"$signal" "$pid" && sent=1
		fi
		sleep 0.005
	done
	wait $!
	status=$?
}

# interrupted SIGNAL STATUS LAUNCH... -- [OPTION...]: not always in time, if the
# machine is busy; so it is tried again.
interrupted() {
	local try expected=$2
	what="stopped by SIG$1: ${*:3}"
	rm -rf "$work/before"
	cp -r "$work/journal" "$work/before"
	for try in 1 2 3 4 5; do
		start_and_send "$1" "${@:3}"
		if grep -q 'run the same command again' "$work/said"; then
			echo "$what: $(grep 'the same command' "$work/said")"
			[ -z "$expected" ] || [ "$status" = "$expected" ] ||
				fail "status $status"
			[ ! -s "$work/new/slow.csv" ] ||
				fail "a table was written"
			return
		fi
		[ "$status" = 0 ] || break
		rm -rf "$work/journal" "$work/new"/*
		cp -r "$work/before" "$work/journal"
	done
	fail "status $status, and it was not stopped"
}

# resumed LAUNCH... -- [OPTION...]: the rest; what was there is used.
resumed() {
	what="resumed: $*"
	sweep "$work/new" slow "$@" --journal "$work/journal" ||
		fail "status $?"
	grep -q ' from the journal' "$work/said" || fail "it began anew"
	compare slow slow-seas
	echo "$what: $(cat "$work/said")"
}

begin() {
	fresh
	rm -rf "$work/journal"
	mkdir "$work/journal"
}

# The table of the slow samples up to so many good ones.
table_until() {
	awk -v most="$1" '{ print } NR > 1 && /,$/ && ++good == most { exit }' \
		"$work/serial/slow.csv"
}

# so_many GOOD STATUS LAUNCH... -- [OPTION...]: with the journal.
so_many() {
	local good=$1 expected=$2 bytes
	shift 2
	sweep "$work/new" slow "$@" --until "$good" --journal "$work/journal"
	status=$?
	[ $status = "$expected" ] || fail "status $status"
	[ $status = 0 ] || good=all
	bytes=$(wc -c <"$work/new/slow.csv")
	cmp -n "$bytes" "$work/new/slow.csv" <(table_until "$good") ||
		fail "another table"
	[ $status = 3 ] || [ "$bytes" = "$(table_until "$good" | wc -c)" ] ||
		fail "not $good good samples"
	echo "$what: status $status, $bytes bytes: $(cat "$work/said")"
}

# A run with a journal that has enough samples runs no task. With more to find it goes
# on, and a deadline may come first.
begin
what='until, with a journal'
so_many 300 0 $(mp 2) --
what='until, from the journal'
before=$(kept "$work/journal")
so_many 300 0 "${serial[@]}" --
grep -q ' from the journal' "$work/said" || fail "it began anew"
# The head of a file takes less than 100 bytes, a record more than 200.
[ "$(kept "$work/journal")" -lt $((before + 150)) ] || fail "tasks were run"
what='until, some from the journal'
so_many 600 0 $(mp 3) -- --isolate
begin
what='until, a deadline comes first'
so_many 1400 3 $(mp 2) -- --deadline 0.01
what='until, a deadline does not come'
so_many 1400 0 $(mp 2) -- --deadline 600
what='until, the whole table'
sweep "$work/new" slow "${serial[@]}" -- --journal "$work/journal" ||
	fail "status $?"
compare slow slow-seas

# A deadline that leaves most tasks for another run, which runs them; and a third one
# that runs the failures again.
begin
what=deadline
sweep "$work/new" slow $(mp 2) -- --journal "$work/journal" --deadline 0.05
status=$?
[ $status = 3 ] || fail "status $status"
grep -q 'the deadline of 0.05 s has left no time' "$work/said" ||
	fail "no word of the deadline"
sweep "$work/new" slow $(mp 3) -- --journal "$work/journal" || fail "status $?"
compare slow slow-seas
what='failures again'
good=$(grep -c ',$' "$work/serial/slow.csv")
sweep "$work/new" slow $(mp 2) -- --journal "$work/journal" --rerun-failed \
	--follow || fail "status $?"
grep -q " $good from the journal" "$work/said" || fail "not $good are kept"
compare slow slow-seas

# The same under launchers: one after another goes on with the journal.
if [ ${#launchers[@]} != 0 ]; then
	begin
	what="deadline under ${launchers[0]}"
	sweep "$work/new" slow "${launchers[0]}" -n 2 -- --journal "$work/journal" \
		--deadline 0.05
	grep -q 'the deadline of 0.05 s has left no time' "$work/said" ||
		fail "no word of the deadline"
	what="after a deadline under ${launchers[0]}"
	sweep "$work/new" slow "${launchers[-1]}" -n 2 -- --journal "$work/journal" ||
		fail "status $?"
	compare slow slow-seas
fi
for launcher in "${launchers[@]}"; do
	what="failures again under $launcher"
	sweep "$work/new" slow "$launcher" -n 2 -- --journal "$work/journal" \
		--rerun-failed --follow || fail "status $?"
	grep -q " $good from the journal" "$work/said" || fail "not $good are kept"
	compare slow slow-seas
done

begin
interrupted INT 130 $(mp 3) --
resumed "${serial[@]}" --
resumed $(mp 2) -- --isolate # which finds all done
begin
interrupted TERM 143 "${serial[@]}" --
interrupted INT 130 $(mp 5) -- --isolate --schedule static
if [ ${#launchers[@]} = 0 ]; then
	resumed $(mp 2) -- --schedule guided
fi
# A launcher has a status of its own.
for launcher in "${launchers[@]}"; do
	interrupted TERM '' "$launcher" -n 2 --
done
if [ ${#launchers[@]} != 0 ]; then
	resumed "${launchers[-1]}" -n 2 --
fi

echo "$failures failures"
[ "$failures" = 0 ]
