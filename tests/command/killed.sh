#!/usr/bin/env bash
# `cohort sweep` is killed at random moments, with everything that it started, and run
# again until it is done: the table is that of an undisturbed run, and no task that
# was told to be done is run again.
#
#   killed.sh COHORT [SEED]
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

cohort=$1
RANDOM=${2:-$$}
echo "seed ${2:-$$}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >task <<'END'
#!/bin/sh
# task N: a number, and a note that it was run.
echo "$1" >>ran
sleep 0.02
echo $(($1 * $1))
END
chmod +x task
args=(-n 3 --parse number --no-measures -p n=range:1:120:1 -- ./task)

kills=0
while [ $kills -lt 8 ]; do
	setsid "$cohort" sweep --output t.csv "${args[@]}" 2>said &
	leader=$!
	sleep 0.$((RANDOM % 5))$((RANDOM % 10))
	# One of them: rank 0, or all at once.
	if [ $((RANDOM % 2)) = 0 ]; then
		kill -KILL $leader 2>/dev/null || true
	else
		kill -KILL -- -$leader 2>/dev/null || true
	fi
	status=0
	wait $leader 2>/dev/null || status=$?
	[ $status = 0 ] && break
	kills=$((kills + 1))
done
tries=0
until "$cohort" sweep --output t.csv "${args[@]}" 2>said; do
	# Ranks of the last run may still be ending.
	grep -q 'in use' said && [ $((tries += 1)) -lt 100 ] || {
		cat said
		exit 1
	}
	sleep 0.1
done
{
	echo n,status,exit,signal,value
	for n in $(seq 120); do
		echo "$n,ok,0,,$((n * n))"
	done
} | cmp - t.csv
before=$(wc -l <ran)
"$cohort" sweep "${args[@]}" 2>said
[ "$(wc -l <ran)" = "$before" ]
echo "$kills kills, $((before - 120)) tasks were run again"
