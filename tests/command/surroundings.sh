#!/usr/bin/env bash
# What is around a sweep: another one in its directory, launchers and their
# descriptors, the machine's cores, files that tasks read, and the job's end.
#
#   surroundings.sh COHORT [LAUNCHER]...
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

cohort=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none

# same WHAT EXPECTED ACTUAL
same() {
	[ "$2" = "$3" ] && return
	printf '%s: expected\n%s\nbut got\n%s\n' "$1" "$2" "$3"
	cat said 2>/dev/null
	exit 1
}

# status EXPECTED COMMAND...
status() {
	local status=0

	"${@:2}" >out 2>said || status=$?
	same "the status of ${*:2}" "$1" $status
}

# says TEXT: standard error has it.
says() {
	grep -qF -- "$1" said || same 'standard error' "$1" "$(cat said)"
}

# ---- a directory in use ----

mkfifo begun goes_on
cat >waits <<'END'
#!/bin/sh
echo begun >begun
read line <goes_on
END
chmod +x waits
"$cohort" sweep -n 1 -p a=1 --no-measures -o first.csv -- ./waits >said.first 2>&1 &
first=$!
read -r line <begun
for option in '' --fresh --retry-failed; do
	status 2 "$cohort" sweep -n 1 $option -p a=1 -- ./waits
	says "in use by process"
	says " on $(uname -n)"
done
[ ! -e waits.cohort.1 ]
echo >goes_on
wait $first
same 'the first sweep' 1,ok,0, "$(tail -1 first.csv)"

# ---- descriptors ----

# The shell lists its own; it has opened and closed the folder to do so.
list='for fd in /proc/$$/fd/*; do [ -L $fd ] && echo $fd; done; true'
# The launcher decides how many ranks there are, even if --cpus fits fewer.
cores=$(nproc)
for launcher in '' "$@"; do
	status 0 ${launcher:+$launcher -n 2} "$cohort" sweep --fresh -p a=1,2,3 \
		--cpus $cores --shell -- "$list" 7<waits
	same "the warnings under $launcher" '' "$(grep -i warn said || true)"
	for task in 0 1 2; do
		same "descriptors of a task ${launcher##*/}" '0 1 2 ' \
			"$("$cohort" output sweep.cohort $task | sed 's,.*/,,' | tr '\n' ' ')"
	done
done

# Kernels before Linux 5.9 have no close_range; a process that watches over tasks
# must not hold the end of its own pipe there.
if strace -o strace true 2>/dev/null; then
	status 0 strace -f -o strace -e trace=close_range \
		-e inject=close_range:error=ENOSYS \
		"$cohort" sweep -n 2 --fresh -p a=1,2,3 --shell -- "$list" 7<waits
	grep -q INJECTED strace
	for task in 0 1 2; do
		same 'descriptors of a task without close_range' '0 1 2 ' \
			"$("$cohort" output sweep.cohort $task | sed 's,.*/,,' | tr '\n' ' ')"
	done
else
	echo "not tested, because strace may not be used: a kernel without close_range"
fi

# Standard streams that are closed, in each combination, with one rank and two: tasks
# have all three, what they print is kept, and no message of a rank is taken for
# something else.
cat >speaks <<'END'
#!/bin/sh
[ "$(readlink /proc/$$/fd/0)" = /dev/null ] || exit 9
echo "out $1"
echo "err $1" >&2
END
chmod +x speaks
# runs_closed REDIRECTIONS COMMAND...
runs_closed() {
	(
		exec >out 2>said
		eval "exec $1"
		exec "${@:2}"
	)
}
for closed in '' '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
	for ranks in 1 2; do
		what="with $ranks ranks and 'exec $closed'"
		COHORT_PROGRESS=always runs_closed "$closed" "$cohort" sweep -n $ranks \
			--backend mp --fresh --tag --no-measures -o t.csv -p a=1,2,3 -- \
			./speaks || same "the status $what" 0 $?
		same "the table $what" 'a,status,exit,signal 1,ok,0, 2,ok,0, 3,ok,0,' \
			"$(paste -sd' ' t.csv)"
		same "output $what" 'out 3' "$("$cohort" output speaks.cohort 2 2>errors)"
		same "errors $what" 'err 3' "$(cat errors)"
		[[ " $closed" = *' >&-'* ]] ||
			same "tagged lines $what" 3 "$(grep -c $'\tout' out)"
	done
done

# Who starts the sweep may ignore the ends of children, for which the kernel then
# keeps no exit status.
status 1 bash -c 'trap "" CHLD; exec "$@"' bash "$cohort" sweep -n 1 --fresh -p a=0,3 \
	--no-measures -o t.csv --shell -- 'exit {a}'
same 'exit statuses where SIGCHLD is ignored' '0,ok,0, 3,failed,3,' \
	"$(tail -n +2 t.csv | paste -sd' ')"

