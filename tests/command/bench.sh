#!/usr/bin/env bash
# `cohort bench` times each call on each backend, in the columns of the OSU benchmarks.
# Not how fast they are.
#
#   bench.sh COHORT [LAUNCHER]...
set -euo pipefail
export LC_ALL=C

cohort=$1
shift
docs=$(cd "$(dirname "$0")/../../docs" && pwd)/command.md
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
unset "${!COHORT_@}"
calls='barrier bcast gatherv allgatherv allreduce bcast_object allgather_objects task'

# same WHAT EXPECTED ACTUAL
same() {
	[ "$2" = "$3" ] && return
	printf '%s: expected\n%s\nbut got\n%s\n' "$1" "$2" "$3"
	cat out said
	exit 1
}

# Every line is a heading, or numbers in their columns: a size (barrier has none),
# then average, least and greatest time in their order, and the iterations.
check_columns() {
	awk -v iterations="$1" '
		function bad(why) {
			print "line " NR ", " why ": " $0
			exit 1
		}
		/^$/ { next }
		/^# cohort / { has_size = $0 !~ /: barrier,/; next }
		/^# (Size|Tasks) .*Avg Latency\(us\) +Min Latency\(us\) +Max Latency\(us\) +Iterations$/ ||
		/^# +Avg Latency\(us\) +Min Latency\(us\) +Max Latency\(us\) +Iterations$/ {
			next
		}
		NF != 4 + has_size { bad("columns") }
		{
			average = $(NF - 3); least = $(NF - 2); greatest = $(NF - 1)
			slack = 0.0101 # of rounding
			if (least < 0 || average < least - slack ||
			    average > greatest + slack)
				bad("order")
			if (iterations ? $NF != iterations : $NF < 1)
				bad("iterations")
			if (length($0) != 66 + 10 * has_size)
				bad("width")
			rows++
		}
		END { exit rows == 0 }' out || {
		cat out said
		exit 1
	}
}

# bench ARGUMENT...: output goes to the files out and said.
bench() {
	"$cohort" bench "$@" >out 2>said || same "cohort bench $*" 'status 0' "status $?"
}

# headings BACKEND 'RANKS'
headings() {
	same "headings on $1" "$(for call in $calls; do
		echo "$call, $1, $2"
	done)" "$(sed -nE 's/^# cohort [0-9.]+: //p' out)"
}

args=(--sizes 4,64 --tasks 10 --iterations 3)
bench --backend serial "${args[@]}"
check_columns 3
headings serial '1 rank'
bench -n 3 "${args[@]}"
check_columns 3
headings mp '3 ranks'
bench -n 2 --transport socket "${args[@]}"
check_columns 3
headings mp '2 ranks'
# It is the option that counts.
COHORT_TRANSPORT=none bench -n 2 --transport socket -i 1 --calls barrier
for launcher in "$@"; do
	"$launcher" -n 2 "$cohort" bench "${args[@]}" >out 2>said
	check_columns 3
	headings mpi '2 ranks'
	"$launcher" -n 2 "$cohort" bench --calls nothing >out 2>said && exit 1
	same 'bad usage' 1 "$(grep -cF -- '--calls nothing' said)"
done

# sizes CALL: the first column of its table.
sizes() {
	awk -v call="$1" '
		/^# cohort / { is_on = $0 ~ ": " call "," }
		is_on && /^[0-9]/ { printf "%s ", $1 }' out
}
bench -n 2 --sizes 1:16 --tasks 1,1K --seconds 0.001
check_columns ''
same 'sizes from 1 to 16' '1 2 4 8 16 ' "$(sizes bcast)"
same 'sizes of floats' '4 8 16 ' "$(sizes allreduce)"
same 'numbers of tasks' '1 1024 ' "$(sizes task)"
bench -n 2 --calls gatherv,bcast --sizes 3,2K,1M -i 1
check_columns 1
same 'a list of sizes' '3 2048 1048576 ' "$(sizes gatherv)"
same 'calls that are asked for, in their own order' 'bcast gatherv' \
	"$(sed -nE 's/^# cohort [0-9.]+: ([a-z]+),.*/\1/p' out | paste -sd' ')"
# More time means more iterations.
iterations() {
	bench -n 1 --calls bcast --sizes 8 --seconds "$1"
	awk '/^8/ { print $NF }' out
}
few=$(iterations 0.0001) many=$(iterations 0.1)
[ "$many" -gt "$few" ] && [ "$many" -ge 100 ] ||
	same iterations "many more than $few" "$many"
bench --help
grep -q -- '--transport' out

# refused 'PART OF THE SENTENCE' ARGUMENT...
refused() {
	local status=0

	"$cohort" bench "${@:2}" >out 2>said || status=$?
	same "status of cohort bench ${*:2}" 2 $status
	same "output of cohort bench ${*:2}" '' "$(cat out)"
	same "lines of cohort bench ${*:2}" 1 "$(wc -l <said)"
	grep -qF -- "$1" said || same "the sentence of ${*:2}" "$1" "$(cat said)"
}
refused 'did you mean --calls?' --call bcast
refused "'bcast' is no option" bcast
refused 'there are barrier, bcast, gatherv, ' --calls broadcast
refused 'did you mean allreduce?' --calls barrier,alreduce
refused '--sizes 0: expected a number from 1 up' --sizes 0
refused '--sizes 1Q: expected a number from 1 up' --sizes 4,1Q
refused '--sizes 8:4: expected FROM:TO' --sizes 8:4
refused '--sizes :4: expected FROM:TO' --sizes :4
refused 'allreduce adds floats, and needs a multiple of 4' --calls allreduce --sizes 1,2
refused '--tasks x: expected a number' --tasks x
refused '--seconds 0: expected a number of seconds above 0' --seconds 0
refused '--iterations 0: expected a whole number' -i 0
refused 'leave one of them out' -i 3 --seconds 1
refused '--ranks -1: expected a whole number' --ranks -1
refused 'did you mean mpi?' --backend mpii
refused 'did you mean socket?' --transport soket
refused 'asks for 100000 ranks, but mp starts at most' -n 100000
! "$cohort" bench -n 1 --calls barrier >/dev/full 2>said
grep -q 'standard output cannot be written' said

# ---- docs/command.md: the commands of its section, as they stand there ----

section=$(sed -n '/^## How fast is it here/,/^## /p' "$docs")
line=$(grep -m 1 '^cohort ' <<<"$section")
eval "\"$cohort\" ${line#cohort }" >out 2>said
check_columns ''
# What it prints there has these columns, too.
same 'its headings' "$(grep '^# ' <<<"$section" | sort -u)" "$(grep '^# ' out | sort -u)"
line=$(grep -m 1 '^mpirun .*cohort bench' <<<"$section")
for launcher in "$@"; do
	words=${line/#mpirun/\"$launcher\"}
	eval "${words/ cohort / \"$cohort\" }" >out 2>said
	check_columns ''
done
echo "cohort bench: all cases passed"
