#!/usr/bin/env bash
# Sweeps that signals stop.
#
#   cases.sh PROGRAM [LAUNCHER]
#
#   PROGRAM   stop_ranks
#   LAUNCHER  an mpirun: the cases of mpi; all others without it
# shellcheck source=tests/fault/stop/common.sh
. "$(dirname "$0")/common.sh"

fail() {
	printf 'FAILED: %s: %s\n' "$current" "$1" >&2
	[ ! -e "$work/output" ] || sed 's/^/    /' "$work/output" >&2
	failures=$((failures + 1))
}

now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

# begin CASE [NAME=VALUE...]: start the program in the background, as the leader
# of a process group of its own.
begin() {
	local case=$1
	shift
	current="$case $*"
	cases=$((cases + 1))
	rm -rf "$work/folder"
	mkdir "$work/folder"
	setsid timeout --foreground --kill-after=5 $patience env "$@" \
		${start[@]+"${start[@]}"} "$program" "$case" "$work/folder" \
		>"$work/output" 2>&1 &
	started=$!
}

# await WORD RANK...: until these ranks have left that word; the numbers are
# then in $found.
await() {
	local word=$1 rank i
	shift
	found=()
	for rank; do
		for ((i = 0; i < 100 * patience; i++)); do
			[ ! -e "$work/folder/$word.$rank" ] || break
			kill -0 "$started" 2>/dev/null || break
			sleep 0.01
		done
		found+=("$(cat "$work/folder/$word.$rank")") ||
			fail "rank $rank never was $word"
	done
}

# send SIGNAL PID...
send() {
	local signal=$1 pid
	shift
	for pid; do
		{ [[ $pid =~ ^[0-9]+$ ]] && kill -"$signal" "$pid"; } ||
			fail "no process \"$pid\" to send a signal to"
	done
}

# finish STATUS BOUND_MS RANKS: how the program ended, how soon, and how many
# ranks came to its end.
finish() {
	local begin status took ends
	begin=$(now_ms)
	wait "$started"
	status=$?
	took=$(($(now_ms) - begin))
	[ "$status" = "$1" ] || fail "status $status, not $1"
	pace_within "$2" "$took" || fail "it ended late: $pace_compared"
	# A launcher may mix the lines of its ranks.
	ends=$(grep -o 'all is right' "$work/output" | wc -l)
	[ "$ends" = "$3" ] || fail "$ends ranks, not $3, came to the end"
}

# To all processes at once, as a terminal sends it, so that none gets it after the
# others have ended the program.
send_all() {
	local signal=$1
	shift
	send STOP "$@"
	send "$signal" "$@"
	kill -CONT "$@" 2>/dev/null
}

# Within a second no process of the program runs any more; an isolated task has
# a group of its own. (The machine's first process decides how long a zombie
# stays.)
none_left() {
	local begin
	begin=$(now_ms)
	while pgrep --session "$started" --runstates R,S,D,T,t >/dev/null; do
		pace_within 1000 $(($(now_ms) - begin)) || break
		sleep 0.01
	done
	pgrep --session "$started" --runstates R,S,D,T,t >/dev/null || return 0
	fail "processes are left: $pace_compared"
	ps --sid "$started" -o pid,ppid,pgid,stat,args >&2
}

# All ranks run tasks, then a signal comes: stopped SIGNAL WHOM STATUS RANKS BEGIN...
# WHOM is root, last or all.
stopped() {
	local signal=$1 whom=$2 status=$3 ranks=$4
	shift 4
	begin "$@"
	await running $(seq 0 $((ranks - 1)))
	case $whom in
	root) send "$signal" "${found[0]}" ;;
	last) send "$signal" "${found[-1]}" ;;
	all)
		send_all "$signal" "${found[@]}"
		;;
	esac
	finish "$status" 4000 "$ranks"
}

serial=(COHORT_BACKEND=serial)
mp() {
	echo COHORT_BACKEND=mp COHORT_SIZE="$1" COHORT_TRANSPORT="${2:-shm}"
}
isolated=COHORT_ISOLATE=1

# shellcheck source=tests/fault/stop/ended.sh
. "$(dirname "$0")/ended.sh"

without_launcher() {
	start=()
	stopped INT root 130 1 wait "${serial[@]}"
	stopped TERM root 143 1 wait "${serial[@]}"
	stopped TERM root 143 1 default "${serial[@]}" $isolated
	for size in 1 2 3; do
		stopped TERM root 143 $size wait $(mp $size)
	done
	stopped INT all 130 3 wait $(mp 3)
	stopped TERM last 143 3 wait $(mp 3)
	stopped INT all 130 2 wait $(mp 2 socket)
	stopped TERM root 143 2 wait $(mp 2 socket)
	stopped TERM last 143 2 default $(mp 2) $isolated
	stopped INT all 130 2 default $(mp 2) $isolated COHORT_SCHEDULE=static
	stopped TERM root 143 2 root_asks $(mp 2)

	# The program raises them itself.
	for where in "1 ${serial[*]}" "1 $(mp 1)" "2 $(mp 2)" "2 $(mp 2 socket)"; do
		begin raise ${where#* }
		finish 143 10000 "${where%% *}"
		begin calls ${where#* }
		finish 143 10000 "${where%% *}"
	done
	second_signal
	tasks_that_ignore
	for signal in TERM KILL; do
		for stops in '' yes; do
			ended $signal 1 ENDED_STOPS=$stops "${serial[@]}"
			ended $signal 2 ENDED_STOPS=$stops $(mp 2)
			ended $signal 2 ENDED_STOPS=$stops $(mp 2 socket)
		done
	done
}

# A second signal, more than a tenth of a second after the first. It ends the
# processes that get it, and no process stays behind.
second_signal() {
	local where whom pids ranks
	for where in "0 ${serial[*]}" "0 1 $(mp 2)" "0 1 $(mp 2) $isolated"; do
		ranks=${where%%C*}
		for whom in root all; do
			begin linger ${where#"$ranks"}
			await running $ranks
			pids=("${found[@]}")
			[ $whom = all ] || pids=("${found[0]}")
			send_all INT "${pids[@]}"
			await stopped $ranks
			[ "${found[0]}" = 2 ] || fail "stopped by ${found[0]}"
			sleep 0.2
			send_all INT "${pids[@]}"
			finish 130 2000 0
			none_left
		done
	done
}

# Isolated tasks get five seconds.
tasks_that_ignore() {
	local begin
	begin ignore $(mp 2) $isolated
	await running 0 1
	begin=$(now_ms)
	send TERM "${found[0]}"
	finish 143 9000 2
	[ $(($(now_ms) - begin)) -ge 5000 ] || fail "killed too early"
}

with_launcher() {
	start=(env STOP_STATUS=0 "$launcher" -n 2)
	stopped TERM root 0 2 wait
	stopped TERM last 0 2 wait
	stopped INT all 0 2 wait
	stopped INT root 0 2 default $isolated
	begin raise
	finish 0 20000 2
	for signal in TERM KILL; do
		ended $signal 2 ENDED_STOPS=
		ended $signal 2 ENDED_STOPS=yes
	done
}

run_suite
