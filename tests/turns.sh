#!/usr/bin/env bash
# The bench's contenders take turns (bench/turns.h), and a conductor starts
# each turn. When one of the three is killed or is stopped, the others end, and
# the other contender ends well if the conductor is there.
#
# usage: turns.sh BIN
set -euo pipefail
bin=$1
folder=$(mktemp -d)
# shellcheck source=tests/pace.sh
. "$(dirname "$0")/pace.sh"
trap 'pace_end; kill -9 $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
export COHORT_BACKEND=mp COHORT_SIZE=2

# Detects a hang: seconds.
patience=600

# contend NAME BYTES
contend() {
	exec timeout $patience "$bin/bench-cohort" --turns "$folder/turns" \
		--contender "$1" --calls barrier,bcast,allreduce --bytes "$2" --block-ms 10 \
		--blocks 15 --seconds 10 >"$folder/$1"
}

# With these sizes a contender has more to do than anybody waits for, ten seconds.
endless=$(seq -s, 8 8 240)

# start BYTES_OF_A BYTES_OF_B [SECONDS]: starts all, and returns once both contenders
# have measured something. A turn may take so many seconds: only who waits for one
# that stands still needs a limit that is less than our patience.
start() {
	rm -f "$folder"/*
	timeout $patience "$bin/bench-conductor" --limit "${3:-$patience}" \
		"$folder/turns" a:2 b:2 &
	conductor=$!
	contend a "$1" &
	a=$!
	contend b "$2" &
	b=$!
	until [ -s "$folder/a" ] && [ -s "$folder/b" ]; do
		kill -0 "$conductor" "$a" "$b"
		sleep 0.05
	done
}

# The process that timeout runs.
inner() {
	local pid
	read -r pid <"/proc/$1/task/$1/children"
	echo "$pid"
}

# How a, b and the conductor ended: well (+), with an error (-), or not at all
# (!). The second argument is how they should.
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
start 8 8
ends "nothing happens" +++
start "$endless" 8
kill -KILL "$(inner "$a")"
ends "a is killed" -++
start 8 "$endless" $((12 * $(pace_now)))
kill -STOP "$(inner "$b")"
ends "b stands still" +-+
start "$endless" "$endless"
kill -KILL "$(inner "$conductor")"
ends "the conductor is killed" ---
exit "$failed"
