#!/usr/bin/env bash
# volumes.sh BUILD [few | crowd | empty | results [TASKS] | resumed [TASKS] |
# moved [TASKS]]: the table
# "What a sweep moves and keeps" of docs/design.md, measured at two numbers of tasks. Each line has the row, the setting,
# what it should be by the table's formula, and what was measured. The status is 1 if
# they differ: bytes at all, but for 512 bytes of tickets on the first ranks of nodes;
# memory by more than a tenth and 300 KiB for each rank.
#
#   BUILD  a build folder with bench-volumes (COHORT_BENCH), say build/release
#   few    one size, four ranks on two nodes, and COHORT_CHECK
#   crowd  instead: the memory of 64 ranks of one machine in a sweep with 10^6
#          parameter sets of 1000 bytes, without the caller's own sets, and without
#          what programs and MPI use before. It must be below 1.3 GB. Takes some
#          minutes, and 3 GB.
#   results  instead: the most memory that a process uses in a sweep of TASKS (10^7)
#          tasks with results of 1000 bytes, which on_result gets by index and which
#          are released: one line for serial, mp over both transports, and each MPI
#          with 2 ranks, plain and isolated. It has rank 0, the largest other rank,
#          the largest child, and must be below 256 MB for each of them. It includes
#          programs and libraries, and what processes share.
#   resumed  instead: the same for a sweep that a journal has all results of, of TASKS
#          (10^6) tasks and not isolated. The journal is made first, in TMPDIR: 1.1 GB.
#   moved  instead: what rank 0 needs for each task of a sweep that a
#          journal has all results of (of 8 bytes), in place, and with one parameter set
#          of 4 bytes in front of the others. From the memory of TASKS (10^6) tasks and
#          of a tenth of them; of 10^7, the most memory must be below 256 MB, too,
#          without the parameter sets. `few` does so with 300000 tasks on mp.
#   empty  instead: 10^7 tasks with empty results on two ranks. Their gather to the
#          root must take rank 0 less than a third of the processor time of the
#          scatter, and no memory on mp.
set -euo pipefail
export LC_ALL=C
build=$(realpath "$1")
program=$build/bin/bench-volumes
export OMPI_MCA_rmaps_base_oversubscribe=1
export PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
[ "$(id -u)" != 0 ] ||
	export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
unset "${!COHORT_@}"

params=1024 results=256 # bytes of one task

