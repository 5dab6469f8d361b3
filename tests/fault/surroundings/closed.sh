#!/usr/bin/env bash
# Ranks of a launcher that have closed some of the descriptors 0, 1 and 2.
#
#   closed.sh LAUNCHER PROGRAM
set -u
launcher=$1 program=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
limit=600 # seconds; detects a hang, and bounds nothing

unset "${!COHORT_@}"
# What rank 0 has closed, in bits; rank 1 has closed the others.
for closed in 0 1 2 4; do
	export COHORT_ISOLATE=$((closed == 0 || closed == 4))
	if ! timeout --kill-after=5 $limit "$launcher" -n 2 "$program" rank \
		$closed "$work/journal$closed" >"$work/output" 2>&1; then
		printf 'FAILED: rank 0 has closed %d\n' $closed
		cat "$work/output"
		failed=1
	fi
done
exit $failed
