#!/usr/bin/env bash
# Whether a part of the library pays: the library is built twice, once as it is
# and once with a macro defined that leaves the part out, and both take turns, a
# block of calls each (bench/turns.h).
#
# usage: bench/variants.sh MACRO RANKS CALLS BYTES [LAUNCHES [BLOCKS]]
#
#   MACRO     COPY_ADAPTIVE=0 (src/mp/shm/adaptive_copy.h) or
#             CORE_SHARE=0 (src/mp/shm/core_share.h)
#   RANKS     ranks of each of the two
#   CALLS     barrier, bcast, gatherv, allgatherv, allreduce, with commas between
#   BYTES     of each rank, with commas between
#   LAUNCHES  how often both are started (8)
#   BLOCKS    of each call and size in a launch (40)
#
# A line for each call and size: microseconds of a call with and without the
# part, the medians over all blocks; and the time without over the time with,
# block by block: the median, and the range in which eight ratios in ten lie.
# Above 1 the part pays.
set -euo pipefail
export LC_ALL=C

[ $# -ge 4 ] || {
	sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"
	exit 2
}
macro=$1
ranks=$2
calls=$3
bytes=$4
launches=${5:-8}
blocks=${6:-40}
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT

# build FOLDER [FLAG]
build() {
	cmake --preset release -B "$1" -DCOHORT_MPI=OFF -DCOHORT_TESTS=OFF \
		-DCOHORT_EXAMPLES=OFF "-DCMAKE_C_FLAGS=${2:-}" >"$folder/log" &&
		cmake --build "$1" -j "$(nproc)" \
			--target bench-cohort bench-conductor >"$folder/log" || {
		cat "$folder/log" >&2
		exit 1
	}
}
build build/variants/with
build build/variants/without "-D$macro"

# contend VARIANT LAUNCH
contend() {
	COHORT_BACKEND=mp COHORT_SIZE=$ranks timeout 600 \
		"build/variants/$1/bin/bench-cohort" --turns "$folder/turns" \
		--contender "$1" --launch "$2" --calls "$calls" \
		--bytes "$bytes" --blocks "$blocks" --seconds 60 \
		>>"$folder/$1"
}

for ((launch = 1; launch <= launches; launch++)); do
	rm -f "$folder/turns"
	timeout 600 build/variants/with/bin/bench-conductor "$folder/turns" \
		"with:$ranks" "without:$ranks" &
	conductor=$!
	contend with "$launch" &
	with=$!
	contend without "$launch" &
	without=$!
	wait "$conductor" && wait "$with" && wait "$without"
done

awk -F, -v ranks="$ranks" '
	# Fields: contender, block, ranks, call, bytes, microseconds. What takes
	# no turns is no call.
	$4 !~ /^(barrier|bcast|gatherv|allgatherv|allreduce)$/ { next }
	{
		row = $4 "," $5
		if (!(row in seen)) {
			seen[row] = 1
			rows[++count] = row
		}
		time[$1, row, $2] = $6
		blocks[row, $1, ++number[row, $1]] = $2
	}
	function sorted(values, n,    i, j, value) {
		for (i = 2; i <= n; i++) {
			value = values[i]
			for (j = i - 1; j > 0 && values[j] > value; j--)
				values[j + 1] = values[j]
			values[j + 1] = value
		}
	}
	function part(values, n, share) {
		return values[1 + int(share * (n - 1) + 0.5)]
	}
	END {
		printf "%d ranks\n%-10s %9s %10s %10s %7s\n", ranks, "call",
			"bytes", "with", "without", "ratio"
		for (i = 1; i <= count; i++) {
			row = rows[i]
			n = 0
			for (b = 1; b <= number[row, "with"]; b++) {
				block = blocks[row, "with", b]
				if (!(("without", row, block) in time))
					continue
				n++
				a[n] = time["with", row, block]
				c[n] = time["without", row, block]
				r[n] = c[n] / a[n]
			}
			if (n == 0)
				continue
			sorted(a, n)
			sorted(c, n)
			sorted(r, n)
			split(row, name, ",")
			printf "%-10s %9d %10.3f %10.3f %7.3f  %.3f to %.3f\n",
				name[1], name[2], part(a, n, 0.5),
				part(c, n, 0.5), part(r, n, 0.5),
				part(r, n, 0.1), part(r, n, 0.9)
		}
	}' "$folder/with" "$folder/without"
