#!/usr/bin/env bash
# Failures on the mpi backend, with one family of MPI libraries.
#
#   cases.sh FAMILY LAUNCHER PROGRAMS LIBRARY [CASE...]
#
#   FAMILY    openmpi or mpich
#   LAUNCHER  its mpirun
#   PROGRAMS  the folder of mpi_ranks, mpi_large, mpi_lacks, mpi_stranger,
#             mpi_own_FAMILY and the libraries that are preloaded
#   LIBRARY   libcohort.so; the variable MODULE_FOLDER names the modules' folder,
#             from the folder that the library is in
#   CASE      all but lacks and large if none is given
#
# A case that needs other modules makes a copy of the library with these modules
# beside it, and preloads the copy.
set -uo pipefail
export LC_ALL=C

family=$1 launcher=$2 programs=$(realpath "$3") library=$(realpath "$4")
shift 4
modules=$(dirname "$library")/$MODULE_FOLDER
own=$programs/mpi_own_$family
ranks=$programs/mpi_ranks
work=$(mktemp -d)
# shellcheck source=tests/pace.sh
. "$(dirname "$0")/../../pace.sh"
trap 'pace_end; rm -rf "$work"' EXIT
case $family in
openmpi) name='Open MPI' other=mpich variable=OMPI_COMM_WORLD_RANK ;;
mpich) name='Hydra' other=openmpi variable=PMI_RANK ;;
esac

# shellcheck source=tests/drawn.sh
. "$(dirname "$0")/../../drawn.sh"
unset "${!COHORT_@}"
failures=0
limit=600 # seconds; detects a hang, and bounds nothing

fail() {
	printf 'FAILED: %s: %s\n' "$current" "$1"
	[ ! -e "$work/output" ] || sed 's/^/    /' "$work/output"
	failures=$((failures + 1))
}

# Run a command; its output goes to a file, its status to $status, and the
# milliseconds that it took to $took.
run() {
	local begin
	begin=$(date +%s%N)
	timeout --kill-after=5 $limit "$@" >"$work/output" 2>&1
	status=$?
	took=$((($(date +%s%N) - begin) / 1000000))
	[ "$status" -lt 124 ] || [ "$status" -gt 125 ] ||
		fail "it hung"
}

launch() {
	local count=$1
	shift
	run "$launcher" -n "$count" "$@"
}

succeeds() {
	[ "$status" = 0 ] || fail "status $status"
}

fails() {
	[ "$status" != 0 ] || fail "status 0"
}

# The output has a line with all of the words.
says() {
	local lines word
	lines=$(cat "$work/output")
	for word; do
		lines=$(grep -F -- "$word" <<<"$lines")
	done
	[ -n "$lines" ] || fail "nobody says: $*"
}

# Counts occurrences and not lines: a launcher may join the output of two ranks
# in one line.
says_times() {
	[ "$(grep -oF -- "$2" "$work/output" | wc -l)" = "$1" ] ||
		fail "not $1 times: $2"
}

# A copy of the library with these modules only.
copy_with() {
	local module
	rm -rf "$work/lib"
	mkdir -p "$work/lib/$MODULE_FOLDER"
	cp "$library" "$work/lib/libcohort.so.0"
	for module; do
		cp "$modules/cohort-mpi-$module.so" "$work/lib/$MODULE_FOLDER/"
	done
}

with_copy() {
	echo "env LD_PRELOAD=$work/lib/libcohort.so.0"
}

case_open() {
	launch 2 "$ranks" open
	succeeds
	says 'rank 0 of 2 on mpi'
	says 'rank 1 of 2 on mpi'
}

case_again() {
	launch 2 "$ranks" again
	succeeds
}

case_without_launcher() {
	run env COHORT_BACKEND=mpi COHORT_LOG=info "$ranks" open
	succeeds
	says 'rank 0 of 1 on mpi'
	says 'info' 'cohort-mpi-' '.so'
}

