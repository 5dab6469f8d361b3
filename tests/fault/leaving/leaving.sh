#!/usr/bin/env bash
# leaving.sh PROGRAM: callbacks that are left without returning, isolated and not.
set -uo pipefail
export LC_ALL=C

program=$1
failures=0
limit=600 # seconds; detects a hang, and bounds nothing

# run ISOLATE BACKEND HOW WHERE
run() {
	current=$*
	output=$(COHORT_ISOLATE=$1 COHORT_BACKEND=$2 \
		COHORT_SIZE=$([ "$2" = mp ] && echo 2) \
		timeout --kill-after=5 $limit "$program" "$3" "$4" 2>&1)
	status=$?
	# In no process does the program's own code catch what left a callback.
	says 0 'caught outside'
	says 0 'a copy of the program'
}

fail() {
	printf 'FAILED: %s: %s: %s\n' "$current" "$1" "$output"
	failures=$((failures + 1))
}

ends() {
	[ "$status" = "$1" ] || fail "status $status, not $1"
}

# says TIMES WORDS
says() {
	[ "$(grep -cF -- "$2" <<<"$output")" = "$1" ] || fail "not $1 times '$2'"
}

# An isolated task fails alone: every rank has its sentence and 5 other results.
for how in throw:'left by an exception or by pthread_exit' \
	pthread_exit:'left by an exception or by pthread_exit' \
	longjmp:'left by longjmp' \
	longjmp_exit:'left by longjmp' \
	exit:'ended its process, with status 3'; do
	for backend in serial mp; do
		run 1 $backend "${how%%:*}" execute
		ranks=$([ $backend = mp ] && echo 2 || echo 1)
		ends 0
		says $ranks 'scatter: COHORT_OK'
		says $ranks 'task 2: COHORT_ETASK: '
		says $ranks "${how#*:}"
		says $((6 * ranks)) "COHORT_OK: "
		says 0 'behind the longjmp'
	done
done

# In the program itself, it ends: with a sentence, and with status 1.
for isolate in 0 1; do
	for how in throw pthread_exit; do
		for where in execute build teardown; do
			[ $isolate$where = 1execute ] && continue
			run $isolate serial $how $where
			ends 1
			says 1 "error: cohort_scatter: the job's $where did not"
			says 0 'scatter: COHORT_'
			run $isolate mp $how $where
			ends 1
			says 1 "error: cohort_scatter: the job's $where did not"
		done
	done
done

# Peers are told, and finish the sweep.
for isolate in 0 1; do
	for how in throw:1 pthread_exit:1 exit:3; do
		run $isolate mp ${how%:*} build
		ends ${how#*:}
		says 1 'rank 1 has left the program, with exit status '${how#*:}'; the other ranks have finished'
		says 6 ': COHORT_OK: '
	done
	run $isolate serial exit build
	ends 3
done
run 0 serial exit execute
ends 3
run 0 mp exit execute
ends 3

# A longjmp is noticed at the next call of the library.
for where in execute build teardown on_result; do
	for next in longjmp longjmp_open longjmp_close; do
		run 0 serial $next $where
		ends 1
		says 1 'behind the longjmp'
		says 1 'called after a function of the job was left by longjmp: the program ends'
		says 0 'scatter: COHORT_'
		run 0 mp $next $where
		ends 1
		says 1 'called after a function of the job was left by longjmp: the program ends'
	done
done
exit $((failures > 0))
