# shellcheck shell=bash
# For scripts that compare times: the machine's slowdown; see pace.h. To be
# sourced. PACE is the program `pace`, which CMake builds.
#
# PACE_SAMPLES, if it is set, names the samples of a watcher that others have
# begun. A watcher for each script takes a twentieth of a core all the time.
pace_file=${PACE_SAMPLES:-}
pace_watcher=
if [ -z "$pace_file" ]; then
	pace_file=$(mktemp)
	"$PACE" watch "$pace_file" </dev/null >/dev/null 2>&1 &
	pace_watcher=$!
	disown "$pace_watcher"
fi

# At the script's end.
pace_end() {
	[ -n "$pace_watcher" ] || return 0
	kill "$pace_watcher" 2>/dev/null || true
	rm -f "$pace_file"
}

# The slowdown as a whole number. Multiply timeouts with it.
pace_now() {
	"$PACE" now "$pace_file"
}

# pace_within BOUND_MS TOOK_MS: whether what took so long, and ended just now, is
# within the bound times the slowdown. The comparison is then in $pace_compared.
pace_within() {
	# shellcheck disable=SC2034
	pace_compared=$("$PACE" within "$pace_file" "$1" "$2")
}
