#!/usr/bin/env bash
# Cases that end the group, or want another user.
#
#   launches.sh FAULT_TASKS
set -uo pipefail
export LC_ALL=C
program=$1
failures=0

fail() {
	printf 'FAILED: %s\n%s\n' "$1" "$output"
	failures=$((failures + 1))
}

# So many lines have all of the words.
says_times() {
	local times=$1 lines=$output word
	shift
	for word; do
		lines=$(grep -F -- "$word" <<<"$lines")
	done
	[ "$(grep -c . <<<"$lines")" = "$times" ] || fail "not $times times: $*"
}

# Not isolated, a task that ends its rank: the others are told which it was.
dies() {
	output=$(COHORT_BACKEND=mp COHORT_TRANSPORT=$1 COHORT_SIZE=$2 \
		timeout 600 "$program" --dies "$3" 2>&1)
	status=$?
	[ "$status" = "$5" ] || fail "$*: status $status"
	says_times $(($2 - 1)) 'COHORT_EPEER' 'rank 1' 'task 5' "$4"
	says_times 0 'dying.c'
	sed -n "s/.*; \(told after .*\)/$1, $2 ranks, $3: \1/p" <<<"$output"
}

for transport in shm socket; do
	for size in 2 3; do
		dies $transport $size kill 'signal 9' 137
		dies $transport $size segv 'signal 11' 139
		dies $transport $size exit 'status 3' 3
	done
done

# The others finish the sweep. What they leave is done later, on another backend.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
outlives() {
	local ranks=$1 deaths=$2 journal=${3:+$folder/$3} left
	output=$(COHORT_BACKEND=mp COHORT_SIZE=3 timeout 600 "$program" \
		--outlives "$deaths" ${journal:+"$journal"} 2>&1)
	status=$?
	[ "$status" = 137 ] || fail "outlives $*: status $status"
	says_times "$ranks" 'outlives: left: '
	says_times 0 '.c:'
	[ -n "$journal" ] || return
	left=$(sed -n 's/^rank 0 outlives: left: //p' <<<"$output")
	output=$(COHORT_BACKEND=serial timeout 600 "$program" \
		--resumes "$journal" "$left" 2>&1) ||
		fail "resumes after $*: status $?"
}

outlives 2 one
outlives 2 one whole
outlives 2 scribbles
outlives 2 scribbles damaged
outlives 2 retried
outlives 2 in_vain
outlives 1 two
outlives 2 stopped rest

# Before the first task runs, all are told that their jobs are not alike.
for field in build teardown isolate timeout retries journal seed rerun_failed \
	rebuilt_ok unique ordered discard on_result deadline identity; do
	output=$(COHORT_BACKEND=mp COHORT_SIZE=3 timeout 600 "$program" \
		--differs $field 2>&1) || fail "$field: status $?"
	says_times 3 COHORT_EMISMATCH "job.$field" 'rank 0' 'rank 2'
done

# The environment's chunk is not for a job that has a schedule of its own: with
# these, one rank would get all tasks of the case.
for schedule in guided,128 dynamic,128; do
	output=$(COHORT_SCHEDULE=$schedule COHORT_BACKEND=mp COHORT_SIZE=2 \
		timeout 100 "$program" skewed 2>&1) ||
		fail "skewed with COHORT_SCHEDULE=$schedule: status $?"
done

# Where the environment isolates, a job may have retries without saying so.
output=$(COHORT_ISOLATE=1 COHORT_BACKEND=serial timeout 60 "$program" \
	retries 2>&1) || fail "retries with COHORT_ISOLATE=1: status $?"

# An isolated task that aborts does not only end itself.
for backend in serial mp; do
	output=$(COHORT_BACKEND=$backend COHORT_SIZE=3 timeout 600 "$program" \
		--aborts 2>&1)
	status=$?
	[ "$status" = 7 ] || fail "aborts on $backend: status $status"
done

# As a user who may not do everything.
somebody() {
	output=$(COHORT_SIZE=2 COHORT_BACKEND=$1 timeout 600 "$program" \
		--somebody "${@:2}" 2>&1)
	status=$?
	echo "$output"
	[ "$status" = 0 ] || [ "$status" = 77 ] || fail "status $status"
}

somebody serial closed_to_somebody no_fork_for_a_while
somebody mp closed_to_somebody no_fork_for_a_while no_fork
exit $((failures > 0))