# Each process is a program of its own, which one of them says.
case_named_serial() {
	launch 2 env COHORT_BACKEND=serial "$ranks" open
	succeeds
	says_times 2 'rank 0 of 1 on serial'
	says_times 1 'has started 2 processes, but the backend is serial (from COHORT_BACKEND)'
	launch 2 "$ranks" open serial
	succeeds
	says_times 2 'rank 0 of 1 on serial'
	says_times 1 'has started 2 processes, but the backend is serial (from options.backend)'
	launch 2 "$own" beside
	succeeds
	says_times 0 'has started 2 processes'
}

# The program names mp, on one rank or on all.
case_named_mp() {
	run "$launcher" -n 1 "$ranks" expect COHORT_EMISMATCH : \
		-n 1 "$ranks" expect COHORT_EBACKEND mp
	succeeds
	says 'COHORT_EMISMATCH: ' "rank 1 on host $(hostname)"
	says 'COHORT_EBACKEND: ' 'options.backend asks each of them'
	launch 2 "$ranks" expect COHORT_EBACKEND mp
	succeeds
	says_times 2 'COHORT_EBACKEND: '
}

# The launcher says how many ranks there are.
case_size_ignored() {
	launch 2 env COHORT_SIZE=3 "$ranks" again
	succeeds
	says_times 1 'COHORT_SIZE is 3, but this group has 2 ranks'
	launch 2 "$ranks" open mpi 3
	succeeds
	says_times 1 'options.size is 3, but this group has 2 ranks'
	launch 2 env COHORT_SIZE=2 "$ranks" open
	succeeds
	says_times 0 'COHORT_SIZE'
	launch 2 env COHORT_SIZE=3 COHORT_BACKEND=serial "$ranks" open
	succeeds
	says_times 1 'COHORT_SIZE is 3, but this group has 1 rank:'
}

case_module_missing() {
	copy_with
	launch 2 $(with_copy) "$ranks" expect COHORT_EBACKEND
	succeeds
	says_times 2 COHORT_EBACKEND
	says "$name" "$variable" "cohort-mpi-$family.so" "$work/lib/$MODULE_FOLDER"
	run env COHORT_BACKEND=mpi $(with_copy) "$ranks" expect COHORT_EBACKEND
	succeeds
	says 'no module' "$work/lib/$MODULE_FOLDER"
}

# The others wait for the rank in MPI_Init, until the launcher ends the job.
case_module_missing_on_one_rank() {
	copy_with
	launch 3 sh -c "[ \"\$$variable\" = 1 ] || exec '$ranks' open
		$(with_copy) '$ranks' expect COHORT_OK"
	fails
	says COHORT_EBACKEND "cohort-mpi-$family.so"
	[ "$family" = openmpi ] || says 'peers may wait for it in MPI_Init'
	says_times 0 'rank 0 of'
}

case_wrong_module() {
	copy_with
	cp "$modules/cohort-mpi-$other.so" "$work/lib/$MODULE_FOLDER/" 2>/dev/null ||
		echo other >"$work/lib/$MODULE_FOLDER/cohort-mpi-$other.so"
	launch 2 $(with_copy) "$ranks" expect COHORT_EBACKEND
	succeeds
	says "$name" "$variable" "cohort-mpi-$family.so" "$work/lib/$MODULE_FOLDER"
}

case_module_does_not_load() {
	copy_with
	printf 'no module %.0s' {1..99} \
		>"$work/lib/$MODULE_FOLDER/cohort-mpi-$family.so"
	launch 1 $(with_copy) "$ranks" expect COHORT_EBACKEND
	succeeds
	says "$name" "cohort-mpi-$family.so" 'invalid ELF header'
}

case_other_version() {
	local version
	version=$("$ranks" version)
	copy_with "$family"
	sed -i "s/${version//./\\.}\x00/${version//[0-9]/7}\x00/g" \
		"$work/lib/$MODULE_FOLDER/cohort-mpi-$family.so"
	launch 1 $(with_copy) "$ranks" expect COHORT_EBACKEND
	succeeds
	says "cohort $version" "cohort ${version//[0-9]/7}"
}