# ---- launchers and the number of ranks ----

for launcher in "$@"; do
	status 0 "$launcher" -n 2 "$cohort" sweep --dry-run -p a=1 -- echo
	same 'a dry run' 'echo 1' "$(cat out)"
	same "its standard error under $launcher" '' "$(grep cohort said || true)"
	status 2 "$launcher" -n 2 "$cohort" sweep --zp -- true
	same "refusals under $launcher" 1 "$(grep -c '^cohort' said)"
	says 'did you mean --zip?'
done

# ---- cores ----

status 2 "$cohort" sweep --cpus $((cores + 1)) --journal cores.cohort -p a=1 -- true
says "--cpus $((cores + 1)): the ranks on this machine may use $cores core"
same 'its lines' 1 "$(wc -l <said)"
[ ! -e cores.cohort ]
# More ranks than there are cores for: the others run all tasks, and one line says so.
status 0 "$cohort" sweep --backend mp -n $((cores + 3)) --cpus 1 --fresh -p a=1,2 -- true
says "cohort sweep: 3 of $((cores + 3)) ranks run no tasks (rank $cores is the first), because --cpus 1"
same 'its lines' 1 "$(grep -c 'no cores' said)"
status 0 "$cohort" sweep --cpus 1 --fresh -p a=1,2 -- true
same 'ranks as --cpus allows' 0 "$(grep -c 'no cores' said)"
status 1 "$cohort" sweep --backend mp -n $((cores + 1)) --cpus 1 --fresh -p a=1,2 -- false
says "1 of $((cores + 1)) ranks run no tasks"

# ---- a launcher that binds ranks; the other options that depend on ranks ----

