# For the scripts beside it, which run in an empty directory of their own: what a
# command does. It leaves its standard output in `out`, and its standard error in
# `said`.

# same WHAT EXPECTED ACTUAL
same() {
	[ "$2" = "$3" ] && return
	printf '%s: expected\n%s\nbut got\n%s\n' "$1" "$2" "$3"
	cat said 2>/dev/null
	exit 1
}

# status EXPECTED COMMAND...
status() {
	local status=0

	"${@:2}" >out 2>said || status=$?
	[ $status = "$1" ] || {
		echo "${*:2}: expected status $1, but got $status"
		cat out said
		exit 1
	}
}
