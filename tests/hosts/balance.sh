#!/usr/bin/env bash
# Makespans over hosts beside the ideal ones, as the rows of the table in docs/sweeps.md.
# Tasks sleep, so hosts may be more than the machine's cores. Not a test: it takes about
# ten minutes for two MPIs, and its figures mean little on a busy machine.
#
#   WIRE=.../wire ENDING_LIBRARY=.../libhosts_ending.so \
#     hosts.sh 4 balance.sh HOST_SWEEP FAMILY LAUNCHER [FAMILY LAUNCHER]
#
# A figure is the makespan over the ideal one, of what host_sweep prints. In brackets are
# the part of the time of all ranks that they spent in tasks, and, if the makespan is more
# than 1.1 of the ideal one, it over what whole tasks allow (`whole` of host_sweep).
set -uo pipefail
export LC_ALL=C

sweep=$1
shift
mpis=("$@")
words=() # before the program
family=
# shellcheck source=tests/hosts/launcher.sh
. "$(dirname "$0")/launcher.sh"
export LINES_TO=$HOSTS/lines

end_job() {
	local host
	kill -KILL $job 2>/dev/null
	wait $job 2>/dev/null
	for host in h1 h2 h3 h4; do
		"$HOSTS/rsh" $host "kill -KILL -1" 2>/dev/null
	done
}

# measure FAMILY LAUNCHER SCHEDULE LAYOUT SLOW KIND TASKS MS: prints ideal and figure
measure() {
	: >"$LINES_TO"
	launch_words "$1" "$2" "$4"
	COHORT_SCHEDULE=$3 "${launch[@]}" "${words[@]}" "$sweep" "$6" "$7" "$8" "$5" \
		>"$HOSTS/output" 2>&1 &
	job=$!
	# MPICH may hang in MPI_Finalize, after all of this.
	until grep -q '^makespan' "$LINES_TO" || ! kill -0 $job 2>/dev/null; do
		sleep 0.1
	done
	sleep 0.5
	end_job
	awk '$1 == "makespan" {
		printf "%.2f %.2f (%.2f", $4, $2 / $4, $8
		if ($2 > 1.1 * $4)
			printf ", %.2f", $2 / $6
		print ")"
	}' "$LINES_TO"
}

# row RANKS SLOW DELAY_MS KIND TASKS MS
row() {
	local layout="" host=0 count i schedule ideal figure figures=""
	for count in ${1//,/ }; do
		host=$((host + 1))
		layout+=${layout:+,}h$host:$count
		echo "$host delay $3" >"$HOSTS/orders"
	done
	for ((i = 0; i < ${#mpis[@]}; i += 2)); do
		for schedule in dynamic guided; do
			read -r ideal figure < <(measure "${mpis[@]:i:2}" $schedule \
				"$layout" "$2" "${@:4}")
			figures+=" | $figure"
		done
	done
	echo "| ${1//,/, } | $2 | $3 | $5 of $6 ms, $4 | $ideal$figures |"
}

row 1,1 4 0 uniform 4000 1
row 6,1 1 0 uniform 2100 20
row 1,9 10 0 uniform 1500 20
row 3,3 10 0 uniform 1000 20
row 9,9 2 1 uniform 4000 20
row 3,3 2 0 heavy 1500 20
row 2,1,1,1 2 1 bimodal 800 20
row 4,4,4,4 4 1 heavy 2000 20
row 2,2,2 4 5 uniform 500 110
row 1,4 2 50 uniform 80 1010
row 2,1,1,1 1 50 bimodal 60 1010
row 2,1,1,1 10 50 bimodal 40 1010

echo "The program has initialised MPI for one thread:"
words=(env "LD_PRELOAD=$ENDING_LIBRARY" SINGLE=1)
row 3,3 1 0 uniform 1500 20
row 3,3 4 0 uniform 600 20
row 3,3 4 0 uniform 60 200
row 2,2,2 2 5 bimodal 200 110
