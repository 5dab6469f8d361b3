#!/usr/bin/env bash
# Ranks that are interrupted in their calls.
#
# usage: cases.sh PROGRAM [LAUNCHER]
set -uo pipefail
export LC_ALL=C

program=$(realpath "$1") launcher=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset "${!COHORT_@}"
export LINES=$work/lines
failures=0 cases=0
# Detects a hang, and bounds nothing: seconds.
patience=300

# run NAME STATUS COMMAND...: STATUS is what it must leave with; "any": anything.
run() {
	local name=$1 wanted=$2 status line
	shift 2
	cases=$((cases + 1))
	rm -f "$LINES" "$LINES.mark" "$LINES.came"
	: >"$LINES"
	timeout -s KILL $patience "$@" >"$work/output" 2>&1
	status=$?
	line=$(cat "$LINES")
	if [ "$wanted" != any ] && [ "$status" != "$wanted" ]; then
		line="FAILED: status $status; $line"
	fi
	case $line in
	*FAILED*)
		failures=$((failures + 1))
		sed 's/^/    /' "$work/output"
		;;
	passed*) ;;
	*)
		line="FAILED: it says nothing, status $status"
		failures=$((failures + 1))
		sed 's/^/    /' "$work/output"
		;;
	esac
	echo "$name: $line"
}

alone() {
	local how scene
	export COHORT_BACKEND=serial
	for how in handler thread; do
		for scene in between in_task isolated; do
			run "serial, $how" 0 "$program" $scene $how 0
		done
	done
	for scene in stopped signalled; do
		run "serial, thread" 0 "$program" $scene thread 0
	done
	for scene in on_result on_result_isolated; do
		run serial 0 "$program" $scene itself 0
	done
	run serial 0 "$program" windows
	export COHORT_BACKEND=mp
	for COHORT_TRANSPORT in shm socket; do
		export COHORT_TRANSPORT COHORT_SIZE=3
		for scene in barrier bcast gatherv allgatherv allreduce sum \
			bcast_object objects open close gather between \
			in_task waiting isolated; do
			run "$COHORT_TRANSPORT, handler, root" 0 \
				"$program" $scene handler 0
			run "$COHORT_TRANSPORT, thread, last" 0 \
				"$program" $scene thread last
		done
		for scene in stopped signalled; do
			run "$COHORT_TRANSPORT, thread, last" 0 \
				"$program" $scene thread last
		done
		for scene in on_result on_result_isolated; do
			run "$COHORT_TRANSPORT, root" 0 \
				"$program" $scene itself 0
		done
		COHORT_SIZE=2 run "$COHORT_TRANSPORT" 0 "$program" windows
	done
}

launch() {
	local oversubscribe=
	case $launcher in *openmpi*) oversubscribe=--oversubscribe ;; esac
	run "$1" any "$launcher" $oversubscribe -n 3 "$program" "${@:2}"
}

under_launcher() {
	export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
	launch "handler, root" between handler 0
	launch "thread, last" isolated thread last
	launch "thread, last" stopped thread last
	launch "thread, last" signalled thread last
	launch root on_result itself 0
	export COHORT_TEST_NODES=2
	launch "two nodes, thread, root" stopped thread 0
	launch "two nodes, thread, root" signalled thread 0
	launch "two nodes, thread, last" signalled thread last
	launch "two nodes, handler, root" isolated handler 0
	launch "two nodes, thread, last" isolated thread last
	launch "two nodes, root" on_result_isolated itself 0
	export COHORT_TEST_NODES=1 COHORT_TIMEOUT=600
	# All wait in the same place, and each launch takes its time: half of them
	# with each MPI. An open cannot be left.
	local how=handler victim=0 scenes="bcast allgatherv bcast_object waiting"
	case $launcher in *mpich*) scenes="gatherv sum objects in_task" ;; esac
	for scene in barrier allreduce gather close $scenes; do
		launch "timeout, $how, $victim" $scene $how $victim
		[ $how = thread ] && how=handler victim=0 ||
			how=thread victim=last
	done
}

if [ -n "$launcher" ]; then
	under_launcher
else
	alone
fi
echo "$cases cases, $failures failures"
exit $((failures > 0))
