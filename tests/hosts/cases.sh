#!/usr/bin/env bash
# What ranks on three hosts do, over one family of MPI libraries. Runs on the
# head that hosts.sh makes.
#
#   cases.sh FAMILY LAUNCHER CONFORMANCE HOST_SWEEP DELIVERED SUITE
#
#   SUITE   conformance, sweeps or faults
#
# COHORT_TEST_ALL=1: all cases and collectives in the suite conformance.
# The variables SCOPED_ROUNDS, FORKS, INTERRUPTED and RO_SWEEP name programs of other
# tests, and SEAS the file with the seas.
set -uo pipefail
export LC_ALL=C

family=$1 launcher=$2 conformance=$3 host_sweep=$4 delivered=$5 suite=$6
output=$HOSTS/output           # of the launcher
export LINES_TO=$HOSTS/lines   # of host_sweep
cases=0 failures=0
limit=240 # seconds of a quiet machine; detects a hang, and bounds nothing
# shellcheck source=tests/hosts/launcher.sh
. "$(dirname "$0")/launcher.sh"
unset "${!COHORT_@}"
# shellcheck source=tests/pace.sh
. "$(dirname "$0")/../pace.sh"
trap pace_end EXIT

fail() {
	printf 'FAILED: %s: %s\n' "$current" "$1"
	text | sed 's/^/    /'
	failures=$((failures + 1))
}

text() {
	cat "$output" "$LINES_TO"
}

# How often it says so. Two ranks may write into one line.
times() {
	text | grep -o -- "$1" | wc -l
}

begin() {
	current=$1
	cases=$((cases + 1))
	choose_check "$current"
	echo "$current (COHORT_CHECK=$COHORT_CHECK, after $SECONDS s)"
	: >"$output" && : >"$LINES_TO"
}

# start LAYOUT COMMAND...: ranks as "h1:2,h2:1", in the background: $job
start() {
	launch_words "$family" "$launcher" "$1"
	shift
	begin_noting
	"${launch[@]}" "${noting[@]}" "$@" >"$output" 2>&1 &
	job=$!
}

# Whether what began at so many seconds has hung.
is_late() {
	[ $((SECONDS - $1)) -gt $limit ] &&
		[ $((SECONDS - $1)) -gt $((limit * $(pace_now))) ]
}

# finish TEXT [COUNT] [patient]: wait for the job. If MPICH hangs at its end, the ranks
# must have written TEXT COUNT times, and the job is ended; but a patient case waits
# until cohort does that.
finish() {
	local text=$1 count=${2:-1} begin=$SECONDS
	while kill -0 $job 2>/dev/null; do
		if [ "${3:-}" != patient ] && finalize_seems_to_hang; then
			end_job
			status=0
			[ "$(times "$text")" -ge "$count" ] ||
				fail "not $count times: $text"
			return
		fi
		if is_late "$begin"; then
			end_job
			fail "it hung"
			status=124
			return
		fi
		sleep 0.1
	done
	wait $job
	status=$?
}

# End the launcher, and all programs on the hosts.
end_job() {
	kill -KILL $job 2>/dev/null
	wait $job 2>/dev/null
	for host in h1 h2 h3; do
		"$HOSTS/rsh" $host "kill -KILL -1" 2>/dev/null
	done
}

says() {
	text | grep -- "$1" >/dev/null || fail "nobody says: $1"
}

succeeds() {
	[ "$status" = 0 ] || fail "status $status"
}

# Each MPI has one half of these cases a day, and the other MPI the other half. On the
# next day they change.
todays() {
	index=$((index + 1))
	turns $index && begin "$1"
}

# conforms RANKS: what has been started succeeds, with that many ranks.
conforms() {
	finish "conformance: passed"
	succeeds
	says "ranks=$1 backend=mpi"
}

