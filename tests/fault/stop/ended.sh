# shellcheck shell=bash
# Sourced by cases.sh: jobs whose processes are all ended from outside, as by a batch
# system or a container, the tasks' first and each before its parent.

# descend PID: its descendants are added to $processes, children before parents.
descend() {
	local file children child
	for file in /proc/"$1"/task/*/children; do
		children=
		{ read -r children <"$file"; } 2>/dev/null
		for child in $children; do
			descend "$child"
			processes+=("$child")
		done
	done
}

# Whether the library can have held the failures for all the time that the script has
# needed. It holds them for half a second.
end_all() {
	local signal=$1 children began pid
	shift
	await running "$@"
	await child "$@"
	children=("${found[@]}")
	began=$(now_ms)
	send "$signal" "${children[@]}"
	# When its rank has seen the end of a child, there is none.
	for pid in "${children[@]}"; do
		while kill -0 "$pid" 2>/dev/null; do
			sleep 0.01
		done
	done
	processes=()
	descend "$started"
	kill -"$signal" "${processes[@]}" 2>/dev/null
	[ $(($(now_ms) - began)) -lt 400 ]
}

# ended SIGNAL RANKS NAME=VALUE...: no failure is left in the journal, and no process;
# another run has all results.
ended() {
	local signal=$1 ranks=$2 in_time= i
	# A launcher that is killed leaves its files.
	local -x TMPDIR=$work OMPI_MCA_btl_vader_backing_directory=$work
	shift 2
	for ((i = 0; i < 100; i++)); do
		begin ended "$@"
		end_all "$signal" $(seq 0 $((ranks - 1))) && in_time=1
		wait "$started"
		none_left
		[ -z "$in_time" ] || break
	done
	[ "$in_time" ] || fail "the script had no core for half a second"
	touch "$work/folder/go"
	timeout $patience env "$@" ${start[@]+"${start[@]}"} env STOP_STATUS=0 \
		"$program" ended "$work/folder" >"$work/output" 2>&1 ||
		fail "the resumed run: status $?"
	[ "$(grep -o 'all is right' "$work/output" | wc -l)" = "$ranks" ] ||
		fail "the resumed run: not all ranks came to the end"
}
