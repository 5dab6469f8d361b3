#!/usr/bin/env bash
# The command `cohort` over several hosts and one family of MPI libraries. Runs on the
# head that hosts.sh makes.
#
#   command.sh FAMILY LAUNCHER COHORT SOLVER
#
# SOLVER is tests/command/solver.c, a program that uses cohort.
set -uo pipefail
export LC_ALL=C COHORT_PROGRESS=never

family=$1 launcher=$2 cohort=$3 solver=$4
limit=240 # seconds; detects a hang, and bounds nothing
failures=0
unset COHORT_BACKEND COHORT_SIZE COHORT_TIMEOUT COHORT_LOG
# shellcheck source=tests/hosts/launcher.sh
. "$(dirname "$0")/launcher.sh"
cd "$HOSTS" || exit 1
: >output
: >said

fail() {
	printf 'FAILED: %s: %s\n' "$current" "$1"
	sed 's/^/    /' output said
	failures=$((failures + 1))
}

begin() {
	current=$1
	choose_check "$current"
	echo "$current (COHORT_CHECK=$COHORT_CHECK)"
}

# same WHAT EXPECTED ACTUAL
same() {
	[ "$2" = "$3" ] || fail "$1: expected
$2
but got
$3"
}

end_job() {
	local host

	kill -KILL $job 2>/dev/null
	wait $job 2>/dev/null
	for host in h1 h2 h3; do
		./rsh $host "kill -KILL -1" 2>/dev/null
	done
}

# job LAYOUT PATTERN COMMAND...: run it until it ends. If MPICH hangs at its end, a line
# must match PATTERN, and the job is ended.
job() {
	local pattern=$2 end=$((SECONDS + limit))

	launch_words "$family" "$launcher" "$1"
	begin_noting
	"${launch[@]}" "${noting[@]}" "${@:3}" >output 2>said &
	job=$!
	while kill -0 $job 2>/dev/null; do
		if finalize_seems_to_hang; then
			end_job
			status=0
			grep -qE "$pattern" output said || fail "nobody says: $pattern"
			return
		fi
		if [ $SECONDS -gt $end ]; then
			end_job
			fail "it hung"
			return
		fi
		sleep 0.05
	done
	wait $job
	status=$?
}

rows() {
	tail -n +2 t.csv | cut -d, -f"$1"
}

begin "a sweep on three hosts"
printf '#!/bin/sh\nsleep 0.05\necho "host $(hostname)"\necho "value $1"\n' >task
chmod +x task
sweep=("$cohort" sweep --no-measures -o t.csv --parse 'regex:host=host (.*)'
	--parse 'regex:value=value (.*)' -p n=range:1:24:1)
job h1:1,h2:1,h3:1 '^cohort: 24 done' "${sweep[@]}" -- ./task
grep -q '^cohort: 24 done, 0 failed.* mpi, 3 ranks' said || fail "no summary"
same 'rows' "$(for n in $(seq 24); do echo "$n,ok,$n"; done)" "$(rows 1,2,6)"
same 'hosts' 'h1 h2 h3' "$(rows 5 | sort -u | paste -sd' ')"
same 'packed output' 3 "$(find task.cohort -name 'output-*' | wc -l)"
same 'output of a task' 'value 17' "$("$cohort" output task.cohort 16 2>&1 | tail -1)"