# Modules of other versions beside the library must not be loaded.
case_folder_of_another_version() {
	copy_with
	mkdir -p "$work/lib/cohort/7.7"
	cp "$modules/cohort-mpi-$family.so" "$work/lib/cohort/"
	cp "$modules/cohort-mpi-$family.so" "$work/lib/cohort/7.7/"
	launch 1 $(with_copy) "$ranks" expect COHORT_EBACKEND
	succeeds
	says "not in $work/lib/$MODULE_FOLDER"
}

# Another user may have put the module there.
case_module_planted() {
	copy_with "$family"
	chmod o+w "$work/lib/$MODULE_FOLDER"
	launch 1 $(with_copy) "$ranks" expect COHORT_EBACKEND
	succeeds
	says "cohort-mpi-$family.so" 'users other than its owner' \
		"$work/lib/$MODULE_FOLDER"
	run env COHORT_BACKEND=mpi $(with_copy) "$ranks" expect COHORT_EBACKEND
	succeeds
	says 'no module may be loaded' 'users other than its owner'
	[ "$(id -u)" = 0 ] || return
	copy_with "$family"
	chown 4711 "$work/lib/$MODULE_FOLDER/cohort-mpi-$family.so"
	launch 1 $(with_copy) "$ranks" expect COHORT_EBACKEND
	succeeds
	says "cohort-mpi-$family.so belongs to user 4711"
	chown -R 4711 "$work/lib"
	launch 1 $(with_copy) "$ranks" open
	succeeds
}

# Files of the same name in all folders that a search path might lead to.
case_same_name_elsewhere() {
	local folder
	copy_with "$family"
	for folder in here path; do
		mkdir -p "$work/$folder/$MODULE_FOLDER"
		echo 'not this one' |
			tee "$work/$folder/cohort-mpi-$family.so" \
				>"$work/$folder/$MODULE_FOLDER/cohort-mpi-$family.so"
	done
	cd "$work/here"
	launch 2 env LD_LIBRARY_PATH="$work/path" \
		LD_PRELOAD="$work/lib/libcohort.so.0" "$ranks" open
	cd "$OLDPWD"
	succeeds
	says 'rank 1 of 2 on mpi'
}

# The variables of a launcher with four ranks are set, but there is no launcher.
case_launcher_of_another_mpi() {
	local fake=(OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=4)
	[ "$family" = openmpi ] ||
		fake=(FLUX_TASK_RANK=0 FLUX_JOB_SIZE=4 COHORT_LOG=info)
	copy_with "$family"
	run env "${fake[@]}" LD_PRELOAD="$work/lib/libcohort.so.0" \
		"$ranks" expect COHORT_EBACKEND
	succeeds
	says COHORT_EBACKEND '4 ranks' 'sees 1'
}

case_program_initialised() {
	launch 2 "$own" init
	succeeds
	says_times 2 'finalised by the program'
	run "$own" init
	succeeds
	[ "$(nproc)" = 1 ] || says warn 'one rank' 'no launcher'
	launch 1 "$own" init
	succeeds
	says_times 0 'no launcher'
}

# Two ranks open a group, the second one with other variables or another program.
# Each line: the status on rank 0, that on rank 1, a word of the sentence, and how
# rank 1 is started.
open_differs() {
	local first second word start
	while read -r first second word start; do
		# shellcheck disable=SC2086
		run "$launcher" -n 1 "$ranks" expect "$first" : \
			-n 1 env $start expect "$second"
		succeeds
		says_times 2 COHORT_E
		says "$first: " "rank 1 on host $(hostname)" "$word"
		says "$second: " "$word"
	done
}

