#!/usr/bin/env bash
# leaving.sh PROGRAM [MPIRUN...]: callbacks that are left without returning, isolated
# and not. With a launcher, those of ranks that it starts.
set -uo pipefail
export LC_ALL=C

program=$1
shift
launcher=("$@")
failures=0
limit=600 # seconds; detects a hang, and bounds nothing

# run ISOLATE BACKEND HOW WHERE; BACKEND is serial, mp, socket or mpi
run() {
	local backend=$2 transport= size= start=()
	current=$*
	case $backend in
	mp) size=2 ;;
	socket) backend=mp transport=socket size=2 ;;
	mpi) start=("${launcher[@]}" -n 2) ;;
	esac
	output=$(COHORT_ISOLATE=$1 COHORT_BACKEND=$backend COHORT_SIZE=$size \
		COHORT_TRANSPORT=$transport timeout --kill-after=5 $limit \
		${start[@]+"${start[@]}"} "$program" "$3" "$4" 2>&1)
	status=$?
	# In no process does the program's own code catch what left a callback.
	says 0 'caught outside'
	says 0 'a copy of the program'
	says 0 'wrong data'
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

# fails_alone BACKEND HOW WORDS: an isolated task fails alone: every rank has its
# sentence and 5 other results.
fails_alone() {
	run 1 "$1" "$2" execute
	local ranks=$([ "$1" = serial ] && echo 1 || echo 2)
	ends 0
	says $ranks 'scatter: COHORT_OK'
	says $ranks 'task 2: COHORT_ETASK: '
	says $ranks "$3"
	says $((6 * ranks)) ': COHORT_OK: ' # and cohort_scatter
	[[ $2 = context* ]] || says 0 'behind the jump'
	says 0 'at_quick_exit handler'
}

# ends_program WORDS: with a sentence, before the program's own code goes on.
ends_program() {
	[ "$status" != 0 ] || fail 'status 0'
	says 1 "did not return, but was left by $1"
	says 0 'behind the jump'
}

# copy_ends BACKEND HOW WHERE: a copy that comes back from the callback ends there,
# and all results are right.
copy_ends() {
	local ranks=$([ "$1" = serial ] && echo 1 || echo 2)
	for isolate in 0 1; do
		run $isolate "$@"
		ends 0
		says 1 'forked a process that came back from it: that process ends here'
		says 1 "the copy's status: 1"
		says $ranks 'scatter: COHORT_OK'
		says $((7 * ranks)) ': COHORT_OK: ' # and cohort_scatter
	done
}

# leaves_call BACKEND HOW: the next call says it, and the peers are told; over MPI
# the job ends then. A thread is cancelled only when its call has returned.
leaves_call() {
	local peers=$([ "$1" = serial ] && echo 0 || echo 1)
	local said='rank 0 has left its cohort_'

	LEAVING_NOTES=$(mktemp -d)
	export LEAVING_NOTES
	run 0 "$1" "$2" call
	rm -r "$LEAVING_NOTES"
	if [ "$2" = cancel ]; then
		ends 0
		says 1 'rank 0: its thread was cancelled'
		says 1 'rank 0: the call: COHORT_OK'
		says $peers 'rank 1: peer: COHORT_OK'
		says $((1 + peers)) 'next: COHORT_OK'
		return
	fi
	says 1 'rank 0: next: COHORT_EMISMATCH: cohort_'
	[[ $output = *"next: COHORT_EMISMATCH: "*"$said"* ]] || fail 'no sentence'
	[ "$2" != nested ] || says 1 'rank 0: nested: COHORT_EMISMATCH'
	if [ "$1" = mpi ]; then
		[ "$status" != 0 ] || fail 'status 0'
		says 1 'a group of this rank is broken, and its peers may still wait in it'
		return
	fi
	ends 0
	says $peers "rank 1: peer: COHORT_EMISMATCH: cohort_barrier: $said"
	says $((1 + peers)) 'close: COHORT_OK'
}

under_launcher() {
	for where in execute build teardown on_result; do
		copy_ends mpi copy $where
	done
	fails_alone mpi longjmp 'left by longjmp'
	for where in build on_result; do
		run 0 mpi longjmp $where
		ends_program longjmp
		says 1 "cohort_scatter: the job's $where did not"
	done
	run 1 mpi throw on_result
	ends_program 'an exception or by pthread_exit'
	run 0 mpi exit on_result
	[ "$status" = 3 ] || fail "status $status"
	fails_alone mpi quick_exit 'left by quick_exit'
	leaves_call mpi jump
	leaves_call mpi cancel
	exit $((failures > 0))
}

