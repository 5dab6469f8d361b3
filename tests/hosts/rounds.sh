#!/usr/bin/env bash
# Hosts that are cut off, and ranks that are stopped, while the ranks of three
# hosts are in a collective call; and sweeps that go on afterwards. Runs on the
# head that hosts.sh makes.
#
#   rounds.sh FAMILY LAUNCHER HOST_ROUNDS HOST_SWEEP LIBRARY
#
#   LIBRARY   libcohort.so; the variable MODULE_FOLDER names the modules' folder,
#             from the folder that the library is in
#
# There is one job for each call; all of them run at the same time. One more job has
# the hosts h4 and h5 to itself, because it waits for a minute.
set -uo pipefail
export LC_ALL=C

family=$1 launcher=$2 program=$3 sweep=$4 library=$5
calls="barrier bcast gatherv allgatherv allreduce sum bcast_object
	allgather_objects gather sweep"
count=10 # of these calls
shopt -s extglob
limit=${LIMIT:-240} # seconds; detects a hang, and bounds nothing
failures=0
# shellcheck source=tests/hosts/launcher.sh
. "$(dirname "$0")/launcher.sh"
unset "${!COHORT_@}"
# shellcheck source=tests/pace.sh
. "$(dirname "$0")/../pace.sh"
trap pace_end EXIT

fail() {
	printf 'FAILED: %s: %s\n' "$current" "$1"
	tail -n 4 "$HOSTS"/rounds.* | sed 's/^/    /'
	failures=$((failures + 1))
}

milliseconds() {
	echo $(($(date +%s%N) / 1000000))
}

# How many ranks of all jobs say so, or of those whose names match a pattern.
times() {
	# shellcheck disable=SC2086
	cat "$HOSTS"/lines.${2:-*} | grep -c -- "$1"
}

launch_words "$family" "$launcher" h1:1,h2:1,h3:1

begin() {
	current=$1
	choose_check "$current"
	echo "$current (COHORT_CHECK=$COHORT_CHECK, after $SECONDS s)"
	jobs=()
	rm -f "$HOSTS"/lines.* "$HOSTS"/rounds.*
}

# launch NAME COMMAND...: a job with one rank on each host.
launch() {
	local name=$1
	shift
	: >"$HOSTS/lines.$name"
	LINES_TO=$HOSTS/lines.$name "${launch[@]}" "$@" \
		>"$HOSTS/rounds.$name" 2>&1 &
	jobs+=($!)
}

