#!/usr/bin/env bash
# Many parameter sets: 10^6 need less than 1 GB on each rank, and on a rank that is not
# the root no more than a few sets do. With 10^5 the first task begins within a second on
# a quiet machine, with 10^6 within ten.
#
#   PACE=PROGRAM rows.sh COHORT
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

cohort=$1
folder=$(mktemp -d)
# shellcheck source=tests/pace.sh
. "$(dirname "$0")/../pace.sh"
trap 'pace_end; rm -rf "$folder"' EXIT
cd "$folder"

# All address space, which is more than the memory that is used.
limit_kb=1000000
limited() {
	(ulimit -v $limit_kb && exec "$cohort" "$@")
}

# The sweep ends itself when a task of each rank has begun. A task asks how much memory
# its parent, the rank, has needed.
cat >first <<'END'
#!/bin/sh
[ -e began ] || date +%s%N >began
awk '/^VmHWM:/ { print $2 }' "/proc/$PPID/status" >"kb-$COHORT_TASK_SLOT"
tries=0
until [ -s kb-0 ] && [ -s kb-1 ] || [ $((tries += 1)) = 3000 ]; do sleep 0.01; done
exit 1
END
chmod +x first
for rows in 100000 1000000; do
	rm -f began kb-*
	start=$(date +%s%N)
	status=0
	limited sweep -n 2 --fresh --no-measures --halt soon,fail=1 -o t.csv \
		-p n=range:1:$rows:1 -- ./first 2>said || status=$?
	[ $status = 1 ]
	grep -q "^cohort: 0 done, [12] failed, [0-9]* not run" said
	[ "$(wc -l <t.csv)" = $((rows + 1)) ]
	[ "$(tail -n 1 t.csv)" = "$rows,not run,," ]
	took=$((($(cat began) - start) / 1000000))
	echo "$rows rows: the first task began after $took ms; the root has needed" \
		"$(cat kb-0) kB, rank 1 $(cat kb-1) kB"
	[ "$(cat kb-1)" -lt 16384 ] || {
		echo "rank 1 has needed $(cat kb-1) kB"
		exit 1
	}
	pace_within $((1000 * rows / 100000)) $took || {
		echo "the first task began late: $pace_compared"
		exit 1
	}
done

# The last ones of many rows, and the whole table.
limited sweep -n 2 --fresh --only 0,999999 --parse number --no-measures -o t.csv \
	-p n=range:1:1000000:1 -- echo 2>said
[ "$(sed -n '2p; $p' t.csv)" = $'1,ok,0,,1\n1000000,ok,0,,1000000' ]
[ "$(grep -c 'not run' t.csv)" = 999998 ]
limited status echo.cohort >said
grep -q '^2 of 1000000 tasks were run: 2 ok, 999998 not run$' said
[ "$(find echo.cohort -type f | wc -l)" -le 10 ]
