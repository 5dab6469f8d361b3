#!/usr/bin/env bash
# Whether everything that an earlier version could do is as fast as it was: sweeps,
# gathers, collective calls and starts, on mp and over each MPI, in one run. The
# library is built as it is and as the commit has it, and bench/versions.c with each;
# both programs run in turn, one in the order of even launches, the other in that of
# odd ones.
#
# usage: bench/versions.sh COMMIT [LAUNCHES [PATTERN]]
#
#   COMMIT    of this repository; 02db2af is version 0.1
#   LAUNCHES  of each program in each place (7); 7 take about six minutes
#   PATTERN   only places whose names match this regular expression
#
# A line for each place and row: nanoseconds as the library is and at the commit, the
# medians over the launches; and the commit's time over the other, launch by launch:
# the median, and the range of all but the least and the largest. Above 1 the library
# as it is is faster. At the end, the rows whose ratio is below 0.95.
set -euo pipefail
export LC_ALL=C OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export COHORT_LOG=error # not: that 64 ranks share cores

[ $# -ge 1 ] || {
	sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"
	exit 2
}
commit=$1
launches=${2:-7}
pattern=${3:-.}
cd "$(dirname "$0")/.."
git rev-parse --quiet --verify "$commit^{commit}" >/dev/null || {
	echo "bench/versions.sh: $commit is no commit" >&2
	exit 2
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
builds=$PWD/build/versions
mkdir -p "$builds"

# build SOURCES FOLDER
build() {
	cmake -S "$1" --preset release -B "$2" -DCOHORT_TESTS=OFF \
		-DCOHORT_EXAMPLES=OFF >"$folder/log" 2>&1 &&
		cmake --build "$2" -j "$(nproc)" >"$folder/log" 2>&1 || {
		cat "$folder/log" >&2
		exit 1
	}
}
build . "$builds/now"
# What stands in the folder `then` is kept from run to run, as long as it is the same.
sources=$builds/sources
stamp="$(git rev-parse "$commit") $(cksum <bench/versions.c)"
if [ "$(cat "$builds/stamp" 2>/dev/null)" != "$stamp" ]; then
	rm -rf "$sources" "$builds/then"
	mkdir "$sources"
	git archive "$commit" | tar -x -C "$sources"
	cp bench/versions.c "$sources/bench/"
	grep -q bench-versions "$sources/bench/CMakeLists.txt" ||
		cat >>"$sources/bench/CMakeLists.txt" <<-END
			bench_program(bench-versions versions.c)
			target_link_libraries(bench-versions PRIVATE cohort::cohort m)
		END
	build "$sources" "$builds/then"
	echo "$stamp" >"$builds/stamp"
fi

# run WHICH PLACE VARIABLES LAUNCHER PART: the rows, after the names of both.
run() {
	local journal=()
	[ "$5" != sweeps ] || journal=("$folder/journal")
	# Variables and launchers are words.
	# shellcheck disable=SC2086
	env $3 timeout 300 $4 "$builds/$1/bin/bench-versions" "$5" \
		"${journal[@]}" </dev/null >"$folder/rows" || {
		echo "bench/versions.sh: $1, $2: status $?" >&2
		exit 1
	}
	sed "s/^/$1 $2 /" "$folder/rows"
	rm -rf "$folder"/journal*
}

# place NAME VARIABLES LAUNCHER PART
place() {
	[[ $1 =~ $pattern ]] || return 0
	local order="now then"
	for ((launch = 1; launch <= launches; launch++)); do
		for which in $order; do
			run "$which" "$@"
		done
		[ "$order" = "now then" ] && order="then now" || order="now then"
	done >>"$folder/all"
}

place sweeps,mp,2 "COHORT_BACKEND=mp COHORT_SIZE=2" "" sweeps
place calls,shm,2 "COHORT_BACKEND=mp COHORT_SIZE=2" "" calls
place calls,shm,4 "COHORT_BACKEND=mp COHORT_SIZE=4" "" calls
place calls,shm,64 "COHORT_BACKEND=mp COHORT_SIZE=64" "" calls
place calls,socket,2 \
	"COHORT_BACKEND=mp COHORT_SIZE=2 COHORT_TRANSPORT=socket" "" calls
place calls,socket,64 \
	"COHORT_BACKEND=mp COHORT_SIZE=64 COHORT_TRANSPORT=socket" "" calls
place opens,mp,4 "COHORT_BACKEND=mp COHORT_SIZE=4" "" opens
place opens,mp,64 "COHORT_BACKEND=mp COHORT_SIZE=64" "" opens
while read -r family launcher; do
	args="-n 2"
	[ "$family" != openmpi ] || args="--bind-to none -n 2"
	place "sweeps,$family,2" COHORT_BACKEND=mpi "$launcher $args" sweeps
	place "calls,$family,2" COHORT_BACKEND=mpi "$launcher $args" calls
done <"$builds/now/bench-launchers"

awk '
	{
		row = $2 " " $3
		if (!(row in seen)) {
			seen[row] = 1
			rows[++count] = row
		}
		time[$1, row, ++number[$1, row]] = $4
	}
	function sorted(values, n,    i, j, value) {
		for (i = 2; i <= n; i++) {
			value = values[i]
			for (j = i - 1; j > 0 && values[j] > value; j--)
				values[j + 1] = values[j]
			values[j + 1] = value
		}
	}
	function middle(values, n) {
		return (values[int((n + 1) / 2)] + values[int((n + 2) / 2)]) / 2
	}
	END {
		printf "%-17s %-17s %12s %12s %7s\n", "", "nanoseconds", "now",
			"then", "ratio"
		for (i = 1; i <= count; i++) {
			row = rows[i]
			n = number["now", row]
			for (j = 1; j <= n; j++) {
				now[j] = time["now", row, j]
				old[j] = time["then", row, j]
				ratio[j] = old[j] / now[j]
			}
			sorted(now, n)
			sorted(old, n)
			sorted(ratio, n)
			split(row, name, " ")
			edge = n > 4
			line = sprintf("%-17s %-17s %12.1f %12.1f %7.3f" \
				"  %.3f to %.3f", name[1], name[2],
				middle(now, n), middle(old, n),
				middle(ratio, n), ratio[1 + edge],
				ratio[n - edge])
			print line
			if (middle(ratio, n) < 0.95)
				slower = slower "\n" line
		}
		print slower == "" ? "\nno row below 0.95" : \
			"\nbelow 0.95:" slower
	}' "$folder/all"