# measure BACKEND FAMILY RANKS NODES TASKS [VARIABLE...]: a line for each row
measure() {
	local backend=$1 family=$2 ranks=$3 nodes=$4 tasks=$5
	shift 5
	local command=("$program" "$tasks" "$params" "$results")
	local preload=$build/lib/libbench-volumes-$family.so
	if [ "$backend" = mpi ]; then
		command=("mpirun.$family" -n "$ranks" env "$@"
			"COHORT_TEST_NODES=$nodes" "LD_PRELOAD=$preload"
			"${command[@]}")
	else
		command=(env COHORT_BACKEND=mp "COHORT_SIZE=$ranks" "$@"
			"${command[@]}")
	fi
	local journal
	journal=$(mktemp -d)
	{
		timeout 300 "${command[@]}" </dev/null
		# Made by the first run, and found by the second one.
		timeout 300 "${command[@]}" "$journal/journal" </dev/null >"$journal/first"
		timeout 300 "${command[@]}" "$journal/journal" </dev/null
		rm -rf "$journal"
	} | awk -v backend="$backend" -v p="$ranks" \
		-v nodes="$nodes" -v n="$tasks" -v a="$params" -v b="$results" \
		-v checked="${*/#*CHECK=1*/1}" '
		function row(name, unit, expected, got, slack) {
			bad = got - expected > slack || expected - got > slack
			wrong += bad
			printf "%-37s %-4s p=%d nodes=%d n=%-5d %12.0f %12.0f %s%s\n",
				name, backend, p, nodes, n, expected, got, unit,
				bad ? "  DIFFERS" : ""
		}
		# What was freed may still be there, or is used again: `kept`.
		function memory(name, expected, kept) {
			row(name, "KiB", expected / 1024, kib[step],
				expected / 1024 / 10 + 300 * p + kept / 1024)
		}
		NF == 16 {
			sent[$1, $2] = $4
			got[$1, $2] = $5
			kib[$1] = $6
			orders[$1, $2] = $9
			order_bytes[$1, $2] = $10
			presence[$1, $2] = $16
		}
		# Of one sweep.
		$1 == "deliver" {
			messages[$2] = $11
			records[$2] = $12 - 16 * $11
			answers += $14
			acks += int($11 / 64)
		}
		END {
			last = p - 1
			leader = nodes > 1 ? int((p + 1) / 2) : 0
			record = 48 + b
			for (rounds = 0; 2 ^ rounds < p;)
				rounds++
			if (checked) {
				row("check: a rank sends", "B", 48 * rounds,
					sent["barrier", last], 0)
				# A message may cross the question of rank 0, which
				# asks all and tells those that wait.
				if (("late", 1) in presence) {
					row("late: a rank sends 24 or 48", "B", 36,
						presence["late", 1], 12)
					row("late: root sends at most", "B",
						48 * (p - 1), presence["late", 0],
						24 * (p - 1))
				}
				exit wrong > 0
			}
			step = "scatter"
			memory("scatter: memory of all nodes",
				nodes * n * a + n * record)
			step = "to_root"
			block = n * record / nodes
			pieces = nodes < 2 ? 0 : block < 2 ^ 20 ? block : 2 ^ 20
			memory("gather to root: memory",
				backend == "mpi" ? n * record * last / p : 0,
				2 * nodes * pieces)
			step = "gather"
			node = n * record + 2 * pieces
			memory("gather: memory of all nodes",
				backend == "mpi" ? nodes * node : 0, 2 * nodes * pieces)
			# A bit for each task, on each rank, tells which are done. What
			# other nodes receive, nobody reads, and it is not seen. On
			# mp another MiB remains.
			step = "resumed"
			memory("resumed: memory of the node of rank 0",
				n * a + n * record + p * (n / 8 + n / 64),
				2 ^ 20 + 2 * nodes * pieces)
			step = "read"
			memory("results read: memory of a rank", 72 * n)
			if (backend != "mpi")
				exit wrong > 0
			small = 228 + 80 * (p - 1)
			row("scatter: a rank receives", "B", small,
				got["scatter", last], 0)
			row("scatter: root sends", "B",
				(nodes > 1 ? n * a : 0) + 292,
				sent["scatter", 0], 512)
			if (nodes > 1)
				row("scatter: first of node receives", "B",
					n * a, got["scatter", leader] - small, 512)
			resumed = small + 80 * (p - 1) + n / 8
			row("resumed: a rank receives", "B", resumed,
				got["resumed", last], 0)
			row("resumed: root sends", "B",
				(nodes > 1 ? n * a : 0) + 388 + n / 8,
				sent["resumed", 0], 0)
			if (nodes > 1) {
				row("resumed: first of node receives", "B",
					n * a + resumed - 40,
					got["resumed", leader], 0)
				each = order_bytes["dynamic", leader]
				each /= orders["dynamic", leader]
				row("tickets: bytes of a message", "B", 136,
					each, 0)
				row("tickets: messages of another rank", "", 0,
					orders["dynamic", last], 0)
			}
			own = n / p * record
			# On one machine rank 0 reads the records. One message tells
			# the end.
			row("on_result: a rank sends", "B", nodes > 1 ? own : 0,
				records[last], 0)
			row("on_result: messages of a rank", "",
				nodes > 1 ? own / 4000 : 1, messages[last],
				nodes > 1 ? n / p : 0)
			row("on_result: root sends", "B",
				96 * (p - 1) + 8 * acks, answers, 0)
			row("gather to root: a rank sends", "B",
				28 + own + (nodes > 1 ? 8 : 0),
				sent["to_root", last], 0)
			row("gather to root: root receives", "B",
				(p - 1) * (24 + own) + 4, got["to_root", 0], 0)
			small = 24 * (p - 1) + 12
			row("gather: a rank receives", "B", small + 40,
				got["gather", last], 0)
			others = n * record * (nodes - 1) / nodes
			row("gather: first of node sends", "B", others + 76,
				sent["gather", leader], 0)
			row("gather: first of node receives", "B", others + small,
				got["gather", leader], 0)
			exit wrong > 0
		}'
}

