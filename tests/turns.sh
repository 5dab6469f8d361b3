#!/usr/bin/env bash
# Whether the bench's contenders, who take turns (bench/turns.h), and their
# conductor end when one of them is killed or stands still, and whether the
# other contender then still comes to its end.
#
# usage: turns.sh BIN
set -euo pipefail
bin=$1
folder=$(mktemp -d)
trap 'kill -9 $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
export COHORT_BACKEND=mp COHORT_SIZE=2

contend() {
	exec timeout 30 "$bin/bench-cohort" --turns "$folder/turns" \
		--contender "$1" --calls barrier,bcast --bytes 8 --block-ms 10 \
		--blocks 30 --seconds 10 >"$folder/$1"
}

# Starts all, and returns once both contenders are in the middle of it.
start() {
	rm -f "$folder"/*
	timeout 30 "$bin/bench-conductor" --limit 4 "$folder/turns" a:2 b:2 &
	conductor=$!
	contend a &
	a=$!
	contend b &
	b=$!
	until [ -s "$folder/a" ] && [ -s "$folder/b" ]; do
		kill -0 "$conductor"
		sleep 0.05
	done
}

# The process that timeout runs.
inner() {
	local pid
	read -r pid <"/proc/$1/task/$1/children"
	echo "$pid"
}

# How a, b and the conductor are to end: well (+), or else of themselves (-).
ends() {
	local pid status text=""
	for pid in "$a" "$b" "$conductor"; do
		status=0
		wait "$pid" 2>/dev/null || status=$?
		case $status in
		0) text+=+ ;;
		124) text+=! ;;
		*) text+=- ;;
		esac
	done
	echo "$1: $text" >&2
	[ "$text" = "$2" ] || failed=1
}

failed=0
start
ends "nothing happens" +++
start
kill -KILL "$(inner "$a")"
ends "a is killed" -++
start
kill -STOP "$(inner "$b")"
ends "b stands still" +-+
start
kill -KILL "$(inner "$conductor")"
ends "the conductor is killed" ---
exit "$failed"