[ ${#launcher[@]} = 0 ] || under_launcher

for how in throw:'left by an exception or by pthread_exit' \
	pthread_exit:'left by an exception or by pthread_exit' \
	longjmp:'left by longjmp' \
	longjmp_thread:'left by longjmp' \
	context_exit:'left by longjmp' \
	exit:'ended its process, with status 3' \
	quick_exit:'left by quick_exit'; do
	for backend in serial mp; do
		fails_alone $backend "${how%%:*}" "${how#*:}"
	done
done
fails_alone socket longjmp 'left by longjmp'

# Jumps that stay inside, or are those of a process of its own, are nobody's concern.
for isolate in 0 1; do
	run $isolate mp longjmp_inside execute
	ends 0
	says 2 'task 2: COHORT_OK: '
	run $isolate serial longjmp_copy execute
	ends 0
	says 1 'task 2: COHORT_OK: '
	says 1 'behind the jump'
done

for isolate in 0 1; do
	for backend in serial mp socket; do
		run $isolate $backend copy_result execute
		ends 0
		says 1 'the copy gets nothing: cohort_task_result: called in a process'
		says $([ $backend = serial ] && echo 7 || echo 14) ': COHORT_OK: '
	done
done
# Copies that hooks around a fork have made, of the ranks and of a sweep's children.
for where in before_fork after_fork_parent after_fork_child; do
	run 0 mp copy $where
	ends 0
	says 1 'a fork hook'
	says 1 'forked a process that came back from it: that process ends here'
	says 2 'scatter: COHORT_OK'
	run 1 serial copy $where
	ends 0
	says 1 'forked a process that came back from it: that process ends here'
	says 7 ': COHORT_OK: '
done
for backend in serial mp socket; do
	for where in execute build teardown on_result; do
		copy_ends $backend copy $where
	done
	copy_ends $backend clone execute
	copy_ends $backend copy_throw execute
done
journal=$(mktemp -d)
for backend in serial mp; do
	export LEAVING_JOURNAL=$journal/$backend
	run 1 $backend copy execute
	run 1 $backend nothing execute # from the journal
	ends 0
	says $([ $backend = serial ] && echo 7 || echo 14) ': COHORT_OK: '
done
unset LEAVING_JOURNAL
rm -r "$journal"

# In the program itself, it ends: with a sentence, and with status 1.
for isolate in 0 1; do
	for how in throw pthread_exit longjmp; do
		way='an exception or by pthread_exit'
		[ $how = longjmp ] && way=longjmp
		for where in execute build teardown on_result; do
			[ $isolate$where = 1execute ] && continue
			for backend in serial mp; do
				run $isolate $backend $how $where
				ends 1
				ends_program "$way"
				says 1 "error: cohort_scatter: the job's $where"
				[ $backend = mp ] || says 0 'scatter: COHORT_'
			done
		done
	done
done
for how in longjmp longjmp_thread; do
	run 0 socket $how teardown
	ends 1
	says 1 'teardown did not return, but was left by longjmp'
	says 0 'behind the jump'
done

# A hook around a fork: of the ranks, and of a sweep's children.
for how in throw:'an exception or by pthread_exit' longjmp:longjmp; do
	for where in before_fork after_fork_parent after_fork_child; do
		run 0 mp ${how%%:*} $where
		ends_program "${how#*:}"
		run 1 serial ${how%%:*} $where
		says 0 'behind the jump'
		[ $where = after_fork_child ] && continue
		ends 1
		ends_program "${how#*:}"
	done
done

# Peers are told, and finish the sweep.
for isolate in 0 1; do
	for how in throw:1 pthread_exit:1 longjmp:1 exit:3; do
		run $isolate mp ${how%:*} build
		ends ${how#*:}
		says 1 'rank 1 has left the program, with exit status '${how#*:}'; the other ranks have finished'
		says 6 ': COHORT_OK: '
	done
	run $isolate serial exit build
	ends 3
done
for where in execute build teardown on_result; do
	for backend in serial mp socket; do
		run 0 $backend exit $where
		ends 3
		[ $backend = serial ] || continue
		says 1 'cohort_scatter: exit was called in '
		says 1 'with status 3: the program ends in the middle of the sweep'
	done
done

# A call of the library.
for backend in serial mp socket; do
	for how in jump thread_exit nested cancel; do
		leaves_call $backend $how
	done
done

# A jump that the C library does not tell of is noticed at the next call.
for where in execute build teardown on_result; do
	for next in context context_open context_close; do
		run 0 serial $next $where
		ends 1
		says 1 'behind the jump'
		says 1 'called after a function of the job was left by longjmp: the program ends'
		says 0 'scatter: COHORT_'
		run 0 mp $next $where
		ends 1
		says 1 'called after a function of the job was left by longjmp: the program ends'
	done
done
exit $((failures > 0))