case_open_differs() {
	local mismatch=COHORT_EMISMATCH other=$work/other version
	open_differs <<-END
		$mismatch $mismatch COHORT_TIMEOUT=7 COHORT_TIMEOUT=7 $ranks
		$mismatch $mismatch COHORT_SCHEDULE=guided COHORT_SCHEDULE=guided $ranks
		$mismatch $mismatch COHORT_ISOLATE=1 COHORT_ISOLATE=1 $ranks
		$mismatch COHORT_ECONFIG abc COHORT_TIMEOUT=abc $ranks
		$mismatch COHORT_ECONFIG COHORT_TEST_NODES COHORT_TEST_NODES=x $ranks
		$mismatch COHORT_EBACKEND COHORT_BACKEND COHORT_BACKEND=mp $ranks
	END
	# The same program, and one byte behind it.
	{ cat "$ranks" && echo; } >"$other"
	chmod +x "$other"
	open_differs <<-END
		$mismatch $mismatch $other LD_LIBRARY_PATH=$(dirname "$library") $other
	END
	version=$("$ranks" version)
	copy_with "$family"
	sed -i "s/${version//./\\.}\x00/${version//[0-9]/7}\x00/g" \
		"$work/lib/libcohort.so.0" \
		"$work/lib/$MODULE_FOLDER/cohort-mpi-$family.so"
	open_differs <<-END
		$mismatch $mismatch 7.7 LD_PRELOAD=$work/lib/libcohort.so.0 $ranks
	END
}

# Variables that may differ, and values that are the default.
case_open_does_not_differ() {
	local variable
	for variable in COHORT_LOG=info COHORT_PROGRESS=never COHORT_CHECK=1 \
		COHORT_BACKEND=mpi COHORT_SCHEDULE=dynamic COHORT_ISOLATE=0; do
		run "$launcher" -n 1 "$ranks" open : \
			-n 1 env $variable "$ranks" open
		succeeds
		says 'rank 1 of 2 on mpi'
	done
}

# One rank asks for mp after MPI_Init.
case_program_initialised_and_one_mp() {
	run "$launcher" -n 1 "$own" expect_mismatch : \
		-n 1 env COHORT_BACKEND=mp "$own" expect_backend
	succeeds
	says COHORT_EMISMATCH "rank 1 on host $(hostname)" 'before MPI_Init'
}

# Forked copies of a process that uses MPI could not leave it.
case_program_initialised_and_mp() {
	run env COHORT_BACKEND=mp COHORT_SIZE=2 "$own" expect_backend
	succeeds
	says COHORT_EBACKEND 'has initialised MPI' 'before MPI_Init'
}

# A rank waits in MPI_Finalize for one that leaves late, but not for ever. It hangs
# on all ranks; or, over sockets, on one alone. All at once, because each takes the
# time that a rank waits.
case_finalize_hangs() {
	[ "$family" = mpich ] || return
	local hangs begin started=()
	begin=$(date +%s%N)
	for hangs in all 0 1; do
		[ $hangs = all ] || export HANGS=$hangs MPIR_CVAR_NOLOCAL=1
		timeout --kill-after=5 $limit "$launcher" -n 2 \
			env LD_PRELOAD="$programs/libmpi_faulty_$family.so" \
			"$ranks" open >"$work/hangs_$hangs" 2>&1 &
		started+=($!)
	done
	unset HANGS MPIR_CVAR_NOLOCAL
	for hangs in all 0 1; do
		wait "${started[0]}"
		status=$?
		started=("${started[@]:1}")
		mv "$work/hangs_$hangs" "$work/output"
		says 'rank 1 of 2 on mpi'
		# The launcher may end the second rank as soon as the first
		# has left.
		says 'MPI_Finalize has not returned'
		succeeds
	done
	took=$((($(date +%s%N) - begin) / 1000000))
	echo "MPI_Finalize hangs on both ranks, and on each alone: over after $took ms"
}

# Several nodes, and one thread that calls MPI.
case_single_thread() {
	local nodes
	for nodes in 2 3; do
		launch 3 env COHORT_TEST_NODES=$nodes "$own" single
		succeeds
		says_times 3 'all squares'
	done
	# A rank 0 that is in a task reads no reports, so it gets few.
	launch 2 env COHORT_TEST_NODES=2 MARK="$work/mark" \
		LD_PRELOAD="$programs/libmpi_count_$family.so" "$own" unread
	succeeds
	says 'rank 1 reports' 'at most 2'
}

