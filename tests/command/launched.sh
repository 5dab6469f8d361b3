#!/usr/bin/env bash
# Signals to a sweep under a launcher. One rank that gets SIGINT stops the sweep softly;
# what the launchers make of Ctrl-C is as docs/command.md says: finished tasks are kept.
#
#   launched.sh COHORT LAUNCHER...
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1

# shellcheck source=tests/command/expect.sh
. "$(dirname "$0")/expect.sh"

cohort=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# The first task ends by itself, the others when they may.
cat >task <<'END'
#!/bin/sh
[ $1 = 1 ] || {
	echo $PPID >rank.new.$1
	mv rank.new.$1 rank.$1
	until [ -e enough ]; do sleep 0.05; done
}
END
chmod +x task

# A task of each rank runs, and one has ended.
runs() {
	[ -s rank.2 ] && [ -s rank.3 ] &&
		"$cohort" status j 2>said | grep -q '^1 of 4 .*1 ok'
}

# launched LAUNCHER
launched() {
	rm -rf j enough rank.*
	"$1" -n 2 "$cohort" sweep --journal j --no-measures -o t.csv -p n=1,2,3,4 \
		-- ./task >out 2>launched.said &
	launcher=$!
	until runs; do sleep 0.05; done
}

# says SENTENCE: the sweep says so while it runs.
says() {
	until grep -q "$1" launched.said; do
		kill -0 $launcher
		sleep 0.05
	done
}

# ends: the launcher's exit status is in the file `status` then.
ends() {
	local status=0

	wait $launcher || status=$?
	echo $status >status
}

for mpirun in "${@:2}"; do
	launched "$mpirun"
	kill -INT "$(cat rank.3)"
	says 'SIGINT: tasks that run are finished'
	: >enough
	ends
	same "the status under $mpirun" 130 "$(cat status)"
	same "the table under $mpirun" '1,ok 2,ok 3,ok 4,not run' \
		"$(tail -n +2 t.csv | cut -d, -f1,2 | paste -sd' ')"

	# Ctrl-C
	launched "$mpirun"
	kill -INT $launcher
	if "$mpirun" --version 2>&1 | grep -q 'Open MPI\|OpenRTE'; then
		ends
		same 'the status of Open MPI' 1 "$(cat status)"
		grep -q 'SIGTERM: tasks that run end with mpirun, if that has sent it' \
			launched.said
		same 'what Open MPI leaves' '1 of 4 tasks were run: 1 ok, 3 not run' \
			"$("$cohort" status j | sed -n 2p)"
	else
		says 'SIGINT: tasks that run are finished'
		: >enough
		ends
		same 'what MPICH leaves' '3 of 4 tasks were run: 3 ok, 1 not run' \
			"$("$cohort" status j | sed -n 2p)"
	fi
done
echo "cohort sweep under launchers: all cases passed"
