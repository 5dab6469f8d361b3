#!/usr/bin/env bash
# Sweeps with an on_result in which ranks, children or rank 0 end.
#
# usage: cases.sh PROGRAM [LAUNCHER]
#
# With a launcher, mpirun of either family, on the mpi backend.
set -uo pipefail
export LC_ALL=C

program=$(realpath "$1") launcher=()
unset "${!COHORT_@}"
failures=0 cases=0
unwanted=FAILED # in the output, too
# Detects a hang, and bounds nothing: seconds.
patience=300

folder=$(mktemp -d)
# shellcheck source=tests/pace.sh
. "$(dirname "$0")/../../pace.sh"
trap 'pace_end; rm -rf "$folder"' EXIT
cd "$folder" || exit
export FOLDER=$folder

# ends_with STATUS: "any" is any status, "failure" any but 0.
ends_with() {
	case $1 in
	any) ;;
	failure) [ "$status" != 0 ] ;;
	*) [ "$status" = "$1" ] ;;
	esac
}

# run STATUS WORD SCENE [FLAG...]: the program ends with STATUS (see ends_with)
# and prints WORD. Its output is read until the last of its processes ends. It
# begins in an empty folder.
run() {
	rm -rf "${folder:?}"/*
	go_on "$@"
}

# The same in the folder as it is.
go_on() {
	local wanted=$1 word=$2 output status
	shift 2
	cases=$((cases + 1))
	output=$(timeout -s KILL $patience "${launcher[@]}" "$program" "$@" 2>&1)
	status=$?
	if ends_with "$wanted" && grep -q "$word" <<<"$output" &&
		! grep -qE "FAILED|$unwanted" <<<"$output"
	then
		grep -E 'median|KiB' <<<"$output" | sed "s/^/$*: /"
		return
	fi
	failures=$((failures + 1))
	echo "FAILED: ${COHORT_BACKEND:-${launcher[0]}} ${COHORT_TRANSPORT:-} $*: status $status"
	sed 's/^/    /' <<<"$output" | tail -20
}

# The calls of on_result last longer than the timeout, but none of them does.
run_slow() {
	COHORT_TIMEOUT=$(pace_now) run 0 passed slow "$@"
}

# A rank is stopped: the others have no sign of life, and end by the timeout.
stopped_status=0 stopped_word=passed
run_stopped() {
	COHORT_TIMEOUT=$(pace_now) run $stopped_status "$stopped_word" \
		peer_stops ordered discard
	COHORT_TIMEOUT=$(pace_now) run $stopped_status "$stopped_word" \
		root_stops discard
}

end() {
	echo "$cases cases, $failures failures"
	exit $((failures > 0))
}

if [ -n "${2:-}" ]; then
	launcher=("$2" -n 3)
	unwanted="tasks that are run" # again, or later: none is lost
	run 0 passed latency
	run 0 passed latency isolate
	run 0 passed memory discard ordered
	run 0 passed memory discard ordered isolate
	run 0 passed stands_still discard ordered
	# Ranks that give up end the job.
	stopped_status=any stopped_word='rank [12] after'
	run_stopped
	run failure '' journal_dies static
	go_on 0 passed journal_resumed
	run failure '' journal_dies static discard ordered isolate
	go_on 0 passed journal_resumed discard ordered
	run 0 passed journal_fills discard
	go_on 0 passed journal_passes discard ordered
	go_on 0 passed journal_passes discard isolate
	export COHORT_TEST_NODES=2
	run 0 passed front discard ordered static
	run 0 passed front discard ordered static isolate
	run failure '' journal_dies static ordered
	go_on 0 passed journal_resumed ordered isolate
	export COHORT_TEST_NODES=1
	run_slow
	end
fi
export COHORT_BACKEND=mp COHORT_SIZE=3
for COHORT_TRANSPORT in shm socket; do
	export COHORT_TRANSPORT
	for flags in '' 'ordered discard' 'ordered isolate' \
		'ordered discard isolate'; do
		# shellcheck disable=SC2086
		run any passed rank_dies static $flags
	done
	run any passed awaited_dies static ordered discard
	run any passed awaited_dies static ordered discard isolate
	run any passed stopped_dies static ordered discard
	for flags in '' discard 'ordered discard' isolate 'discard isolate'; do
		# shellcheck disable=SC2086
		run 0 passed refused $flags
	done
	run 0 passed no_copy isolate
	run 0 passed no_copy discard isolate
	run_stopped
	run 0 passed latency
	run 0 passed latency isolate
	COHORT_SIZE=2 run 0 passed latency idle_root
	run_slow
done
run 0 passed front discard ordered static
run 137 '' journal_dies static ordered
go_on 0 passed journal_resumed ordered
export COHORT_TRANSPORT=shm
run 0 passed journal_fills discard
go_on 0 passed journal_passes discard ordered
go_on 0 passed journal_passes discard
go_on 0 passed journal_stops discard
go_on 0 passed journal_stops discard ordered
go_on 0 passed journal_cut discard ordered isolate
run 0 passed journal_fills discard
go_on 0 passed journal_cut discard
for flags in ordered discard 'ordered discard'; do
	# shellcheck disable=SC2086
	run 0 passed scribbles isolate $flags
done
for flags in ordered 'ordered discard' ''; do
	# shellcheck disable=SC2086
	run 0 passed restored isolate static $flags
	# shellcheck disable=SC2086
	run 0 passed restored_small isolate static $flags
done
run any passed scribbles_and_dies isolate static
run any passed scribbles_and_dies isolate static ordered
run 0 passed scribbles_twice isolate static ordered
run 0 passed scribbles_twice isolate static ordered discard
for flags in '' 'discard isolate'; do
	# shellcheck disable=SC2086
	run 137 '' root_dies $flags
	# shellcheck disable=SC2086
	run 3 '' root_leaves $flags
done
run 1 "on_result did not return" root_thread
run 0 passed signal discard
run 0 passed signal discard isolate
run 0 passed memory discard
run 0 passed memory discard ordered
run 0 passed memory discard ordered isolate
export COHORT_BACKEND=serial
run 0 passed latency isolate
run 0 passed signal discard isolate
run 0 passed memory discard
run 0 passed journal_fills discard
go_on 0 passed journal_passes discard ordered isolate
run 3 '' root_leaves discard
end