# An MPI that was built without threads.
case_one_thread_given() {
	local text='MPICH Version'
	[ "$family" = mpich ] || text='Open MPI'
	launch 2 env ONE_THREAD=1 \
		LD_PRELOAD="$programs/libmpi_faulty_$family.so" "$ranks" again
	succeeds
	says warn 'allows no thread' "$text" 'MPI_THREAD_SERIALIZED' 'start the job'
	says_times 1 'allows no thread'
}

# Isolated tasks that write to memory that MPI shares between ranks.
case_strays() {
	local starts
	for starts in program cohort; do
		launch 3 "$programs/mpi_strays_$family" "$starts"
		succeeds
		says_times 3 unharmed
	done
}

case_program_finalised() {
	launch 2 "$own" finalised
	succeeds
	says_times 2 COHORT_ESTATE
	says 'finalised already'
	launch 2 "$own" close_late
	succeeds
	says_times 2 COHORT_ESTATE
}

# Groups that end their ranks, in a program that has to finalise MPI itself, with
# ranks of which only some ask for that, with another group, and broken ones.
case_scoped() {
	launch 2 "$own" scoped
	succeeds
	says_times 2 'has initialised MPI itself'
	launch 3 "$ranks" scoped_mixed
	succeeds
	says_times 3 'on this rank, but not on all'
	launch 3 "$ranks" scoped_beside
	succeeds
	says_times 3 'another group of theirs is open'
	says_times 1 'alone'
	launch 3 env COHORT_CHECK=1 "$ranks" scoped_broken
	fails
	says 'is broken' 'ends the job'
}

case_communicators() {
	launch 2 env COHORT_CHECK=1 "$own" comm
	succeeds
	launch 1 "$own" bad_comm
	succeeds
	says 'refused'
}

case_contradiction() {
	local fake=(PMI_RANK=0 PMI_SIZE=2 MPI_LOCALRANKID=0)
	[ "$family" = openmpi ] ||
		fake=(OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2)
	run env "${fake[@]}" "$own" contradiction
	succeeds
	says COHORT_EBACKEND "${fake[0]%=*}" 'libmpi' 'program has loaded'
}

case_stranger() {
	run "$programs/mpi_stranger"
	succeeds
	says COHORT_EBACKEND 'an MPI of its own' mpi_stranger
}

case_rank_killed() {
	launch 2 "$ranks" kill
	fails
	pace_within 10000 "$took" || fail "it ended late: $pace_compared"
	echo "a rank killed: over after $took ms"
}

case_rank_leaves() {
	launch 2 "$ranks" leave
	fails
	pace_within 10000 "$took" || fail "it ended late: $pace_compared"
	echo "a rank left: over after $took ms"
}

# MPICH ends the other ranks. They must not be told to call cohort_close.
case_abort() {
	launch 3 "$ranks" abort 37
	[ "$status" = 37 ] || fail "status $status"
	says_times 0 cohort_close
	# Another thread is in MPI, and does not return.
	launch 2 env COHORT_TEST_NODES=2 PROBE_HANGS=1 \
		LD_PRELOAD="$programs/libmpi_faulty_$family.so" \
		"$ranks" abort_in_task
	fails
	says 'MPI_Abort has not ended this process'
	pace_within 15000 "$took" || fail "it ended late: $pace_compared"
}

# Rank 0 goes on after the close for as long as it likes.
case_ends_last() {
	launch 3 "$ranks" ends_last
	succeeds
	says 'rank 1 has used'
}

# The process of rank N, as the program has written it.
process_of() {
	grep -o "rank $1 is process [0-9]*" "$work/output" | grep -o '[0-9]*$'
}

