#!/usr/bin/env bash
# The stress program on every transport, with several numbers of ranks, and in
# these places:
#
#   spread     on all cores
#   confined   on one core, and the library knows
#   believing  on all cores; the library believes that each rank has a core,
#              whether or not that is so: ranks use the flat barrier
#   preempted  the same, but all ranks on one core: a rank can lose the core
#              anywhere, for long
#
# usage: run.sh PROGRAM [--transports "shm socket"] [--ranks "2 3 4 8"]
#               [--places "spread confined believing preempted"]
#               [--operations N] [--seed S] [--large N]
#
# --operations are those of one run. There are 24 of them (over sockets there
# is no flat barrier, so only the first two places); five millions in all are
#
#	tests/stress/run.sh build/dev/bin/stress --operations 210000
#
# EMULATOR, if set, is the command that runs the program.
#
# Ends with the first run that fails. The same options repeat it, as far as it
# depends on the seed and not on time.
set -euo pipefail

[ $# -gt 0 ] || {
	sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"
	exit 2
}
read -ra program <<<"${EMULATOR:-}"
program+=("$1")
shift
transports="shm socket"
ranks="2 3 4 8"
places="spread confined believing preempted"
operations=20000
seed=1
large=2
while [ $# -gt 1 ]; do
	case $1 in
	--transports) transports=$2 ;;
	--ranks) ranks=$2 ;;
	--places) places=$2 ;;
	--operations) operations=$2 ;;
	--seed) seed=$2 ;;
	--large) large=$2 ;;
	*) break ;;
	esac
	shift 2
done
[ $# = 0 ] || {
	echo "run.sh: what is $1?" >&2
	exit 2
}

export COHORT_BACKEND=mp COHORT_TRANSPORT COHORT_SIZE
# Detects a hang, which is a failure, too.
export COHORT_TIMEOUT=${COHORT_TIMEOUT:-600}
# The last core that this process may use: the first is often busy.
core=$(taskset -cp $$ | sed 's/.*[-,: ]//')

total=0
for COHORT_TRANSPORT in $transports; do
	for COHORT_SIZE in $ranks; do
		for place in $places; do
			run=("${program[@]}" --operations "$operations"
				--seed "$seed" --large "$large")
			case $place in
			spread) ;;
			confined) run=(taskset -c "$core" "${run[@]}") ;;
			believing) run+=(--cores "$COHORT_SIZE") ;;
			preempted) run+=(--cores "$COHORT_SIZE" --one-core) ;;
			esac
			case $COHORT_TRANSPORT.$place in
			socket.believing | socket.preempted) continue ;;
			esac
			printf '%-6s %-9s ' "$COHORT_TRANSPORT" "$place"
			"${run[@]}" || {
				echo "failed: COHORT_BACKEND=mp" \
					"COHORT_TRANSPORT=$COHORT_TRANSPORT" \
					"COHORT_SIZE=$COHORT_SIZE ${run[*]}"
				exit 1
			}
			total=$((total + operations))
			seed=$((seed + 1))
		done
	done
done
echo "passed: $total operations"