# A task ends when COUNT tasks run, so that each rank runs one of them.
cat >meets <<'END'
#!/bin/sh
# meets COUNT NAME: prints slot, rank, GPUs and cores.
: >met-$2
until set -- "$1" met-* && [ $(($# - 1)) = "$1" ]; do sleep 0.01; done
cores=$(awk '/^Cpus_allowed_list:/ { print $2 }' /proc/self/status)
echo "$COHORT_TASK_SLOT;x;$CUDA_VISIBLE_DEVICES;$cores;$OMP_NUM_THREADS"
END
chmod +x meets
unset CUDA_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES OMP_NUM_THREADS

# column N: the values that the tasks have printed there, sorted.
column() {
	"$cohort" results bound | tail -n +2 | sed 's/.*,//' | cut -d';' -f"$1" | sort |
		paste -sd' '
}
# The first two of the cores, each of which a rank is bound to.
mapfile -t two < <(awk '/^Cpus_allowed_list:/ { print $2 }' /proc/self/status |
	tr , '\n' | while IFS=- read -r from to; do
	seq "$from" "${to:-$from}"
done | head -2)
# As a launcher binds ranks; it counts them by one of the variables.
cat >binds <<END
#!/bin/sh
rank=\${PMI_RANK:-\$OMPI_COMM_WORLD_RANK}
[ \$rank = 0 ] && core=${two[0]} || core=${two[1]-}
exec taskset -c \$core "\$@"
END
chmod +x binds
# bound STATUS LAUNCHER ARGUMENT...: two ranks on a core each.
bound() {
	rm -rf bound met-*
	status "$1" "$2" -n 2 ./binds "$cohort" sweep --journal bound --parse 'regex:v=(.*;.*)' \
		"${@:3}"
}
for launcher in "$@"; do
	[ ${#two[@]} = 2 ] || {
		echo 'not tested: ranks that are bound to cores (there is one core)'
		break
	}
	bound 0 "$launcher" --cpus 1 --gpus 2 -p a=1,2 -- ./meets 2 '{a}'
	same "slots under $launcher" '0 1' "$(column 1)"
	same "GPUs under $launcher" '0 1' "$(column 3)"
	same "cores under $launcher" "${two[*]}" "$(column 4)"
	same "threads under $launcher" '1 1' "$(column 5)"
	same "warnings under $launcher" 0 "$(grep -c 'no cores' said)"
	# The cores of both make those of one task; the other rank runs none.
	bound 0 "$launcher" --cpus 2 -p a=1,2 -- ./meets 1 a
	same "cores of --cpus 2 under $launcher" 1 \
		"$(column 4 | grep -c "^\(${two[0]}[-,]${two[1]}\) \1\$")"
	same "slots of --cpus 2 under $launcher" '0 0' "$(column 1)"
	says '1 of 2 ranks run no tasks (rank 1 is the first), because --cpus 2'
	bound 2 "$launcher" --cpus 3 -p a=1 -- true
	says '--cpus 3: the ranks on this machine may use 2 cores'
	# Without --cpus a task has the core of its rank.
	bound 0 "$launcher" -p a=1,2 -- ./meets 2 '{a}'
	same "cores without --cpus under $launcher" "${two[*]}" "$(column 4)"
	# GPUs that a batch system has given.
	CUDA_VISIBLE_DEVICES=3,GPU-5ba4 bound 0 "$launcher" --gpus -p a=1,2 -- \
		./meets 2 '{a}'
	same "listed GPUs under $launcher" '3 GPU-5ba4' "$(column 3)"
	bound 1 "$launcher" --deadline @$(($(date +%s) - 10)) -p a=1,2 -- true
	says '--deadline left no time for 2 of 2 tasks'
done
# As the launchers themselves bind them.
for launcher in "$@"; do
	words=(-bind-to hwthread)
	! "$launcher" --version 2>&1 | grep -q 'Open MPI\|OpenRTE' ||
		words=(--use-hwthread-cpus --bind-to hwthread)
	"$launcher" -n 2 "${words[@]}" grep Cpus_allowed_list /proc/self/status 2>said |
		sort -u >masks || true
	[ "$(wc -l <masks)" = 2 ] || {
		echo "not tested: ${words[*]} of $launcher, which does not bind ranks here"
		continue
	}
	rm -rf bound met-*
	status 0 env -u OMPI_MCA_hwloc_base_binding_policy "$launcher" -n 2 "${words[@]}" \
		"$cohort" sweep --cpus 1 --journal bound --parse 'regex:v=(.*;.*)' \
		-p a=1,2 -- ./meets 2 '{a}'
	same "cores that $launcher binds to" "$(sed 's/.*\t//' masks | sort | paste -sd' ')" \
		"$(column 4)"
done

# ---- seeds ----

cat >seeds <<'END'
#!/bin/sh
echo "$COHORT_TASK_SEED $1"
END
chmod +x seeds
status 0 "$cohort" sweep -n 1 --seed 7 -p a=1,2 -- ./seeds {seed}
first=$("$cohort" output seeds.cohort 0)
second=$("$cohort" output seeds.cohort 1)
same 'the seed' "${first% *}" "${first#* }"
[ "$first" != "$second" ]
status 0 "$cohort" sweep -n 1 --seed 7 --fresh -p a=1,2 -- ./seeds same
same 'a seed without {seed}' "${first% *} same" "$("$cohort" output seeds.cohort 0)"
status 0 "$cohort" sweep -n 1 --seed 7 -p a=3,2,1 -- ./seeds same
says '3 done (2 tasks were run before)'
same 'a result that keeps its row' "${first% *} same" \
	"$("$cohort" output seeds.cohort 2)"

# ---- variables of --env ----

# environ ARGUMENT...: the variables of a task, as they are, one a line.
environ() {
	status 0 "$cohort" sweep -n 1 --fresh --journal variables -p x=1 "$@" -- \
		cat /proc/self/environ
	"$cohort" output variables 0 | tr '\0' '\n' >environ
}
environ --env COHORT_TASK_INDEX=mine --env COHORT_P_x=mine --env A=1 --env A=2 \
	--env 'HOME=/{x}'
same 'one variable of each name' '' "$(cut -d= -f1 environ | sort | uniq -d)"
same 'the last one of --env' 'A=2 COHORT_P_x=mine COHORT_TASK_INDEX=mine HOME=/1' \
	"$(grep -E '^(A|HOME|COHORT_P_x|COHORT_TASK_INDEX)=' environ | sort | paste -sd' ')"

# ---- standard input ----

mkfifo quiet
printf 'text\n' >file
status 1 timeout 60 "$cohort" sweep -n 1 -p f=quiet,file,. --stdin '{f}' --no-measures \
	-o t.csv -- cat
same 'FIFOs and folders' 'quiet,failed,, file,ok,0, .,failed,,' \
	"$(tail -n +2 t.csv | paste -sd' ')"
says 'not a regular file'

# ---- words of the library ----

status 1 env SLURM_JOB_END_TIME=1 "$cohort" sweep -n 1 --fresh -p a=1 -- true
says 'cohort sweep: SLURM_JOB_END_TIME left no time for 1 of 1 task'
same 'its fields' '' "$(grep -E 'job\.|cohort_' said || true)"
status 0 env SLURM_JOB_END_TIME=abc "$cohort" sweep -n 1 --fresh -p a=1 -- true
says "SLURM_JOB_END_TIME is 'abc'"
status 1 "$cohort" sweep -n 1 --deadline @1 --fresh -p a=1 -- true
says 'cohort sweep: --deadline left no time for 1 of 1 task'
# After an update of cohort, whose file is another one then.
cp "$cohort" updated
printf x >>updated
status 0 "$cohort" sweep -n 1 --fresh --journal kept -p a=1 -- true
status 0 ./updated sweep -n 1 --journal kept -p a=1 -- true
says '1 done (1 task was run before)'
says 'journal kept: the program updated has changed since it was used last, from XXH3'
same 'its fields' '' "$(grep -E 'job\.|cohort_' said || true)"
