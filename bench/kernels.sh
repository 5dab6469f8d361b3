#!/usr/bin/env bash
# Whether it pays to compile the loops over data once more for wide vectors
# (src/common/base/target_clones.h): their times, one over the other, and the instructions
# that callgrind counts, which no other load of the machine changes.
#
# usage: bench/kernels.sh BIN [BYTES,...]
#
# BIN is the folder of the programs. Instructions are left out without valgrind.
set -euo pipefail
export LC_ALL=C

[ $# -gt 0 ] || {
	sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"
	exit 2
}
bin=$1
sizes=${2:-1024,8192,65536,1048576}
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

count() {
	valgrind --tool=callgrind --callgrind-out-file="$folder/dump" \
		"$bin/bench-kernels" --instructions --bytes 8192 2>"$folder/log" || {
		cat "$folder/log" >&2
		return 1
	}
	for file in "$folder"/dump.*; do
		awk '/^desc: Trigger: Client Request: / { name = $5; bytes = $6 }
			/^summary:/ { sum = $2 }
			/^totals:/ { sum = $2 }
			END { if (name != "") printf \
				"instructions,1,1,%s,%d,%d,0,0\n", name, bytes, sum }' \
			"$file"
	done
}

{
	"$bin/bench-kernels" --bytes "$sizes"
	! command -v valgrind >/dev/null || count
} >"$folder/rows"
awk -f "$here/kernels.awk" "$folder/rows"
