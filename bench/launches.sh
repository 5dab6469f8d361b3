# shellcheck shell=bash
# The part `times` of scripts/bench: all contenders for one number of ranks are
# launched at once, and take turns (bench/turns.h). To be sourced, after
# jobs.sh and contenders.sh.
#
# Reads bin, cores, debian13, folder and what the command line has settled: calls, effort,
# launch_seconds, launches, parts, quick, rank_counts and sizes.

# MiB for the buffers of each of COUNT contenders: together half of what there
# is.
memory_for() {
	awk -v count="$1" '/^MemAvailable:/ {
		mib = int($2 / 1024 / 2 / count)
		print mib < 2048 ? mib : 2048
	}' /proc/meminfo
}

# The sizes up to MOST, with commas between.
sizes_to() {
	local bytes few=()
	for bytes in "${sizes[@]}"; do
		[ "$bytes" -gt "$1" ] || few+=("$bytes")
	done
	join "${few[@]}"
}

# One launch of all contenders, which take turns. MPICH takes seconds for a large
# call where ranks share cores.
run_launch() {
	local ranks=$1 launch=$2 who list memory bytes more
	mapfile -t list < <(field "$ranks")
	[ ${#list[@]} != 0 ] || return 0
	memory=$(memory_for ${#list[@]})
	rm -f "$folder/turns"
	begin conductor "$launch_seconds" "$bin/bench-conductor" \
		"$folder/turns" "${list[@]/%/:$ranks}"
	for who in "${list[@]}"; do
		set_command "$who" "$ranks"
		bytes=$(join "${sizes[@]}")
		more=("${effort[@]}")
		[ "$who" != mpich ] || [ "$ranks" -le "$cores" ] ||
			bytes=$(sizes_to 65536)
		[ ${#calls[@]} = 0 ] || more+=(--calls "$(join "${calls[@]}")")
		begin "$who" "$launch_seconds" "${command[@]}" \
			--contender "$who" --launch "$launch" \
			--bytes "$bytes" --memory "$memory" \
			--turns "$folder/turns" "${more[@]}"
	done
	keep conductor "turns, $ranks ranks"
	for who in "${list[@]}"; do
		keep "$who" "$who, $ranks ranks"
	done
}

# Every contender in launches of its own, one after another, A B C then C B A:
# nobody else runs, and the caches hold its own data. FOLDER/alone-KIND.csv has
# the rows, of buffers that stay the `same` and of `rewritten` ones. Where the machine
# moves its cores (bench/distance.h), launches go on, at most three times as many, for
# those that have few at one of the distances.
run_alone() {
	local ranks launch last
	for ranks in "${rank_counts[@]}"; do
		last=$launches
		[ "$ranks" -le "$cores" ] || last=$(((launches + 1) / 2))
		for ((launch = 1; launch <= 3 * last; launch++)); do
			echo "alone, $ranks ranks, launch $launch" >&2
			run_round "$ranks" "$launch" "$last"
			[ "$launch" -lt "$last" ] || [ "$ran" = yes ] || break
		done
	done
}

# Sets ran: whether anybody was launched.
run_round() {
	local ranks=$1 launch=$2 last=$3 who kind list csv
	ran=""
	mapfile -t list < <({
		field "$ranks"
		field_debian13 "$ranks"
	} | in_order "$launch")
	for who in "${list[@]}"; do
		[ "$who" != cohort-socket ] || continue
		for kind in same rewritten; do
			csv=$out/alone-$kind.csv
			[ "$launch" -le "$last" ] ||
				wants_more "$who" "$ranks" "$((last / 2))" || continue
			run_one "$who" "$ranks" "$launch" "$kind"
			ran=yes
		done
	done
}

# Whether CONTENDER has fewer than so many launches at a distance of the cores at which
# others were.
wants_more() {
	awk -F, -v who="$1" -v ranks="$2" -v wanted="$3" -f bench/distance.awk \
		-f - "$csv" <<-'END'
		$3 == ranks && NF == 8 {
			at = distance_of($7)
			if (at == "any" || at != distance_of($8))
				next
			seen[at] = 1
			if ($1 == who && !counted[at, int($2 / 1000)]++)
				launches[at]++
		}
		END {
			for (at in seen)
				if (launches[at] < wanted)
					exit 0
			exit 1
		}
	END
}

run_one() {
	local who=$1 ranks=$2 launch=$3 kind=$4 bytes more=("${alone[@]}")
	set_command "$who" "$ranks"
	bytes=$(join "${alone_sizes[@]}")
	[[ $who != mpich* ]] || [ "$ranks" -le "$cores" ] ||
		bytes=$(sizes_to 65536)
	[ "$ranks" != 2 ] || more+=(--trips)
	[ "$kind" = rewritten ] || more+=(--same-buffers)
	[ ${#calls[@]} = 0 ] || more+=(--calls "$(join "${calls[@]}")")
	keep_rows "$launch_seconds" "$who alone, $ranks ranks" \
		"${command[@]}" --contender "$who" --launch "$launch" \
		--bytes "$bytes" --memory "$(memory_for 1)" "${more[@]}"
}

run_times() {
	local ranks launch last
	for ranks in "${rank_counts[@]}"; do
		last=$launches
		[ "$ranks" -le "$cores" ] || last=$(((launches + 1) / 2))
		for ((launch = 1; launch <= last; launch++)); do
			echo "$ranks ranks, launch $launch" >&2
			run_launch "$ranks" "$launch"
			[ -n "$quick" ] || ! has floors "${parts[@]}" ||
				time_floors
		done
	done
}