# What hosts are there for: the ranks share no memory. How MPI moves data between
# them is MPI's matter, and ranks of one host go through the same calls of it, so
# a day has one of these calls.
suite_conformance() {
	local index=0 most=(objects isolation) some=() part=0 call
	for call in gatherv allgatherv allreduce sums; do
		part=$((part + 1))
		! drawn $part 4 || most+=("$call")
	done
	[ "$family" = mpich ] || some=("${most[@]}")

	# MPICH spins in its calls, which takes long where ranks share cores.
	if todays "collectives, 2 hosts with 2 and 1 ranks"; then
		start h1:2,h2:1 "$conformance" --quick machines barrier bcast \
			"${some[@]}"
		conforms 3
		[ "$family" = openmpi ] || {
			begin "the other parts, 2 hosts"
			start h1:1,h2:1 "$conformance" --quick "${most[@]}"
			conforms 2
		}
	fi

	if todays "sweeps of ranks that are dealt to the hosts, as by --map-by node"; then
		# shellcheck disable=SC2016
		start dealt:h1:2,h2:2 env TMPDIR="$HOSTS" sh -c 'echo \
			"rank ${OMPI_COMM_WORLD_RANK-$PMI_RANK} on $(hostname)" && exec "$@"' - \
			"$conformance" --quick machines tasks results param_sizes \
			deliveries journals
		conforms 4
		says "rank 1 on h2"
		says "rank 2 on h1"
	fi

	if todays "sweeps that are stopped, and results as they come, 2 hosts with 2 and 1 ranks"; then
		start h1:2,h2:1 "$conformance" --quick stops deadlines live in_tasks
		conforms 3
	fi

	if todays "sweeps, 3 hosts"; then
		start h1:1,h2:1,h3:1 env TMPDIR="$HOSTS" "$conformance" --quick bcast \
			builds refused_jobs in_on_result readings
		conforms 3
	fi

	[ "$family" = openmpi ] && begin "an MPI without shared windows" || return
	OMPI_MCA_osc=^sm,ucx,pt2pt start h1:2,h2:1 env TMPDIR="$HOSTS" \
		"$conformance" --quick machines results deliveries journals
	conforms 3
	says "warn: mpi: Open MPI .* as if each were on a node of its own; with --mca osc sm, its mpirun"
}

# The text has been written so many times.
await() {
	local text=$1 count=$2 begin=$SECONDS
	until [ "$(times "$text")" -ge "$count" ]; do
		if is_late "$begin" || ! kill -0 $job 2>/dev/null; then
			fail "$text is not there $count times"
			return 1
		fi
		sleep 0.05
	done
}

# No rank is left on these hosts.
await_ends() {
	local host begin=$SECONDS
	for host in $1; do
		while "$HOSTS/rsh" "$host" "pidof host_sweep" >/dev/null; do
			if is_late "$begin"; then
				fail "a rank on $host does not end"
				return 1
			fi
			sleep 0.05
		done
	done
}

milliseconds() {
	echo $(($(date +%s%N) / 1000000))
}

# within BOUND_MS BEGIN_MS: of a busy machine, not much is asked.
within() {
	local took=$(($(milliseconds) - $2))
	pace_within "$1" "$took" || fail "$pace_compared"
	echo "    $took ms"
}

# balanced [FACTOR]: the makespan is within FACTOR, or 1.1, of the ideal one, unless the
# machine was busy with other things.
balanced() {
	local makespan ideal
	sed -n 's/^makespan/    makespan/p' "$LINES_TO"
	read -r makespan ideal < <(awk -v factor="${1:-1.1}" '$1 == "makespan" {
		print int(1000 * $2), int(1000 * $4 * factor) }' "$LINES_TO")
	pace_within "${ideal:-0}" "${makespan:-1}" ||
		fail "not balanced: $pace_compared"
}

# single_thread FACTOR SLOW: what that costs, where the host of rank 0 is slower.
single_thread() {
	begin "MPI for one thread, rank 0 on a host that is slower: $2 times"
	SINGLE=1 start h1:3,h2:3 env "LD_PRELOAD=$ENDING_LIBRARY" COHORT_LOG=info \
		"$host_sweep" uniform 600 20 "$2"
	finish closed 6
	succeeds
	says MPI_THREAD_SINGLE
	balanced "$1"
}

