#!/usr/bin/env bash
# The example that runs shell commands: each way in which a command can end is
# told in the command's own row, and the rows are the same on every backend. Blank
# lines have no row.
#
#   commands.sh PROGRAM [MPIRUN...]
set -uo pipefail
export LC_ALL=C

program=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset "${!COHORT_@}"
failures=0

cat >"$work/list" <<'END'
echo 1; echo 2

exit 3
kill -KILL $$
no-such-program 2>&-
true
  	
seq 100000
END
cat >"$work/expected" <<'END'
0	ok	1
1	failed	exit 3: exit status 3
2	failed	kill -KILL $$: killed by signal 9
3	failed	no-such-program 2>&-: exit status 127
4	ok	
5	ok	1
END

# same WHAT COMMAND...
same() {
	local what=$1 status=0
	shift
	"$@" "$program" "$work/list" >"$work/got" || status=$?
	if ! diff "$work/expected" "$work/got" >"$work/differs"; then
		printf 'FAILED: %s: rows differ\n' "$what"
		cat "$work/differs"
		failures=$((failures + 1))
	elif [ "$status" = 0 ]; then
		printf 'FAILED: %s: status 0 though commands failed\n' "$what"
		failures=$((failures + 1))
	fi
}

same serial env COHORT_BACKEND=serial
same mp env COHORT_BACKEND=mp COHORT_SIZE=3
same isolated env COHORT_BACKEND=mp COHORT_SIZE=2 COHORT_ISOLATE=1
same 'SIGCHLD ignored' env COHORT_BACKEND=mp COHORT_SIZE=2 \
	bash -c 'trap "" CHLD; exec "$@"' bash
for mpirun; do
	same "$mpirun" "$mpirun" -n 2
done

echo >"$work/list"
seq 2000 | tr -d '\n' >>"$work/list"
if "$program" "$work/list" >"$work/got" 2>&1 ||
	! grep -q 'line 2: longer than 1022 bytes' "$work/got"; then
	echo 'FAILED: no number of the line that is too long'
	cat "$work/got"
	failures=$((failures + 1))
fi

echo 'true' >"$work/list"
printf '0\tok\t\n' >"$work/expected"
"$program" "$work/list" >"$work/got" || {
	echo 'FAILED: a status other than 0 though every command succeeded'
	failures=$((failures + 1))
}
exit $((failures > 0))
