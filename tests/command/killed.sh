#!/usr/bin/env bash
# `cohort sweep` is killed at random moments, with everything that it started, and run
# again until it is done: the table is that of an undisturbed run, and no task that
# was told to be done is run again. On mp, and with fewer kills under each launcher.
# A job that is ended as a whole, the tasks' programs first, has no failed task, and so
# does one that was stopped as a whole.
#
#   killed.sh COHORT [LAUNCHER]...
#
# COHORT_TEST_KILLED_SEED draws the kills of an earlier run.
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

cohort=$1
shift
RANDOM=${COHORT_TEST_KILLED_SEED:-$$}
echo "seed ${COHORT_TEST_KILLED_SEED:-$$}"
folder=$(mktemp -d)
source "$(dirname "$0")/../pace.sh"
trap 'pace_end; rm -rf "$folder"' EXIT
cd "$folder"
cat >task <<'END'
#!/bin/sh
# task N: a number, and a note that it was run.
echo "$1" >>ran
sleep 0.02
echo $(($1 * $1))
END
chmod +x task
args=(--parse number --no-measures -p n=range:1:120:1 -- ./task)

# survives KILLS COMMAND...: the command starts the sweep.
survives() {
	local most=$1 kills=0 tries=0 leader status before begun

	rm -rf task.cohort t.csv
	: >ran
	while [ $kills -lt "$most" ]; do
		begun=$(wc -l <ran)
		setsid "${@:2}" sweep --output t.csv "${args[@]}" 2>said &
		leader=$!
		# A launcher takes long to start: some kills come at once, and most when
		# tasks run.
		if [ $((RANDOM % 4)) != 0 ]; then
			until [ "$(wc -l <ran)" -gt "$begun" ] || ! kill -0 $leader 2>/dev/null; do
				sleep 0.02
			done
		fi
		sleep 0.$((RANDOM % 5))$((RANDOM % 10))
		# One of them: rank 0, or all at once.
		if [ $((RANDOM % 2)) = 0 ]; then
			kill -KILL $leader 2>/dev/null || true
		else
			kill -KILL -- -$leader 2>/dev/null || true
		fi
		status=0
		wait $leader 2>/dev/null || status=$?
		[ $status = 0 ] && break
		kills=$((kills + 1))
	done
	until "${@:2}" sweep --output t.csv "${args[@]}" 2>said; do
		# Ranks of the last run may still be ending.
		grep -q 'in use' said && [ $((tries += 1)) -lt 100 ] || {
			cat said
			exit 1
		}
		sleep 0.1
	done
	{
		echo n,status,exit,signal,value
		for n in $(seq 120); do
			echo "$n,ok,0,,$((n * n))"
		done
	} | cmp - t.csv
	before=$(wc -l <ran)
	"${@:2}" sweep "${args[@]}" 2>said
	[ "$(wc -l <ran)" = "$before" ]
	echo "${*:2}: $kills kills, $((before - 120)) tasks were run again"
}
survives 8 env COHORT_SIZE=3 "$cohort"
for launcher in "$@"; do
	survives 2 "$launcher" -n 2 "$cohort"
done

# A task that is ended from outside: its program itself, or what a script waits for; it
# may handle the signal.
cat >long <<'END'
#!/bin/sh
[ ! -e go ] || exit 0
if [ "$1" = script ]; then
	sleep 600 &
	echo $! >>pids
	wait $!
	exit $?
fi
echo $$ >>pids
[ "$1" = handler ] || exec sleep 600
# As programs do that save what they have, and leave with a status of their own.
trap 'exit 1' TERM USR1 XCPU
while :; do
	sleep 0.01
done
END
chmod +x long

