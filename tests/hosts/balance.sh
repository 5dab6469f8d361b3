#!/usr/bin/env bash
# Makespans over hosts beside the ideal ones, as rows of the table in
# docs/sweeps.md. Tasks sleep, so hosts may be more than the machine's cores. Not a
# test: it takes minutes, and its figures mean little on a busy machine.
#
#   WIRE=.../wire hosts.sh 4 balance.sh FAMILY LAUNCHER HOST_SWEEP
set -uo pipefail
export LC_ALL=C

family=$1 launcher=$2 sweep=$3
# shellcheck source=tests/hosts/launcher.sh
. "$(dirname "$0")/launcher.sh"
export LINES_TO=$HOSTS/lines

# row RANKS SLOW DELAY_MS KIND TASKS MS SCHEDULE
row() {
	local layout="" host=0 count job
	for count in ${1//,/ }; do
		host=$((host + 1))
		layout+=${layout:+,}h$host:$count
		echo "$host delay $3" >"$HOSTS/orders"
	done
	: >"$LINES_TO"
	export COHORT_SCHEDULE=$7
	launch_words "$family" "$launcher" "$layout"
	"${launch[@]}" "$sweep" "$4" "$5" "$6" "$2" >"$HOSTS/output" 2>&1 &
	job=$!
	# MPICH may hang in MPI_Finalize, after all of this.
	until grep -q '^makespan' "$LINES_TO" || ! kill -0 $job 2>/dev/null; do
		sleep 0.1
	done
	sleep 1
	kill -KILL $job 2>/dev/null
	wait $job 2>/dev/null
	for host in h1 h2 h3 h4; do
		"$HOSTS/rsh" $host "kill -KILL -1" 2>/dev/null
	done
	awk -v ranks="${1//,/, }" -v slow="$2" -v delay="$3" -v kind="$4" \
		-v tasks="$5" -v ms="$6" -v schedule="$7" '
		$1 == "makespan" {
			printf "| %s | %s | %s | %s | %s of %s ms | %s | ", ranks,
				slow == 1 ? "" : slow " times", delay, kind,
				tasks, ms, schedule
			printf "%.2f | %.2f | %.2f | %.2f |\n", $2, $4, $6, $8
		}' "$LINES_TO"
}

for schedule in dynamic guided; do
	row 1,1 4 0 uniform 4000 1 $schedule
	row 6,1 1 0 uniform 2100 20 $schedule
	row 3,3 10 0 uniform 1000 20 $schedule
	row 9,9 2 1 uniform 4000 20 $schedule
	row 3,3 2 0 heavy 2000 20 $schedule
	row 2,1,1,1 2 1 bimodal 800 20 $schedule
	row 2,2,2 4 5 uniform 500 110 $schedule
	row 1,4 2 50 uniform 120 1010 $schedule
	row 2,1,1,1 10 50 bimodal 40 1010 $schedule
done
