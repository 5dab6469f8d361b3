#!/usr/bin/env bash
# What tasks print, in quantity: 10,000 outputs of 0 bytes to 1 MB, compared byte by byte
# with what the same generator makes outside of the sweep, in few files; and an output
# for which the rank needs much less memory than it has bytes.
#
#   volume.sh COHORT NOISE
#
# NOISE is noise.c beside this script. COHORT_TEST_VOLUME=1: 100,000 outputs, and 1 GB
# from one task instead of 100 MB.
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

cohort=$1 noise=$2
tasks=10000 bytes=100000000
if [ -n "${COHORT_TEST_VOLUME:-}" ]; then
	tasks=100000 bytes=1000000000
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# sweep ARGUMENT...
sweep() {
	"$cohort" sweep --journal j "$@" 2>said || {
		cat said
		exit 1
	}
}

sweep -n 2 -p n=range:1:$tasks:1 -- "$noise"
grep -q "^cohort: $tasks done, 0 failed" said
files=$(find j -type f | wc -l)
[ "$files" -le 12 ] || {
	echo "$files files"
	ls j
	exit 1
}
# All of them, in order, and some alone.
seq 0 $((tasks - 1)) | xargs -n $tasks -s 1000000 "$cohort" output j >out 2>err
"$noise" -$tasks 2>own.err | cmp - out
cmp own.err err
[ "$(wc -c <out)" -gt $((tasks * 2000)) ]
for index in 0 48 49 498 $((tasks - 1)); do
	"$cohort" output j $index >out 2>err
	"$noise" $((index + 1)) 2>own.err | cmp - out
	cmp own.err err
done
echo "$tasks outputs in $files files"

# The rank is the task's parent. When it has taken all but a pipe's content, the task
# asks how much memory it has needed.
cat >long <<'END'
#!/bin/sh
yes 0123456789abcde | head -c "$1"
awk '/^VmHWM:/ { print $2 }' "/proc/$PPID/status" >memory
END
chmod +x long
for backend in serial mp; do
	sweep --fresh --backend $backend -n 1 -p bytes=$bytes -- ./long
	[ "$(cat memory)" -lt 65536 ] || {
		echo "$backend: the rank needs $(cat memory) kB"
		exit 1
	}
	"$cohort" output j 0 | cmp - <(yes 0123456789abcde | head -c $bytes)
	rm -r j*
	echo "$bytes bytes of one task, $backend: the rank needs $(cat memory) kB"
done