suite_sweeps() {
	local schedule
	begin "six ranks here, and one there"
	start h1:6,h2:1 "$host_sweep" uniform 700 20
	finish closed 7
	succeeds
	balanced

	for schedule in dynamic guided; do
		begin "a host that is ten times slower, $schedule"
		export COHORT_SCHEDULE=$schedule
		start h1:3,h2:3 "$host_sweep" uniform 600 20 10
		finish closed 6
		succeeds
		balanced
	done
	unset COHORT_SCHEDULE

	# The first ranks then exchange messages between their tasks.
	single_thread 1.15 1
	single_thread 1.6 4

	begin "a far host, and the progress of all"
	echo "2 delay 10" >"$HOSTS/orders"
	COHORT_PROGRESS=always start h1:1,h2:2 "$host_sweep" bimodal 60 40
	finish closed 3
	succeeds
	says "60/60 (100 %)"
	echo "2 delay 0" >"$HOSTS/orders"

	begin "the static schedule counts the tasks of all hosts, too"
	COHORT_PROGRESS=always COHORT_SCHEDULE=static start h1:1,h2:2 \
		"$host_sweep" uniform 60 10
	finish closed 3
	succeeds
	says "60/60 (100 %)"
}

# Hosts that are killed, as by a test's time limit, leave neither processes nor files.
hosts_end() {
	local begin=$SECONDS processes
	begin "hosts that are killed leave nothing"
	processes=$(pgrep -c .)
	mkdir "$HOSTS/trace"
	# shellcheck disable=SC2016
	TMPDIR=$HOSTS/trace "$(dirname "$0")/hosts.sh" 2 \
		sh -c 'mktemp && "$HOSTS/rsh" h2 "echo running; sleep 1000"' >"$output" 2>&1 &
	job=$!
	await running 1
	[ "$(pgrep -c .)" -gt "$processes" ] || fail "nothing has run"
	kill -KILL $job
	wait $job 2>/dev/null
	while [ "$(pgrep -c .)" -gt "$processes" ]; do
		is_late "$begin" && fail "processes are left: $(pgrep -fa .)" && break
		sleep 0.05
	done
	[ -z "$(ls -A "$HOSTS/trace")" ] || fail "a file is left: $(ls -A "$HOSTS/trace")"
}

# What other tests check on one host.
suite_others() {
	local samples=(--seas "${SEAS:-}" --monte-carlo 20 --recovery 0.45 --seed 42
		--permeability 1 --max-pressure 70 --elements 3 --feed 3.4 --cells 1)

	begin "a group that ends"
	start h1:1,h2:1,h3:1 env COHORT_BACKEND=mpi "$SCOPED_ROUNDS"
	finish exit 1 patient
	[ "$(times begin)" = 3 ] || fail "not 3 times: begin"
	# The end of the group calls MPI_Finalize, and rank 0 cannot go on behind it.
	if [ "$family" = mpich ] && text | grep -q "MPI_Finalize has not returned"; then
		echo "    this MPICH hangs in MPI_Finalize"
	else
		succeeds
		[ "$(times exit)" = 1 ] || fail "not once: exit"
		says "all of 200"
		says "again: cannot open an mpi group: the close of a scoped group"
		says "mp again: opened"
	fi

	hosts_end

	begin "hooks around forks"
	start h1:1,h2:1 env COHORT_BACKEND=mpi "$FORKS"
	finish passed 2
	succeeds
	[ "$(times passed)" = 2 ] || fail "not on both hosts"

	interrupts h1:1,h2:1,h3:1 signalled thread last
	interrupts h1:1,h2:2 on_result_isolated itself 0

	[ -n "${RO_SWEEP:-}" ] || return
	begin "a table that grows while the sweep runs"
	COHORT_BACKEND=serial "$RO_SWEEP" "${samples[@]}" --output "$HOSTS/alone.csv" \
		>/dev/null 2>&1 || fail "alone: status $?"
	start h1:1,h2:1,h3:1 "$RO_SWEEP" "${samples[@]}" --follow \
		--output "$HOSTS/followed.csv"
	finish "680 samples"
	succeeds
	cmp "$HOSTS/alone.csv" "$HOSTS/followed.csv" || fail "another table"
}

# interrupts LAYOUT SCENE HOW VICTIM: the victim's call ends, and those of the
# ranks on other hosts.
interrupts() {
	begin "cohort_interrupt, $2, on $1"
	start "$1" env LINES="$LINES_TO" "$INTERRUPTED" "${@:2}"
	finish passed
	says passed
	[ "$(times FAILED)" = 0 ] || fail "a rank has failed"
	rm -f "$LINES_TO".mark "$LINES_TO".came
}

