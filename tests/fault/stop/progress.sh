#!/usr/bin/env bash
# The progress of sweeps: cohort_progress, and the line on stderr.
#
#   progress.sh PROGRAM [LAUNCHER]
#
#   PROGRAM   progress
#   LAUNCHER  an mpirun: the cases of mpi; all others without it
# shellcheck source=tests/fault/stop/common.sh
. "$(dirname "$0")/common.sh"

fail() {
	printf 'FAILED: %s: %s\n' "$current" "$1"
	sed 's/^/    /' "$work/out" "$work/err" | cat -v
	failures=$((failures + 1))
}

# run CASE [NAME=VALUE...]
run() {
	local case=$1 status
	shift
	current="$case $*"
	cases=$((cases + 1))
	timeout --kill-after=5 $patience env "$@" ${start[@]+"${start[@]}"} \
		"$program" "$case" >"$work/out" 2>"$work/err"
	status=$?
	[ "$status" = 0 ] || fail "status $status"
}

# lines COUNT [PATTERN]: that many on stderr, and the last one matches.
lines() {
	local count
	count=$(grep -c '' "$work/err")
	[ "$count" = "$1" ] || fail "$count lines, not $1"
	[ $# -lt 2 ] || tail -n 1 "$work/err" | grep -qE "^$2\$" ||
		fail "the last line does not match $2"
}

# A terminal of 40 columns; what it was sent is then in $work/err.
on_terminal() {
	local case=$1
	shift
	current="$case $* on a terminal"
	cases=$((cases + 1))
	: >"$work/out"
	SHELL=/bin/sh timeout --kill-after=5 $patience script --quiet --return \
		--command "stty cols 40; env $* '$program' $case" \
		"$work/out" </dev/null >"$work/err" || fail "status $?"
	# Without script's own lines.
	: >"$work/out"
}

serial=COHORT_BACKEND=serial
mp() {
	echo COHORT_BACKEND=mp COHORT_SIZE="$1" COHORT_TRANSPORT="${2:-shm}"
}
isolated=COHORT_ISOLATE=1
always=COHORT_PROGRESS=always
end='cohort: 20/20 \(100 %\), 2 failed, [0-9.e+]+/s, 0:00'

figures() {
	run counts "$@"
	run counts "$@" $isolated
	run in_tasks "$@"
	run in_tasks "$@" $isolated
	run again "$@"
	run watched "$@"
}

without_launcher() {
	local where
	start=()
	for where in $serial "$(mp 1)" "$(mp 2)" "$(mp 3)" "$(mp 2 socket)"; do
		figures $where
	done

	run short $serial
	lines 0
	run short $serial COHORT_PROGRESS=never
	lines 0
	for where in $serial "$(mp 2)"; do
		run short $where $always
		lines 1 "$end"
		run short $where COHORT_LOG=info
		grep -qE 'sweep: 20 tasks, 20 done, 2 failed, 0 resumed, ' \
			"$work/err" || fail "no summary"
	done
	# It takes 5.3 s, and longer on a busy machine.
	run long $serial $always
	lines 2 'cohort: 2/2 \(100 %\), .*/s, 0:(0[5-9]|[1-5][0-9])'
	head -n 1 "$work/err" | grep -qE \
		'^cohort: 1/2 \(50 %\), 0\.[0-9]+/s, 0:0[5-9] left$' ||
		fail "no line after 5 s"
	run crashes $(mp 2) $isolated $always
	run kills $serial
	run deaths $serial
	run deaths $(mp 2)
	# A terminal that is not read.
	current="a closed pipe"
	timeout $patience env $serial $always "$program" short 2>&1 >/dev/null |
		true
	[ "${PIPESTATUS[0]}" = 0 ] || fail "status ${PIPESTATUS[*]}"
	terminal
}

terminal() {
	local line begin
	# It draws for the first time after a quarter of a second, which a busy
	# machine may need for all of it.
	begin=$(date +%s%N)
	on_terminal short $serial
	[ ! -s "$work/err" ] ||
		[ $(($(date +%s%N) - begin)) -gt 250000000 ] ||
		fail "drawn for a moment only"
	on_terminal slow $serial COHORT_PROGRESS=never
	[ ! -s "$work/err" ] || fail "drawn"
	on_terminal slow $serial
	[ "$(tr '\r' '\n' <"$work/err" | grep -c '^.\[Kcohort: ')" -ge 3 ] ||
		fail "not drawn again and again"
	tr '\r' '\n' <"$work/err" | tail -n 2 | grep -q '(100 %), 1 failed' ||
		fail "no end"
	[ "$(tail -c 1 "$work/err" | od -An -c | tr -d ' ')" = '\n' ] ||
		fail "the line is not ended"
	while read -r line; do
		line=${line#*K}
		[ ${#line} -lt 40 ] || fail "${#line} columns: $line"
	done < <(tr '\r' '\n' <"$work/err")
	on_terminal crashes $(mp 2) $isolated
}

with_launcher() {
	start=("$launcher" -n 2)
	figures
	run short $always
	# Launchers may put lines of their own there.
	grep -qE "$end" "$work/err" || fail "no line"
}

run_suite
