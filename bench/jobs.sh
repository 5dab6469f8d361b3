# shellcheck shell=bash
# What scripts/bench starts: it runs for a limited time, what it prints becomes
# rows if it ends well, and no process outlives the script. To be sourced.
#
# Reads csv and out; sets failed, and makes the folder `folder`.

folder=$(mktemp -d)
declare -A running=()

# Runs what follows in the background as NAME, for at most SECONDS.
begin() {
	local name=$1 seconds=$2
	shift 2
	timeout -k 5 "$seconds" "$@" >"$folder/$name.rows" \
		2>"$folder/$name.errors" &
	running[$name]=$!
}

# Waits for NAME, and sets status.
await() {
	status=0
	wait "${running[$1]}" || status=$?
	unset "running[$1]"
}

# timeout passes the signal on, and sees to it that it is followed.
stop_all() {
	[ ${#running[@]} = 0 ] || kill "${running[@]}" 2>/dev/null || true
	wait
	rm -rf "$folder"
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

note() {
	echo "$*" | tee -a "$out/notes.txt" >&2
}

# Waits for NAME, and keeps its rows if it went well. An MPI that takes too long
# is slow; cohort that does is broken.
keep() {
	local name=$1 what=$2 status slow=""
	await "$name"
	grep -v '^left out: ' "$folder/$name.errors" >&2 || true
	if [ "$status" = 0 ]; then
		cat "$folder/$name.rows" >>"$csv"
		return
	fi
	if [ "$status" = 124 ] || grep -qs "^$name: .* took more than" \
		"$folder/conductor.errors"; then
		slow=yes
		note "$what: given up, after too long a time"
	else
		note "$what: failed with status $status"
	fi
	case $slow:$name in
	yes:openmpi | yes:mpich) ;;
	*) failed=1 ;;
	esac
}

# Runs what follows for at most SECONDS, and keeps its rows if it went well.
keep_rows() {
	local seconds=$1 what=$2
	shift 2
	begin job "$seconds" "$@"
	keep job "$what"
}