# is_left SIGNAL KIND SETTING: the job's tasks are ended, and then its ranks.
is_left() {
	local pids leader pid
	rm -rf long.cohort go
	: >pids
	setsid env "$3" "$cohort" sweep -p n=range:1:6:1 -- ./long "$2" 2>said &
	leader=$!
	pids=2
	[ "$3" != COHORT_BACKEND=serial ] || pids=1
	until [ "$(wc -l <pids)" = $pids ]; do
		kill -0 $leader
		sleep 0.02
	done
	mapfile -t pids <pids
	kill "-$1" "${pids[@]}"
	for pid in "${pids[@]}"; do
		while kill -0 "$pid" 2>/dev/null; do
			sleep 0.01
		done
	done
	kill "-$1" -- -$leader 2>/dev/null || true
	# Tasks that began meanwhile would be waited for.
	while kill -0 $leader 2>/dev/null; do
		mapfile -t pids <pids
		kill "-$1" "${pids[@]}" 2>/dev/null || true
		sleep 0.02
	done
	wait $leader 2>/dev/null || true
	touch go
	until env "$3" "$cohort" sweep -p n=range:1:6:1 --output t.csv \
		-- ./long "$2" 2>said; do
		grep -q 'in use' said || {
			cat said
			exit 1
		}
		sleep 0.1
	done
	[ "$(grep -c ,ok, t.csv)" = 6 ] || {
		echo "SIG$1, $2, $3: a task has failed for good"
		cat t.csv
		exit 1
	}
	echo "SIG$1, $2, $3: no failure is left"
}
for kind in program script; do
	is_left TERM $kind COHORT_SIZE=2
	is_left TERM $kind COHORT_BACKEND=serial
done
is_left TERM handler COHORT_SIZE=2
is_left USR1 handler COHORT_SIZE=2
is_left XCPU program COHORT_SIZE=2
is_left KILL program COHORT_SIZE=2

# No task waits for that: the next one begins at once, however a task has failed.
if strace -o /dev/null true 2>/dev/null; then
	# waits EXIT STATUS: so often a rank sleeps for six tasks that fail so.
	waits() {
		strace -o trace -e trace=clock_nanosleep,nanosleep "$cohort" sweep \
			--backend serial --fresh -p n=1,2,3,4,5,6 --shell -- "exit $1" 2>said || true
		grep -q ' 6 failed' said
		grep -c nanosleep trace || true
	}
	# At its end a rank looks for half a second whether it is ended, too, and sleeps for
	# at least 10 ms between two looks.
	for status in 1 137; do
		[ "$(waits $status)" -le 51 ] || {
			echo "exit $status: a rank slept $(waits $status) times"
			exit 1
		}
	done
else
	echo "not tested: how often a rank waits (no strace here)"
fi

# ---- the whole job is stopped, as by a freezer, for longer than its time limits ----

cat >waiting <<'EOF'
#!/bin/sh
touch waits
until [ -e go ]; do
	sleep 0.05
done
EOF
chmod +x waiting
signal_session() {
	# Processes may have ended since.
	ps -o pid= -s "$2" | xargs kill "-$1" 2>/dev/null || true
}
# outlives OPTION [SIGNAL]: a task is done within the time of the option, which counts
# from its begin, or from a signal to the sweep.
outlives() {
	local option=$1 signal=${2:-} limit

	limit=$((2 * $(pace_now)))
	rm -rf waiting.cohort go waits
	setsid env COHORT_SIZE=2 "$cohort" sweep "$option" $limit -p n=1 \
		--output t.csv -- ./waiting 2>said &
	leader=$!
	until [ -e waits ]; do
		kill -0 $leader
		sleep 0.02
	done
	if [ "$signal" ]; then
		kill "-$signal" $leader
		until grep -q 'tasks that run have' said; do
			kill -0 $leader
			sleep 0.02
		done
	fi
	signal_session STOP $leader
	sleep $((limit + 2))
	signal_session CONT $leader
	sleep 0.3
	touch go
	wait $leader || true
	grep -q '^1,ok,' t.csv || {
		cat said t.csv
		exit 1
	}
	echo "stopped for longer than $option: no failure"
}
outlives --timeout
outlives --grace TERM
