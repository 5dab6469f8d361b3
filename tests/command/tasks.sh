#!/usr/bin/env bash
# Tasks of `cohort sweep` that are not ordinary programs: MPI programs and mpirun,
# daemons, programs that leave others behind or print without end, and tasks that fill
# the disk.
#
#   tasks.sh COHORT SOLVER [LAUNCHER PROGRAM]...
#
# SOLVER is solver.c beside this script, which uses cohort. PROGRAM is mpi_task.c, built
# with the MPI of the launcher.
set -euo pipefail
. "$(dirname "$0")/expect.sh"
export LC_ALL=C COHORT_PROGRESS=never

cohort=$1 solver=$2
shift 2
families=("$@")
folder=$(mktemp -d)
: >"$folder/left"
trap 'kill -KILL $(cat "$folder/left") 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"

# ---- MPI programs of one rank, and of two that the task starts ----

# mpi_tasks COMMAND...: the command starts the sweep.
mpi_tasks() {
	status 0 "$@" sweep --fresh --no-measures --parse 'regex:out=(.*)' -o t.csv \
		-p a=5,6 -- sh -c 'echo "$("$2" "$3") $("$1" -n 2 "$2" "$3")"' \
		sh "$launcher" "$program" '{a}'
	same "tasks of $launcher in $*" '5,ok,0,,1 1 5 2 3 5
6,ok,0,,1 1 6 2 3 6' "$(tail -n +2 t.csv)"
}
while [ $# -gt 0 ]; do
	launcher=$1 program=$2
	shift 2
	mpi_tasks "$cohort"
	for ((i = 0; i < ${#families[@]}; i += 2)); do
		mpi_tasks "${families[i]}" -n 2 "$cohort"
	done
done

# ---- programs that use cohort ----

# solver_tasks EXPECTED COMMAND...: the command is the task, and prints nothing else.
solver_tasks() {
	status 0 "$cohort" sweep -n 2 --fresh --no-measures --journal solver \
		--parse 'regex:out=(.*)' -o t.csv -p a=5,6 -- "${@:2}"
	same "tasks with ${*:2}" "5,ok,0,,$1 <5>
6,ok,0,,$1 <6>" "$(tail -n +2 t.csv)"
	"$cohort" output solver 0 1 >out 2>said
	same "errors of tasks with ${*:2}" '' "$(cat said)"
}
solver_tasks 'serial 1' "$solver" '{a}'
solver_tasks 'mp 3' "$cohort" run -q -n 3 --backend mp -- "$solver" '{a}'
for ((i = 0; i < ${#families[@]}; i += 2)); do
	solver_tasks 'mpi 2' "$cohort" run -q -n 2 --backend mpi \
		--launcher "${families[i]}" -- "$solver" '{a}'
done

# ---- processes that outlive a task ----

# A process of the task's group ends with it; a daemon is left alone, and nobody waits
# for its end, although it holds the task's output.
cat >leaves <<'END'
#!/bin/sh
sleep 1000 &
echo $! >child
setsid sh -c 'echo $$ >daemon; echo $$ >>left; exec sleep 1000' &
while ! [ -s daemon ]; do sleep 0.01; done
echo done
END
chmod +x leaves
status 0 "$cohort" sweep -n 1 --no-measures --parse 'regex:out=(.*)' -o t.csv -p a=1 \
	-- ./leaves
same 'output before the daemon' '1,ok,0,,done' "$(tail -1 t.csv)"
! [ -d "/proc/$(cat child)" ] || grep -q '^State:.Z' "/proc/$(cat child)/status"
kill -0 "$(cat daemon)"
# Several print without end. The task's own output is kept, and the sweep ends.
cat >loud <<'END'
#!/bin/bash
echo mine
for i in 1 2 3 4; do
	setsid sh -c 'echo $$ >>left; echo $$ >>started; exec yes loud' &
done
while [ "$(wc -l <started)" -lt 4 ]; do sleep 0.01; done
END
chmod +x loud
: >started
status 0 "$cohort" sweep -n 1 -p a=1 -- ./loud
"$cohort" output loud.cohort 0 >out
grep -qx mine out

# ---- a disk that is full ----

if unshare -rm true 2>/dev/null; then
	mkdir disk
	cat >fills <<'END'
#!/bin/sh
yes | head -c 100000
echo
echo $1
END
	chmod +x fills
	cat >full <<'END'
set -euo pipefail
# All records of the journal fit into the page that it has.
mount -t tmpfs -o size=600k none disk
run=("$1" sweep -n 2 --journal disk/j --no-measures --parse number -p a=range:1:12:1)
status=0
"${run[@]}" -- ./fills >out 2>said || status=$?
# Nothing can be said of a task whose output has no room: it is not run, and the sweep
# ends, because the next ones would find no room either.
[ $status = 3 ]
grep -q 'counts as not run: disk/j/output-.* cannot be written: No space left on device' said
[ "$(grep -c '^cohort sweep: the system refuses what tasks need' said)" = 1 ]
"$1" results --no-measures disk/j | awk -F, '
	$2 == "ok" && $5 == $1 { ok++ }
	$2 == "not run" { left++ }
	END { exit !(ok >= 1 && left >= 4 && ok + left == 12) }'
# There is room again.
mount -o remount,size=10m disk
"${run[@]}" -o t.csv -- ./fills 2>said
[ "$(tail -n +2 t.csv)" = "$(for i in $(seq 12); do echo "$i,ok,0,,$i"; done)" ]
"$1" output disk/j 7 | cmp - <(./fills 8)
# Directories of --tmp are removed, so that the next task has the room; one that
# has no room fails by itself.
mount -o remount,size=2500k disk
TMPDIR=$PWD/disk "$1" sweep -n 1 --fresh --tmp --no-measures -o t.csv \
	-p n=100000,100000,9000000,100000 -- sh -c 'head -c $1 /dev/zero >file' sh 2>said || true
[ "$(tail -n +2 t.csv | cut -d, -f2 | paste -sd' ')" = 'ok ok failed ok' ]
END
	unshare -rm bash -x full "$cohort" 2>trace || {
		echo 'a full disk:'
		cat trace out said t.csv
		exit 1
	}
else
	echo "not tested: a full disk (no mount namespaces here)"
fi
echo "cohort sweep: all tasks passed"