# outlives WHERE COMMAND...: the process of the launcher that has started the ranks is
# killed while rank 1 waits for rank 0. A wrapper of the program outlives it.
outlives() {
	local job process victim begin where=$1
	shift
	: >"$work/output" # it has the numbers of processes that are gone
	timeout --kill-after=5 $limit "$launcher" -n 2 env COHORT_TEST_NODES=2 \
		"$@" >"$work/output" 2>&1 &
	job=$!
	until process=$(process_of 1) && process_of 0 >/dev/null; do
		kill -0 $job 2>/dev/null || {
			fail "$where: the ranks have not started"
			return
		}
		sleep 0.02
	done
	sleep 0.3
	victim=$(pgrep -P $job)
	# Of Hydra only the process that is the ranks' parent, but in a collective
	# call, where nobody looks for it.
	[ "$family" = openmpi ] || [[ $where == collective* ]] ||
		victim=$(pgrep -P "$victim")
	kill -KILL "$victim"
	begin=$(date +%s%N)
	while kill -0 "$process" 2>/dev/null; do
		took=$((($(date +%s%N) - begin) / 1000000))
		pace_within 20000 "$took" || {
			fail "$where: rank 1 outlives the launcher: $pace_compared"
			kill -KILL "$process" 2>/dev/null
		}
		sleep 0.05
	done
	kill -KILL "$(process_of 0)" 2>/dev/null
	wait $job 2>/dev/null
	echo "$where: rank 1 has ended after $took ms"
}

case_launcher_killed() {
	local where
	for where in task collective end; do
		took=0
		outlives $where "$ranks" outlives $where
		outlives "$where, with a wrapper" \
			sh -c "'$ranks' outlives $where; true"
	done
}

case_mpi_error() {
	launch 2 "$ranks" truncate
	says 'rank 0: COHORT_EMISMATCH' 'cohort_gatherv' 'MPI_Gatherv' \
		'runcate'
}

# MPICH 4.1 and newer put the reason into statuses that only MPICH can read.
case_error_in_status() {
	launch 2 env LD_PRELOAD="$programs/libmpi_in_status_$family.so" \
		"$ranks" truncate
	says 'rank 0: COHORT_EMISMATCH' 'cohort_gatherv' 'MPI_Gatherv' \
		'different counts'
}

case_mismatch() {
	launch 2 env COHORT_CHECK=1 "$ranks" mismatch
	says 'rank 0:' 'COHORT_EMISMATCH' 'rank 0 cohort_bcast of 3' \
		'rank 1 cohort_allreduce of 3'
	says 'rank 1:' 'COHORT_EMISMATCH' 'rank 0 cohort_bcast of 3' \
		'rank 1 cohort_allreduce of 3'
	says 'ends the job' 'a group of this rank is broken'
	says_times 0 cohort_close
}

# It is enough that one rank asks for the check.
case_mismatch_asked_by_one() {
	launch 2 bash -c \
		"[ \"\$$variable\" = 1 ] && export COHORT_CHECK=1
		exec '$ranks' mismatch"
	says 'rank 0:' 'COHORT_EMISMATCH' 'rank 1 cohort_allreduce of 3'
}

case_counts() {
	launch 2 env COHORT_CHECK=1 "$ranks" counts
	says 'rank 0:' 'COHORT_EMISMATCH' 'rank 1 sends 3' 'is 2: counts must have'
	says 'rank 1:' 'COHORT_EMISMATCH' 'rank 1 sends 3' 'is 2: counts must have'
}

case_refusal() {
	launch 2 env COHORT_CHECK=1 "$ranks" refuse "$work/refused"
	says 'rank 0:' 'COHORT_EMISMATCH' 'rank 0 refused cohort_bcast'
	says 'rank 1:' 'COHORT_EMISMATCH' 'rank 0 refused cohort_bcast'
}

# The rank that refuses need not help the others.
case_refusal_of_five() {
	local rank
	launch 5 env COHORT_CHECK=1 "$ranks" refuse_most
	for rank in 0 1 2 3 4; do
		says "rank $rank:" 'COHORT_EMISMATCH' \
			'rank 0 cohort_bcast of 1' 'rank 1 refused cohort_bcast'
	done
}

