#!/usr/bin/env bash
# nested.sh PROGRAM [MPIRUN...]: tasks, and ranks between two calls, that start
# programs which use cohort. Each inner program is alone unless it asks for ranks or a
# launcher starts it.
set -uo pipefail

program=$1
shift
failures=0
limit=600 # seconds; detects a hang, and bounds nothing

# expect TIMES LINE: the output has the line so often
expect() {
	[ "$(grep -cxF -- "$2" <<<"$output")" = "$1" ] && return
	printf 'FAILED: %s: not %d times "%s":\n%s\n' "$current" "$1" "$2" "$output"
	failures=$((failures + 1))
}

# outer COMMAND LAUNCHER...: run the command in the tasks of a sweep, or where $where
# says
where=()
outer() {
	local command=$1
	shift
	current="$* ${where[*]} $command"
	output=$(timeout --kill-after=5 $limit "$@" "$program" "${where[@]}" "$command" 2>&1)
	local status=$?
	[ $status != 124 ] && [ $status != 137 ] && return
	printf 'FAILED: %s: it hung\n' "$current"
	failures=$((failures + 1))
}

inner="exec '$program' --inner"
launchers=("env COHORT_BACKEND=mp COHORT_SIZE=2" "env COHORT_SIZE=2 ISOLATE=1")
for mpirun; do
	launchers+=("$mpirun -n 2" "$mpirun -n 2 env ISOLATE=1")
done
for launcher in "${launchers[@]}"; do
	backend=mpi
	[[ $launcher != *COHORT_SIZE* ]] || backend=mp
	# shellcheck disable=SC2086
	outer "$inner" $launcher
	expect 4 'inner: 4 right on serial with 1'
	expect 1 "outer: 4 right on $backend with 2"
	[[ $launcher != *ISOLATE* ]] || continue
	# Twice on each of two ranks.
	where=(--between)
	# shellcheck disable=SC2086
	outer "$inner" $launcher
	expect 4 'inner: 4 right on serial with 1'
	expect 1 "outer: 4 right on $backend with 2"
	where=()
done

# What the inner program asks for itself is obeyed.
mp=(env COHORT_BACKEND=mp COHORT_SIZE=2)
outer "$inner mp" "${mp[@]}"
expect 4 'inner: 4 right on mp with 2'
outer "COHORT_SIZE=3 COHORT_BACKEND=mp $inner" "${mp[@]}"
expect 4 'inner: 4 right on mp with 3'
outer "COHORT_INSIDE= $inner" "${mp[@]}"
expect 4 'inner: 4 right on mp with 2'
# The variable means nothing once its rank has ended.
current='a rank that has ended'
outer "echo value \$COHORT_INSIDE" "${mp[@]}"
value=$(sed -n 's/^value //p' <<<"$output" | head -n 1)
inside() {
	output=$(COHORT_INSIDE=$1 "${mp[@]}" "$program" --inner 2>&1)
	expect 1 "inner: 4 right on $2"
}
inside "$value" 'mp with 2'
# This script is a process that is there, and has started before the rank.
IFS=: read -r _ written place rest <<<"$value"
inside "$$:$written:$place:$rest" 'serial with 1'
current='a process that has started after the rank wrote its number'
inside "$$:1:$place:$rest" 'mp with 2'
current='another machine'
inside "$$:$written:1$place:$rest" 'mp with 2'
output=$(COHORT_INSIDE=nonsense "${mp[@]}" "$program" --inner 2>&1)
expect 1 'inner: 4 right on mp with 2'

for mpirun; do
	outer "$mpirun -n 2 '$program' --inner" "${mp[@]}"
	expect 4 'inner: 4 right on mpi with 2'
	outer "COHORT_BACKEND=mpi $inner" "$mpirun" -n 2
	expect 1 'outer: 0 right on mpi with 2'
	grep -q 'COHORT_EBACKEND: .* started this program' <<<"$output" ||
		expect 1 COHORT_EBACKEND
done
exit $((failures > 0))