# alone FAMILY RANKS: KiB of so many ranks that have only initialised MPI
alone() {
	timeout 300 "mpirun.$1" -n "$2" env \
		LD_PRELOAD="$build/lib/libbench-volumes-$1.so" "$program" alone \
		</dev/null | awk '$1 == "alone" { print $2 }'
}

# crowd BACKEND [FAMILY]: all ranks have read all sets.
crowd() {
	local backend=$1 ranks=64 sets=1000000 bytes=1000 alone=0
	local command=(env "COHORT_BACKEND=$backend" "COHORT_SIZE=$ranks"
		"$program" "$sets" "$bytes" 8)
	[ $# = 1 ] || alone=$(alone "$2" $ranks)
	[ $# = 1 ] || command=("mpirun.$2" -n "$ranks" "${command[@]}")
	timeout 1200 "${command[@]}" </dev/null |
		awk -v name="$*" -v params=$((sets * bytes)) -v alone="$alone" '
		NF == 16 { kib[$1] = $6 }
		END {
			gb = kib["scatter"] * 1024 / 1e9
			bad = gb == 0 || gb > 1.3
			printf "%-16s %.2f GB; before the sweep %.2f GB, of which the " \
				"MPI itself uses %.2f GB%s\n", name, gb,
				(kib["before"] * 1024 - params) / 1e9,
				alone * 1024 / 1e9, bad ? "  TOO MUCH" : ""
			exit bad
		}'
}

# results "" | --isolate | "--journal FOLDER" NAME COMMAND...: the most memory of a
# process.
results() {
	local isolate=$1 name=$2
	shift 2
	[ "$isolate" != --isolate ] || name="$name, isolated"
	timeout 1800 "$@" "$build/bin/bench-sweeps-deliveries" --part memory \
		--bytes 1000 --count "$tasks" $isolate </dev/null |
		awk -v name="$name" '
		function most(a, b) { return a > b ? a : b }
		{
			mb = $2 * 1024 / 1e6
			if ($1 == 0)
				root = mb
			else
				others = most(others, mb)
			children = most(children, $3 * 1024 / 1e6)
		}
		END {
			bad = !root || most(most(root, others), children) > 256
			printf "%-24s rank 0 %4.0f MB, others %4.0f MB, " \
				"children %4.0f MB%s\n", name, root, others,
				children, bad ? "  TOO MUCH" : ""
			exit bad
		}'
}

# all_results MODE...: as results takes it
all_results() {
	local isolate family launcher
	for isolate; do
		results "$isolate" serial env COHORT_BACKEND=serial ||
			status=1
		for transport in shm socket; do
			results "$isolate" "mp, $transport" env \
				COHORT_BACKEND=mp COHORT_SIZE=2 \
				COHORT_TRANSPORT=$transport || status=1
		done
		while read -r family launcher; do
			[ -z "$launcher" ] || results "$isolate" "$family" \
				"mpirun.$family" -n 2 env COHORT_BACKEND=mpi ||
				status=1
		done <"$build/bench-launchers"
	done
}

# most FOLDER TASKS FIRST COMMAND...: KiB of rank 0
most() {
	local folder=$1 count=$2 first=$3
	shift 3
	timeout 1800 "$@" "$build/bin/bench-sweeps-deliveries" --part memory \
		--bytes 8 --count "$count" --journal "$folder" $first </dev/null |
		awk '$1 == 0 { print $2 }'
}

# The journals of `moved`, made on mp.
make_moved() {
	local count
	folder=$(mktemp -d)
	trap 'rm -rf "$folder"' EXIT
	for count in $((tasks / 10)) "$tasks"; do
		most "$folder/at-$count" "$count" "" "${on_mp[@]}"
		most "$folder/sets-$count" "$count" "--first 1" "${on_mp[@]}"
	done >"$folder/made"
}

# moved NAME COMMAND...: bytes of rank 0 for each of $tasks tasks
moved() {
	local name=$1 few=$((tasks / 10)) count kib=()
	shift
	for count in "$few" "$tasks"; do
		kib+=("$(most "$folder/at-$count" "$count" "" "$@")")
		kib+=("$(most "$folder/sets-$count" $((count + 1)) \
			"--first 0" "$@")")
	done
	# The sets are there twice: in the caller and in the library.
	awk -v name="$name" -v tasks="$tasks" -v few="$few" -v at_few="${kib[0]}" \
		-v moved_few="${kib[1]}" -v at="${kib[2]}" -v moved="${kib[3]}" '
		BEGIN {
			place = (at - at_few) * 1024 / (tasks - few)
			front = (moved - moved_few) * 1024 / (tasks - few) - 8
			mb = at * 1024 / 1e6
			mb_moved = (moved * 1024 - 8 * tasks) / 1e6
			bad = place > 15 || front > 17 || mb > 256 || mb_moved > 256
			printf "%-24s %.1f bytes a task, %.0f MB; one set prepended: " \
				"%.1f bytes, %.0f MB%s\n", name, place, mb, front,
				mb_moved, bad ? "  TOO MUCH" : ""
			exit bad
		}'
}

# all_moved mp | mpi
all_moved() {
	local family launcher
	on_mp=(env COHORT_BACKEND=mp COHORT_SIZE=2)
	make_moved
	moved mp "${on_mp[@]}" || status=1
	[ "$1" = mpi ] || return 0
	while read -r family launcher; do
		[ -z "$launcher" ] || moved "$family" "mpirun.$family" -n 2 env \
			COHORT_BACKEND=mpi || status=1
	done <"$build/bench-launchers"
}

# empty BACKEND [FAMILY]
empty() {
	local command=(env "COHORT_BACKEND=$1" COHORT_SIZE=2
		"$program" 10000000 0 0)
	[ $# = 1 ] || command=("mpirun.$2" -n 2 "${command[@]}")
	timeout 600 "${command[@]}" </dev/null |
		awk -v name="$*" '
		NF == 16 { gb[$1] = $6 < 1000 ? 0 : $6 * 1024 / 1e9 }
		NF == 16 && $2 == 0 { seconds[$1] = $7; cpu[$1] = $8 }
		END {
			printf "%-20s scatter: %.2f s, on rank 0 %.2f of a processor, %.2f GB; " \
				"to the root: %.2f s, on rank 0 %.2f, %.2f GB more\n",
				name, seconds["scatter"], cpu["scatter"], gb["scatter"],
				seconds["to_root"], cpu["to_root"], gb["to_root"]
			exit !(3 * cpu["to_root"] < cpu["scatter"]) ||
				(name == "mp" && gb["to_root"] > 0.1)
		}'
}

status=0
case ${2:-} in
crowd | empty)
	"$2" mp || status=1
	while read -r family launcher; do
		[ -z "$launcher" ] || "$2" mpi "$family" || status=1
	done <"$build/bench-launchers"
	exit $status
	;;
results)
	tasks=${3:-10000000}
	all_results "" --isolate
	exit $status
	;;
moved)
	tasks=${3:-1000000}
	all_moved mpi
	exit $status
	;;