case_refusals_alike() {
	launch 3 env COHORT_CHECK=1 "$ranks" refuse_alike
	succeeds
}

# The number of messages grows with the logarithm of the number of ranks.
case_messages() {
	launch 2 env COHORT_CHECK=1 LD_PRELOAD="$programs/libmpi_count_$family.so" \
		"$ranks" messages
	succeeds
	says_times 2 'sends 20 messages in 20 calls'
	launch 7 env COHORT_CHECK=1 LD_PRELOAD="$programs/libmpi_count_$family.so" \
		"$ranks" messages
	succeeds
	says_times 7 'sends 60 messages in 20 calls'
	# Three for the rounds of a check, and up to two that say who waits.
	launch 7 env COHORT_CHECK=1 LD_PRELOAD="$programs/libmpi_count_$family.so" \
		"$ranks" late_messages $((2 * $(pace_now)))
	succeeds
	[ "$(grep -c 'rank [1-6] sends [345] messages' "$work/output")" = 6 ] ||
		fail "a rank sends too many messages"
}

# Sweeps over nodes leave nothing to MPI that outlives their group.
case_closes() {
	launch 3 env COHORT_TEST_NODES=3 LATE_STOP=1 \
		LD_PRELOAD="$programs/libmpi_count_$family.so" "$ranks" closes
	succeeds
	says_times 3 ': 0 requests and 0 messages are left'
}

case_timeout() {
	local call seconds
	seconds=$(($(pace_now) * 5))
	seconds=$((seconds / 10)).$((seconds % 10))
	for call in barrier bcast gatherv allgatherv allreduce open; do
		launch 2 "$ranks" timeout "$call" "$seconds"
		fails
		says 'rank 0: COHORT_ETIMEOUT' "cohort_$call" \
			"${seconds%.0} s" 'set a longer timeout'
		grep waited "$work/output" | grep -o 'waited [0-9.]* s' |
			sed "s/^/$call /"
	done
	launch 2 env COHORT_CHECK=1 "$ranks" timeout barrier \
		"$seconds"
	says 'rank 0: COHORT_ETIMEOUT' 'rank 1 did not come' \
		"${seconds%.0} s" 'set a longer timeout'
	# Ranks that wait for each other name the one that is missing. The first
	# one that ends may end the others.
	launch 4 env COHORT_CHECK=1 "$ranks" timeout barrier \
		"$seconds"
	says 'COHORT_ETIMEOUT' 'rank 3 did not come' "${seconds%.0} s"
	says_times 0 'rank 1 did not come'
	says_times 0 'rank 2 did not come'
	says_times 0 'more did not come'
	# Two are missing, and rank 0 itself.
	launch 5 env COHORT_CHECK=1 "$ranks" timeout barrier "$seconds" 24
	says 'COHORT_ETIMEOUT' 'rank 2 and 1 more did not come' "${seconds%.0} s"
	says_times 0 'rank 4 did not'
	launch 3 env COHORT_CHECK=1 "$ranks" timeout barrier "$seconds" 0
	says 'COHORT_ETIMEOUT' 'rank 0 did not come' "${seconds%.0} s"
	says_times 0 'more did not come'
}

# What the process has started, and what that has started, and so on.
started_by() {
	ps -e -o pid= -o ppid= | awk -v first="$1" '
		{ parent[$1] = $2 }
		END {
			for (pid in parent) {
				above = parent[pid]
				while (above > 1 && above != first)
					above = parent[above]
				if (above == first)
					print pid
			}
		}'
}

