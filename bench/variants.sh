#!/usr/bin/env bash
# Whether a part of the library pays, or whether it is as fast as it was: the
# library is built twice, as it is and as the variant says, and both take turns, a
# block of calls each (bench/turns.h).
#
# usage: bench/variants.sh VARIANT RANKS CALLS BYTES [LAUNCHES [BLOCKS]]
#
#   VARIANT   a macro that leaves a part out: COPY_ADAPTIVE=0
#             (src/mp/shm/adaptive_copy.h), SLOT_AHEAD=0 or CORE_SHARE=0
#             (src/mp/shm/core_share.h); or a commit of this repository
#   RANKS     ranks of each of the two
#   CALLS     barrier, bcast, gatherv, allgatherv, allreduce, with commas between
#   BYTES     of each rank, with commas between
#   LAUNCHES  how often both are started (8)
#   BLOCKS    of each call and size in a launch (40)
#
# A line for each call and size: microseconds of a call as the library is and
# with the variant, the medians over all blocks; and the variant's time over the
# other, block by block: the median, and the range in which eight ratios in ten
# lie. Above 1 the library as it is is faster: the part pays.
set -euo pipefail
export LC_ALL=C

[ $# -ge 4 ] || {
	sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"
	exit 2
}
variant=$1
ranks=$2
calls=$3
bytes=$4
launches=${5:-8}
blocks=${6:-40}
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT

# build SOURCES FOLDER [FLAG]
build() {
	cmake -S "$1" --preset release -B "$2" -DCOHORT_MPI=OFF \
		-DCOHORT_TESTS=OFF -DCOHORT_EXAMPLES=OFF \
		"-DCMAKE_C_FLAGS=${3:-}" >"$folder/log" &&
		cmake --build "$2" -j "$(nproc)" \
			--target bench-cohort bench-conductor >"$folder/log" || {
		cat "$folder/log" >&2
		exit 1
	}
}
build . build/variants/as_it_is
case $variant in
*=*)
	rm -rf build/variants/variant
	build . build/variants/variant "-D$variant"
	;;
*)
	git rev-parse --quiet --verify "$variant^{commit}" >/dev/null || {
		echo "bench/variants.sh: $variant is neither MACRO=VALUE nor a" \
			"commit" >&2
		exit 2
	}
	sources=$PWD/build/variants/sources
	rm -rf "$sources" build/variants/variant
	mkdir "$sources"
	git archive "$variant" | tar -x -C "$sources"
	build "$sources" "$PWD/build/variants/variant"
	;;
esac

# contend WHICH LAUNCH
contend() {
	COHORT_BACKEND=mp COHORT_SIZE=$ranks timeout 600 \
		"build/variants/$1/bin/bench-cohort" --turns "$folder/turns" \
		--contender "$1" --launch "$2" --calls "$calls" \
		--bytes "$bytes" --blocks "$blocks" --seconds 60 \
		>>"$folder/$1"
}

for ((launch = 1; launch <= launches; launch++)); do
	rm -f "$folder/turns"
	timeout 600 build/variants/as_it_is/bin/bench-conductor "$folder/turns" \
		"as_it_is:$ranks" "variant:$ranks" &
	conductor=$!
	contend as_it_is "$launch" &
	as_it_is=$!
	contend variant "$launch" &
	other=$!
	wait "$conductor" && wait "$as_it_is" && wait "$other"
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
			"bytes", "as it is", "variant", "ratio"
		for (i = 1; i <= count; i++) {
			row = rows[i]
			n = 0
			for (b = 1; b <= number[row, "as_it_is"]; b++) {
				block = blocks[row, "as_it_is", b]
				if (!(("variant", row, block) in time))
					continue
				n++
				a[n] = time["as_it_is", row, block]
				c[n] = time["variant", row, block]
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
	}' "$folder/as_it_is" "$folder/variant"