suite_faults() {
	local begun
	begin "a signal to one rank stops all hosts"
	STOPPABLE=1 STATUS_0=1 start h1:2,h2:1,h3:1 "$host_sweep" uniform 100000 50
	if await running 4; then
		begun=$(milliseconds)
		# shellcheck disable=SC2016
		"$HOSTS/rsh" h2 'kill -TERM $(pidof host_sweep)'
		await COHORT_ESTOPPED 4 && within 1000 "$begun"
	fi
	finish closed 4

	begin "a host is cut off, with a timeout"
	COHORT_TIMEOUT=2 LINGER=3 start h1:2,h2:1,h3:1 \
		"$host_sweep" uniform 160 50
	if await running 4; then
		begun=$(milliseconds)
		echo "3 cut" >"$HOSTS/orders"
		# The ranks of the other hosts first do what is left to do.
		await COHORT_ETIMEOUT 3 && within 10000 "$begun"
	fi
	end_job
	echo "3 join" >"$HOSTS/orders"

	# Nobody tells the host that is cut off, and MPICH's ranks there cannot tell
	# anybody: each ends by itself.
	begin "a host is cut off, with a timeout, and all ranks end"
	COHORT_TIMEOUT=2 start h1:2,h2:1,h3:1 "$host_sweep" uniform 160 50
	if await running 4; then
		echo "3 cut" >"$HOSTS/orders"
		# The first rank that exits ends those that its launcher reaches.
		await COHORT_ETIMEOUT 1
		begun=$(milliseconds)
		await_ends "h1 h2 h3" && within 15000 "$begun"
	fi
	# Open MPI's launcher waits for its daemon on the host.
	[ "$family" = openmpi ] || {
		finish "no such text"
		[ "$status" != 0 ] || fail "status 0"
	}
	end_job
	echo "3 join" >"$HOSTS/orders"

	begin "all processes of a host are killed"
	start h1:2,h2:1,h3:1 "$host_sweep" uniform 100000 50
	if await running 4; then
		begun=$(milliseconds)
		"$HOSTS/rsh" h3 "kill -KILL -1" 2>/dev/null
		await_ends "h1 h2 h3" && within 5000 "$begun"
	fi
	finish "no such text"
	# That of Open MPI 5 may end well after such an end.
	[ "$status" != 0 ] || "$launcher" --version | grep -q '(Open MPI) 5' ||
		fail "status 0"

	begin "a signal to the launcher stops all hosts"
	STOPPABLE=1 STATUS_0=1 start h1:2,h2:1,h3:1 "$host_sweep" uniform 100000 50
	if await running 4; then
		kill -TERM $job
		await COHORT_ESTOPPED 4 && await_ends "h1 h2 h3"
	fi
	end_job

	begin "rank 0 is killed in on_result, and the sweep goes on in another run"
	start h1:2,h2:1 env FOLDER="$HOSTS" \
		"$delivered" journal_dies static
	finish "no such text"
	[ "$status" != 0 ] || fail "status 0"
	begin "it goes on"
	start h1:1,h2:1,h3:1 env FOLDER="$HOSTS" \
		"$delivered" journal_resumed discard ordered
	finish passed
	succeeds

	begin "a journal has one file for each host"
	JOURNAL=$HOSTS/two_files start h1:2,h2:2 "$host_sweep" uniform 40 10
	finish closed 4
	succeeds
	[ "$(find "$HOSTS/two_files" -name 'tasks-*' | wc -l)" = 2 ] ||
		fail "other files: $(ls "$HOSTS/two_files")"

	begin "a journal in a folder that the hosts do not share"
	JOURNAL=/dev/shm/journal STATUS_0=1 LINGER=3600 start h1:1,h2:1 \
		"$host_sweep" uniform 40 10
	await "COHORT_EINVAL after .*rank 1 cannot open journal /dev/shm/journal" 2
	end_job

	begin "one rank aborts"
	ABORT_AT=40 start h1:1,h2:1,h3:1 "$host_sweep" uniform 100000 20
	finish "no such text"
	[ "$status" = 7 ] || fail "status $status"
}

case $suite in
conformance) suite_conformance ;;
sweeps)
	suite_sweeps
	suite_others
	;;
faults) suite_faults ;;
*) exit 2 ;;
esac
[ $finalize_hangs = 0 ] ||
	echo "MPI_Finalize of this MPICH hung in $finalize_hangs jobs"
echo "$cases cases, $failures failures"
exit $((failures > 0))