# The whole job is stopped, launcher and all, for longer than a rank or a task may
# take.
case_suspended() {
	local call job processes seconds
	seconds=$((2 * $(pace_now)))
	for call in barrier sweep; do
		rm -f "$work/waits" "$work/go"
		timeout --kill-after=5 $limit "$launcher" -n 2 "$ranks" \
			suspended "$call" "$seconds" "$work" >"$work/output" 2>&1 &
		job=$!
		until [ -e "$work/waits" ] || ! kill -0 $job 2>/dev/null; do
			sleep 0.02
		done
		mapfile -t processes < <(started_by $job)
		kill -STOP "${processes[@]}"
		sleep $((seconds + 2))
		kill -CONT "${processes[@]}"
		touch "$work/go"
		wait $job
		status=$?
		succeeds
	done
}

# The ranks end with a group that is broken, so the job is ended.
case_late() {
	launch 2 "$ranks" late
	says 'rank 0: nothing was written late'
	says 'rank 1: nothing was written late'
}

# Some ranks are in their next call and have sent messages for it, while others
# still claim tickets and need rank 0 for that.
case_sweeps_checked() {
	launch 3 env COHORT_TEST_NODES=2 COHORT_CHECK=1 "$ranks" sweeps
	succeeds
}

# Results of two nodes with several ranks each go by way of the nodes' first ranks,
# with and without nonblocking calls.
case_results_over_nodes() {
	launch 5 env COHORT_TEST_NODES=2 "$ranks" gathers
	succeeds
	launch 5 env COHORT_TEST_NODES=2 COHORT_CHECK=1 COHORT_TIMEOUT=600 \
		"$ranks" gathers
	succeeds
}

case_forked_copy() {
	launch 2 "$ranks" fork
	succeeds
}

# Each takes seconds of both cores, so a day has one of them over Open MPI, and
# another one over MPICH.
case_large() {
	local call at=0
	[ "$family" = openmpi ] || at=3
	drawn_from
	for call in bcast gatherv_small_part gatherv_large_part gatherv_sum \
		allgatherv allreduce; do
		at=$((at + 1))
		drawn $at 6 || continue
		launch 2 "$programs/mpi_large" "$call"
		succeeds
		says_times 2 "large $call"
		echo "$call of more than INT_MAX: $took ms"
	done
}

# One rank has no memory: a root, another rank, and first ranks of nodes.
case_lacks() {
	local nodes
	for nodes in 1 2; do
		launch 2 env COHORT_TEST_NODES=$nodes "$programs/mpi_lacks" calls "$work"
		succeeds
		says_times 2 'no rank waits'
	done
	launch 4 env COHORT_TEST_NODES=2 "$programs/mpi_lacks" calls "$work" \
		scatter
	succeeds
	says_times 4 'no rank waits'
	for nodes in 1 2; do
		launch 3 env COHORT_TEST_NODES=$nodes "$programs/mpi_lacks" limit
		succeeds
		says_times 3 'COHORT_ENOMEM: cohort_scatter: rank 2 has no memory for the parameter sets, of 67108864 bytes'
		says_times 3 'no rank waits'
	done
}

# A rank waits for one that never comes back from MPI while a second group is made. It
# takes more than a minute, so it begins before the other cases.
begin_second_open_hangs() {
	SPLIT_HANGS=1 COHORT_TIMEOUT=2 timeout --kill-after=5 $limit \
		"$launcher" -n 2 env \
		LD_PRELOAD="$programs/libmpi_faulty_$family.so" \
		"$ranks" again >"$work/second_open" 2>&1 &
	second_open=$!
}

case_second_open_hangs() {
	[ -n "${second_open-}" ] || begin_second_open_hangs
	wait $second_open
	status=$?
	mv "$work/second_open" "$work/output"
	[ "$status" -lt 124 ] || fail "status $status"
	fails
	says 'error: mpi: rank' 'in cohort_open' 'ends the job after its timeout'
}

if [ $# = 0 ]; then
	begin_second_open_hangs
	set -- $(declare -F | sed -n 's/^declare -f case_//p' | grep -vxE 'large|lacks')
fi
for current; do
	"case_$current"
done
[ "$failures" = 0 ] && echo "$family: $# cases passed"
exit $((failures > 0))