resumed)
	tasks=${3:-1000000}
	folder=$(mktemp -d)
	trap 'rm -rf "$folder"' EXIT
	COHORT_BACKEND=mp COHORT_SIZE=2 "$build/bin/bench-sweeps-deliveries" \
		--part memory --bytes 1000 --count "$tasks" \
		--journal "$folder/journal" >"$folder/first"
	all_results "--journal $folder/journal"
	exit $status
	;;
esac

if [ "${2:-}" = few ]; then
	tasks=300000
	all_moved mp
	while read -r family launcher; do
		[ -n "$launcher" ] || continue
		measure mpi "$family" 4 2 4000 || status=1
		measure mpi "$family" 5 1 100 COHORT_CHECK=1 || status=1
	done <"$build/bench-launchers"
	exit $status
fi

for tasks in 4000 16000; do
	measure mp - 2 1 "$tasks" || status=1
	measure mp - 4 1 "$tasks" || status=1
done
while read -r family launcher; do
	[ -n "$launcher" ] || continue
	echo "$family"
	for tasks in 4000 16000; do
		measure mpi "$family" 4 1 "$tasks" || status=1
		measure mpi "$family" 4 2 "$tasks" || status=1
	done
	measure mpi "$family" 2 1 100 COHORT_CHECK=1 || status=1
	measure mpi "$family" 5 1 100 COHORT_CHECK=1 || status=1
	measure mpi "$family" 3 1 100 COHORT_CHECK=1 COHORT_TIMEOUT=10 || status=1
	measure mpi "$family" 6 1 100 COHORT_CHECK=1 COHORT_TIMEOUT=10 || status=1
done <"$build/bench-launchers"
exit $status