begin "what each host deals to its tasks"
# A task ends when three run, so that each rank runs one.
cat >takes <<'END'
#!/bin/sh
: >took-$1
until set -- took-* && [ $# = 3 ]; do sleep 0.05; done
cores=$(awk '/^Cpus_allowed_list:/ { print $2 }' /proc/self/status)
echo "dealt $(hostname) $COHORT_TASK_SLOT $CUDA_VISIBLE_DEVICES $cores $OMP_NUM_THREADS"
END
chmod +x takes
mapfile -t cores < <(awk '/^Cpus_allowed_list:/ { print $2 }' /proc/self/status |
	tr , '\n' | while IFS=- read -r from to; do
	seq "$from" "${to:-$from}"
done | head -2)
if [ ${#cores[@]} = 2 ]; then
	# On the second host one rank alone has the first core again.
	job h1:2,h2:1 '^cohort: 3 done' "$cohort" sweep --cpus 1 --no-measures -o t.csv \
		--parse 'regex:dealt=dealt (.*)' -p n=1,2,3 --gpus 2 -- ./takes
	same 'slots, GPUs, cores and threads' "h1 0 0 ${cores[0]} 1
h1 1 1 ${cores[1]} 1
h2 0 0 ${cores[0]} 1" "$(rows 5 | sort)"
	job h1:2,h2:1 '^cohort: 3 done' "$cohort" sweep --cpus 2 --no-measures -o t.csv \
		--fresh -p n=1,2,3 -- sleep 0.05
	grep -q '1 of 3 ranks run no tasks (rank 1 is the first), because --cpus 2' said ||
		fail "nobody tells of the rank without cores"
else
	echo "    not tested (there is one core)"
fi
job h1:1,h2:1,h3:1 '^cohort: ' "$cohort" sweep --deadline @$(($(date +%s) - 10)) \
	--journal late -o t.csv -p n=1,2,3 -- true
same 'rows of a deadline that has passed' 'not run' "$(rows 2 | sort -u)"
rm -rf takes.cohort sleep.cohort* late

begin "a command that is not there on one host"
for host in h1 h3; do
	./rsh $host "cp task /dev/shm/task"
done
job h1:1,h2:1,h3:1 'cannot be started' "$cohort" sweep -p n=1,2,3 --journal none -- \
	/dev/shm/task
grep -q 'rank 1: the command /dev/shm/task cannot be started: No such file' said ||
	fail "nobody says so"
[ "$family" = mpich ] || [ $status = 2 ] || fail "status $status"
! [ -e none ] || fail "a directory was made"

begin "refusals: one sentence, nothing run and nothing made"
# refused 'PART OF THE SENTENCE' ARGUMENT...
printf 'a,b\n1,2\n3\n' >short.csv
refused() {
	job h1:1,h2:1,h3:1 '^cohort' "$cohort" sweep "${@:2}"
	[ "$(grep -c '^cohort' said)" = 1 ] && grep -qF "$1" said || fail "no sentence $1"
	[ "$family" = mpich ] || [ $status = 2 ] || fail "status $status"
	! compgen -G '*.cohort*' | grep -v '^task.cohort$' || fail "$1: a directory was made"
	! [ -e ran ] || fail "a task was run"
}
refused 'short.csv, line 3, column 2: the row ends after 1 value' --input short.csv -- \
	touch ran
refused 'did you mean {mesh}?' -p mesh=1 -- touch ran '{mehs}'
refused 'is of another sweep: its command is ./task' --journal task.cohort -p n=1 -- \
	touch ran
refused 'no/such/t.csv: it cannot be written' -o no/such/t.csv -p a=1 -- touch ran

begin "--halt now ends what runs on all hosts"
# Only rank 0 knows of both failures.
cat >halts <<'END'
#!/bin/sh
host=$(hostname)
if [ $host != h1 ] && ! [ -e failed-$host ]; then
	: >failed-$host
	exit 4
fi
echo $$ >halts-$host
exec sleep 1000
END
chmod +x halts
job h1:1,h2:1,h3:1 '^cohort: ' "$cohort" sweep --halt now,fail=2 --no-measures -o t.csv \
	-p n=range:1:9:1 -- ./halts
[ "$family" = mpich ] || [ $status = 1 ] || fail "status $status"
same 'rows' '2 failed,7 not run' \
	"$(rows 2 | sort | uniq -c | sed 's/^ *//' | paste -sd,)"
grep -q '^cohort sweep: --halt now,fail=2 stopped the sweep' said || fail "nobody says so"
for host in h1 h2 h3; do
	! ./rsh $host 'kill -0 $(cat halts-$(hostname))' 2>/dev/null || fail "a task goes on"
done

begin "signals to a rank of one host, with and without --grace"
# A task ends when it is told to, or ended.
cat >stays <<'END'
#!/bin/sh
trap 'echo >ended-$(hostname); exit 7' TERM
echo $PPID >stays-$(hostname)
until [ -e enough ]; do sleep 0.05; done
END
chmod +x stays
# until_true COMMAND...: in vain if it takes too long.
until_true() {
	local tries=0

	until "$@"; do
		[ $((tries += 1)) -lt $((limit * 10)) ] || return
		sleep 0.1
	done
}
all_stay() {
	[ -s stays-h1 ] && [ -s stays-h2 ] && [ -s stays-h3 ]
}
says_so() {
	grep -q "^cohort sweep: SIG$1" said || [ -e ended-h1 ]
}
# signalled SIGNAL HOST [ARGUMENT...]
signalled() {
	rm -f stays-* ended-* enough
	rm -rf stays.cohort
	{
		until_true all_stay
		./rsh "$2" "kill -$1 \$(cat stays-$2)"
		until_true says_so "$1"
		[ "$1" = TERM ] || (sleep 0.5 && : >enough)
	} &
	local helper=$!
	job h1:1,h2:1,h3:1 '^cohort: ' "$cohort" sweep "${@:3}" --no-measures -o t.csv \
		-p n=range:1:9:1 -- ./stays
	wait $helper
	[ "$family" = mpich ] || [ $status = $((128 + $(kill -l $1))) ] || fail "status $status"
}
signalled INT h3 --grace 0.1
same 'rows after SIGINT' '6 not run,3 ok' \
	"$(rows 2 | sort | uniq -c | sed 's/^ *//' | paste -sd,)"
! compgen -G 'ended-*' || fail "a task was ended"
signalled TERM h2 --grace 0.1
same 'rows after SIGTERM' '9 not run' \
	"$(rows 2 | sort | uniq -c | sed 's/^ *//' | paste -sd,)"
same 'who was ended' 'ended-h1 ended-h2 ended-h3' "$(echo ended-*)"

begin "Ctrl-C twice to a rank, and SIGTERM to the launcher: all is ended"
cat >endless <<'END'
#!/bin/sh
[ ! -e brief ] || exit 0
echo $$ >task-$(hostname)
echo $PPID >stays-$(hostname)
exec sleep 1000
END
chmod +x endless
are_gone() {
	local host

	for host in h1 h2 h3; do
		! ./rsh $host 'kill -0 $(cat task-$(hostname))' 2>/dev/null || return
	done
}
end_rank() {
	until_true all_stay
	./rsh h2 'rank=$(cat stays-h2); kill -INT $rank; sleep 0.3; kill -INT $rank'
}
end_launcher() {
	until_true all_stay
	kill -TERM $job
}
for end in end_rank end_launcher; do
	rm -f stays-*
	launch_words "$family" "$launcher" h1:1,h2:1,h3:1
	"${launch[@]}" "$cohort" sweep -p n=range:1:6:1 -- ./endless >output 2>said &
	job=$!
	$end
	until_true are_gone
	are_gone || fail "$end: tasks go on"
	end_job
done
: >brief
job h1:1,h2:1,h3:1 '^cohort: ' "$cohort" sweep --no-measures -o t.csv -p n=range:1:6:1 -- \
	./endless
same 'rows of the next run' '6 ok' "$(rows 2 | sort | uniq -c | sed 's/^ *//' | paste -sd,)"

begin "a host is lost, and the sweep goes on without it"
launch_words "$family" "$launcher" h1:1,h2:1,h3:1
"${launch[@]}" "${sweep[@]}" --journal lost -- ./task >output 2>said &
job=$!
tries=0
until [ "$("$cohort" results --no-measures lost 2>/dev/null | grep -c ',ok,')" -ge 6 ]; do
	[ $((tries += 1)) -lt $((limit * 10)) ] || break
	sleep 0.1
done
./rsh h2 "kill -KILL -1" 2>/dev/null
sleep 0.2
end_job
before=$("$cohort" results --no-measures lost | grep -c ',ok,')
job h1:1,h3:1 '^cohort: ' "${sweep[@]}" --journal lost -- ./task
grep -q "($before tasks were run before)" said || fail "$before tasks were run before"
same 'rows' "$(for n in $(seq 24); do echo "$n,ok,$n"; done)" "$(rows 1,2,6)"

begin "killed at random, and run again until it is done"
seed=${COHORT_TEST_KILLED_SEED:-$((SRANDOM % 32768))}
RANDOM=$seed
echo "    seed $seed"
args=(--no-measures -o t.csv --parse 'regex:value=value (.*)' -p n=range:1:72:1)
"$cohort" sweep -n 8 --journal calm "${args[@]}" -- ./task 2>said || fail "undisturbed"
mv t.csv calm.csv
done_before() {
	"$cohort" results --no-measures killed 2>/dev/null | grep -c ',ok,'
}
victims=(h1 h2 h3 launcher all)
for kills in 1 2 3; do
	before=$(done_before)
	launch_words "$family" "$launcher" h1:1,h2:1,h3:1
	"${launch[@]}" "$cohort" sweep --journal killed "${args[@]}" -- ./task \
		>output 2>said &
	job=$!
	# Some kills come as it starts, and most when tasks have ended.
	tries=$((RANDOM % 4 == 0 ? limit * 10 : 0))
	while kill -0 $job 2>/dev/null && [ "$(done_before)" = "$before" ] &&
		[ $((tries += 1)) -lt $((limit * 10)) ]; do
		sleep 0.1
	done
	sleep 0.$((RANDOM % 5))
	victim=${victims[RANDOM % 5]}
	case $victim in
	launcher) kill -KILL $job 2>/dev/null ;;
	h*) ./rsh $victim "kill -KILL -1" 2>/dev/null ;;
	esac
	sleep 0.$((RANDOM % 3))
	end_job
	echo "    $victim, after $(done_before) of 72 tasks"
done
before=$(done_before)
# Ranks of the last run may still be ending.
for tries in $(seq 100); do
	job h1:1,h2:1,h3:1 '^cohort( sweep)?: ' "$cohort" sweep --journal killed \
		"${args[@]}" -- ./task
	grep -q 'in use' said || break
	sleep 0.1
done
[ "$before" = 0 ] || grep -q "($before tasks* w.* run before)" said ||
	fail "$before tasks were run before"
cmp calm.csv t.csv || fail "another table than that of an undisturbed run"

begin "cohort run gives its variables to the ranks of all hosts"
printf '#!/bin/sh\necho "on $(hostname): $COHORT_TIMEOUT $COHORT_CHECK"\nexec "$@"\n' >tells
chmod +x tells
words=()
launch_words "$family" "$launcher" h1:1,h2:1,h3:1
for word in "${launch[@]:3}"; do
	words+=(--launcher-argument "$word")
done
"$cohort" run -n 3 --backend mpi --launcher "$launcher" "${words[@]}" --timeout 77 \
	--check -- ./tells "$solver" x >output 2>said &
job=$!
tries=0
until grep -q '^mpi 3 <x>' output || ! kill -0 $job 2>/dev/null; do
	[ $((tries += 1)) -lt $((limit * 10)) ] || break
	sleep 0.1
done
sleep 0.5
end_job
same 'variables' 'on h1: 77 1
on h2: 77 1
on h3: 77 1' "$(grep '^on' output | sort)"
grep -q '^mpi 3 <x>' output || fail "no group of three ranks"

begin "cohort info and cohort bench"
job h1:1,h2:1,h3:1 '^built with' "$cohort" info
same 'ranks' 3 "$(awk '/^backend/ { on = 1 } on && $1 == "ranks" { print $2; exit }' output)"
same 'reports' 1 "$(grep -c '^built with' output)"
job h1:1,h2:1,h3:1 '^8 ' "$cohort" bench --calls bcast --sizes 8 -i 5
grep -q ': bcast, mpi, 3 ranks' output || fail "no head"
grep -qE '^8 .* 5$' output || fail "no row"

[ $finalize_hangs = 0 ] ||
	echo "MPI_Finalize of this MPICH hung in $finalize_hangs jobs"
[ "$failures" = 0 ] && echo "$family: all passed"
exit $((failures > 0))