# start ROUNDS CALL...: a job for each call.
start() {
	local rounds=$1 call
	shift
	for call; do
		launch "$call" "$program" "$call" "$rounds"
	done
	await "^ready" $(($# * 3))
}

# Wait until so many ranks say so, of jobs as in `times`.
await() {
	local end=$((SECONDS + limit)) alive
	until
		alive=$(jobs -r)
		[ "$(times "$1" "${3:-}")" -ge "$2" ]
	do
		[ $SECONDS -lt $end ] && [ -n "$alive" ] || {
			fail "$(times "$1" "${3:-}") ranks, and not $2, say: $1"
			return 1
		}
		sleep 0.05
	done
}

# within BOUND_MS BEGIN_MS
within() {
	local took=$(($(milliseconds) - $2))
	pace_within "$1" "$took" || fail "$pace_compared"
	echo "    $took ms"
}

# Whether a host has no rank left.
is_empty() {
	! "$HOSTS/rsh" "$1" "pidof $(basename "$program")" >/dev/null
}

await_empty() {
	local end=$((SECONDS + limit)) host
	for host; do
		until is_empty "$host"; do
			[ $SECONDS -lt $end ] || {
				fail "ranks of $host have not ended"
				return 1
			}
			sleep 0.05
		done
	done
}

end_jobs() {
	local host
	kill -KILL "${jobs[@]}" 2>/dev/null
	wait "${jobs[@]}" 2>/dev/null
	for host in h1 h2 h3; do
		"$HOSTS/rsh" $host "kill -KILL -1" 2>/dev/null
	done
}

order() {
	echo "$1" >"$HOSTS/orders"
}

signal_h2() {
	"$HOSTS/rsh" h2 "kill -$1 \$(pidof $(basename "${2:-$program}"))"
}

# timeout SECONDS: so many of a quiet machine, that no healthy call exceeds. A machine
# that stands still as the jobs start does not stay like that.
timeout() {
	local pace
	pace=$(pace_now)
	echo $(($1 * (pace < 5 ? pace : 5)))
}

# harm_with_timeout COMMAND RANKS TURN: within the timeout and a little more, so many
# ranks of each job have COHORT_ETIMEOUT. Ranks that wait for room for more results
# take longer; there are such every second day.
harm_with_timeout() {
	local seconds begun more=deliveries
	turns "$3" || more=
	seconds=$(timeout 3)
	# shellcheck disable=SC2086
	if COHORT_TIMEOUT=$seconds start 100000 $calls $more; then
		begun=$(milliseconds)
		$1
		await "^failed . COHORT_ETIMEOUT" $((count * $2)) \
			'!(deliveries)' &&
			within $((seconds * 1000 + 3000)) "$begun"
		[ -z "$more" ] || await "^failed . COHORT_ETIMEOUT" "$2" $more &&
			within $((3 * seconds * 1000 + 3000)) "$begun"
	fi
	[ "$(times WRONG)" = 0 ] || fail "data is wrong"
}

cut_h3() {
	order "3 cut"
}

stop_h2() {
	signal_h2 STOP
}

# h5 runs a program of its own, and h4 waits for it in MPI_Init.
start_waiting() {
	local launch ranks
	launch_words "$family" "$launcher" h4:1,h5:1
	LINES_TO=$HOSTS/waiting.lines COHORT_TIMEOUT=2 "${launch[@]}" sh -c "
		[ \$(hostname) = h4 ] || {
			COHORT_BACKEND=serial '$program' barrier 1
			sleep 3600
		}
		exec '$program' barrier 1" >"$HOSTS/waiting" 2>&1 &
	waiting=$!
}

# Rank 0 on h4 opens a group, and the rank on h5 does not, as ranks of version 0.1, whose
# first call of MPI is another one.
start_late() {
	local launch ranks
	launch_words "$family" "$launcher" h4:1,h5:1
	LINES_TO=$HOSTS/late.lines "${launch[@]}" "$program" open 1 >"$HOSTS/late" 2>&1 &
	late=$!
}

check_late() {
	local end=$((SECONDS + limit))
	begin "a rank does not open its group, without a timeout"
	until grep -q "warn: mpi: rank 0 on host h4 has waited 10 s in cohort_open for the other\
 ranks: each of them has to open the group, with the same version" "$HOSTS/late"; do
		[ $SECONDS -lt $end ] || {
			fail "nobody says so: $(cat "$HOSTS/late")"
			break
		}
		sleep 0.05
	done
	kill -KILL $late
	wait $late 2>/dev/null
}

check_waiting() {
	local end=$((SECONDS + limit)) text
	begin "a host has another backend, and the job ends after the timeout"
	while kill -0 $waiting 2>/dev/null; do
		[ $SECONDS -lt $end ] || {
			fail "it hung"
			kill -KILL $waiting
		}
		sleep 0.05
	done
	wait $waiting && fail "status 0"
	await_empty h4 h5
	for text in "backend is serial (from COHORT_BACKEND) on host h5" \
		"warn: mpi: rank 0 on host h4 has waited 1[0-9] s in MPI_Init" \
		"error: mpi: rank 0 on host h4 has waited 6[0-9] s in MPI_Init"; do
		grep -q -- "$text" "$HOSTS/waiting" ||
			fail "nobody says: $text: $(cat "$HOSTS/waiting")"
	done
}

start_waiting
start_late
begin "a host is cut off in every call, with a timeout"
harm_with_timeout cut_h3 3 0
order "3 join"
end_jobs

begin "a rank is stopped in every call, with a timeout"
harm_with_timeout stop_h2 2 1
end_jobs

# The launcher ends the job. Each has a status, and no host keeps a rank.
begin "a rank is killed in every call"
# shellcheck disable=SC2086
if start 100000 $calls; then
	begun=$(milliseconds)
	signal_h2 KILL
	if await_empty h1 h2 h3; then
		within 5000 "$begun"
		for job in "${jobs[@]}"; do
			! wait "$job" || fail "a launcher has status 0"
		done
	fi
	# MPI_Allreduce of MPICH 4.0 may say that all is well, and has other data, when a
	# rank has gone. A program without cohort shows the same.
	wrong=$(times WRONG)
	case $("$launcher" --version) in
	*HYDRA*Version:*" 4.0"*)
		wrong=$(times WRONG '!(allreduce)')
		[ "$(times WRONG allreduce)" = 0 ] ||
			echo "    MPI_Allreduce of MPICH 4.0 has hidden the death of a rank"
		;;
	esac
	[ "$wrong" = 0 ] || fail "data is wrong: $(grep -l WRONG "$HOSTS"/lines.*)"
fi
end_jobs

# MPICH spins in its calls, so there are fewer jobs: in a week each call has its turn.
# TCP repeats what is lost, after 0.2 s at first, and then after twice as long.
begin "a rank is stopped for a while, and a host is cut off for a while, no timeout"
some=(sweep)
turn=0
for call in ${calls/sweep/}; do
	turn=$((turn + 1))
	! drawn $turn 7 || some+=("$call")
done
echo "    ${some[*]}"
if UNTIL=$HOSTS/until start 100000 "${some[@]}"; then
	stop_h2
	sleep 0.5
	signal_h2 CONT
	cut_h3
	sleep 0.5
	touch "$HOSTS/until"
	sleep 0.2
	[ "$(times '^done 2')" = 0 ] || fail "the host was not cut off"
	order "3 join"
	await "^done" $((3 * ${#some[@]}))
fi
[ "$(times 'WRONG\|^failed')" = 0 ] || fail "a call failed"
end_jobs

# Without a timeout the ranks wait. But none outlives the launcher.
# The launcher's children are shells in one of the jobs.
begin "a host is cut off, without a timeout, and the launcher is killed"
launch sweep sh -c "'$program' sweep 100000; true"
if start 100000 allreduce && await "^ready" 6; then
	cut_h3
	sleep 0.5
	[ "$(times '^failed')" = 0 ] || fail "a call failed"
	begun=$(milliseconds)
	kill -KILL "${jobs[@]}"
	await_empty h1 h2 && within 10000 "$begun"
	order "3 join"
	await_empty h3 && within 60000 "$begun"
fi
end_jobs

# leaves HOW STATUS: one rank ends the job, with its status.
leaves() {
	local begun status
	begin "a rank ends the job by $1"
	LEAVE=$1 start 100000 allreduce || return
	begun=$(milliseconds)
	wait "${jobs[0]}"
	status=$?
	within 5000 "$begun"
	[ $status = "$2" ] || fail "status $status"
	await_empty h1 h2 h3
}

leaves abort 9
leaves exit 5

# differ NAME STATUS COMMAND...: host h2 does that instead of `barrier 1`, and its open
# fails with that status.
differ() {
	local name=$1
	own_status[$name]=$2
	shift 2
	launch "$name" sh -c "[ \$(hostname) != h2 ] || exec $*
		exec '$program' barrier 1"
}

# A copy of the library and the module says that it is of another version. Its last
# digit stays: the linker may let the version and another string share their ends.
make_other_version() {
	local version=$1
	mkdir -p "$HOSTS/version/$MODULE_FOLDER"
	cp "$library" "$HOSTS/version/libcohort.so.0"
	cp "$(dirname "$library")/$MODULE_FOLDER/cohort-mpi-$family.so" \
		"$HOSTS/version/$MODULE_FOLDER"
	sed -i "s/${version//./\\.}\x00/$2\x00/g" \
		"$HOSTS/version/libcohort.so.0" "$HOSTS/version/$MODULE_FOLDER"/*
}

# check_difference NAME: the ranks of h1 and h3 have COHORT_EMISMATCH, and the rank of h2
# its own status. All sentences name the difference, and those of the others the host. No
# rank has done anything else.
check_difference() {
	local name=$1 file=$HOSTS/lines.$1
	local others=2 own=${own_status[$1]}
	[ "$own" != COHORT_EMISMATCH ] || others=3
	[ "$(grep -c "^cannot open: COHORT_EMISMATCH: .*$name" "$file")" = $others ] &&
		grep -q "^cannot open: $own: .*$name" "$file" &&
		[ "$(grep -c "rank 1 on host h2" "$file")" -ge 2 ] &&
		[ "$(wc -l <"$file")" = 6 ] || fail "$name: $(cat "$file")"
}

begin "one host differs, and every rank names it"
declare -A own_status=()
differ COHORT_TIMEOUT COHORT_EMISMATCH env COHORT_TIMEOUT=9 "'$program'" barrier 1
differ COHORT_ISOLATE COHORT_ECONFIG env COHORT_ISOLATE=x "'$program'" barrier 1
differ COHORT_BACKEND COHORT_EBACKEND env COHORT_BACKEND=mp "'$program'" barrier 1
differ options.backend COHORT_EBACKEND env options.backend=mp "'$program'" barrier 1
{ cat "$program" && echo; } >"$HOSTS/other_program"
chmod +x "$HOSTS/other_program"
differ other_program COHORT_EMISMATCH env "LD_LIBRARY_PATH='$(dirname "$library")'" \
	"'$HOSTS/other_program'" barrier 1
version=$("$program" version)
other_version=${version%.*}
other_version=${other_version//[0-9]/7}.${version##*.}
make_other_version "$version" "$other_version"
differ "$other_version" COHORT_EMISMATCH env \
	"LD_PRELOAD='$HOSTS/version/libcohort.so.0'" "'$program'" barrier 1
if await "^opening" $((3 * ${#own_status[@]})); then
	begun=$(milliseconds)
	await "^cannot open: " $((3 * ${#own_status[@]})) && within 5000 "$begun"
fi
for difference in "${!own_status[@]}"; do
	check_difference "$difference"
done
end_jobs

# So many that no sweep is over before it is harmed, on a busy machine neither.
tasks=400
export JOURNAL=$HOSTS/journal LINGER=3600 STATUS_0=1

# The tasks that the ranks of the last job have run.
count_tasks() {
	cat "$HOSTS"/lines.* | awk '$1 == "ran" { n += $3 } END { print n + 0 }'
}

# resume MOST: another job does the rest. The ranks of both jobs have run so many
# tasks at the most.
resume() {
	local before
	before=$(count_tasks)
	end_jobs
	begin "$current, and the sweep goes on"
	launch sweep "$sweep" uniform $tasks 30
	await makespan 1 && await "^ran" 3
	echo "    $before tasks, and $(count_tasks) tasks"
	[ "$(count_tasks)" -ge $((tasks - before)) ] &&
		[ "$(count_tasks)" -le $(($1 - before)) ] ||
		fail "tasks were lost"
	end_jobs
	rm -rf "$JOURNAL"*
}

begin "a signal to one rank stops the sweep"
STOPPABLE=1 launch sweep "$sweep" uniform $tasks 30
if await "^running" 3; then
	begun=$(milliseconds)
	signal_h2 TERM "$sweep"
	await COHORT_ESTOPPED 3 && within 1000 "$begun"
	resume $tasks
fi
end_jobs

begin "a host is cut off in a sweep"
export COHORT_TIMEOUT=$(timeout 2)
launch sweep "$sweep" uniform $tasks 30
if await "^running" 3; then
	cut_h3
	await COHORT_ETIMEOUT 3
	order "3 join"
	unset COHORT_TIMEOUT
	# Each rank may have been in a task whose result was lost.
	resume $((tasks + 3))
fi
end_jobs

check_late
check_waiting
[ "$failures" = 0 ] && echo "$family: all passed"
exit $((failures > 0))
