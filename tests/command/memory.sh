#!/usr/bin/env bash
# --mem: tasks that need more memory end, those that need less do not, and the
# sentence says what has limited them: a control group where this machine gives us
# one, and RLIMIT_AS where it does not.
#
#   memory.sh COHORT
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

cohort=$1
tests=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# Takes N MB bit by bit; if it gets no more, it aborts, as many programs do.
cat >grow <<'END'
#!/bin/sh
perl -e 'for (1 .. $ARGV[0]) { push @x, "x" x 1e6 } print "$ARGV[0]\n"' "$1" ||
	kill -ABRT $$
END
chmod +x grow
args=(--mem 100M -p mb=5,400,20 --parse number --no-measures -o t.csv -- ./grow)

# check LIMIT: what the last run has left.
check() {
	grep -q "^  1: ended by signal [69] (SIG[A-Z]*), at the limit of --mem (100M, $1); as task 1," said &&
		[ "$(cut -d, -f1,2,5 t.csv | paste -sd' ')" = \
			'mb,status,value 5,ok,5 400,memory, 20,ok,20' ] || {
		echo "with $1:"
		cat said t.csv
		exit 1
	}
}

# Whether we may have a control group below our own.
own=$(sed -n 's/^[0-9]*:\([a-z,]*,\)\{0,1\}memory\(,[a-z,]*\)\{0,1\}:/memory/p' \
	/proc/self/cgroup)
own=/sys/fs/cgroup/${own:-$(sed -n 's/^0:://p' /proc/self/cgroup)}
limit=RLIMIT_AS
# Of version 2 a group below has a limit if ours, or the one above, passes the
# controller on.
places=("$own")
if [ -e "$own/cgroup.subtree_control" ] && [ "${own%/}" != /sys/fs/cgroup ]; then
	places+=("$(dirname "$own")")
fi
for place in "${places[@]}"; do
	[ ! -e "$place/cgroup.subtree_control" ] ||
		{ echo +memory >"$place/cgroup.subtree_control"; } 2>/dev/null || true
	mkdir "$place/cohort-test-$$" 2>/dev/null || continue
	for file in memory.limit_in_bytes memory.max; do
		[ ! -e "$place/cohort-test-$$/$file" ] || limit='a cgroup'
	done
	rmdir "$place/cohort-test-$$"
done
status=0
"$cohort" sweep -n 2 "${args[@]}" 2>said || status=$?
[ $status = 1 ]
check "$limit"
# Other sweeps may run here: a group has its rank's process in its name.
find "${places[@]}" -maxdepth 1 -name 'cohort-[0-9]*' 2>/dev/null >groups || true
while read -r group; do
	pid=${group##*/cohort-}
	[ ! -d "$group" ] || [ -d "/proc/${pid%-*}" ] || {
		echo "a control group is left: $group"
		exit 1
	}
done <groups
echo "limited by $limit"

# In another kind of Linux (cgroup2.sh).
[ -z "${COHORT_TEST_MEMORY_ONE:-}" ] || exit 0
[ -z "${COHORT_TEST_CGROUP2:-}" ] || "$tests/cgroup2.sh" "$cohort"

# Two processes of a task together. Each has an address space of its own.
mkfifo made
cat >both <<'END'
#!/bin/sh
perl -e 'push @x, "x" x 1e6 for 1 .. 70; open F, ">", "made"; close F; sleep 1000' &
read -r line <made
perl -e 'push @x, "x" x 1e6 for 1 .. 70' || exit 1
kill $!
wait $!
[ $? = 143 ]
END
chmod +x both
status=0
"$cohort" sweep -n 1 --mem 100M -p a=1 -- ./both 2>said || status=$?
if [ "$limit" = 'a cgroup' ]; then
	grep -q 'at the limit of --mem (100M, a cgroup)' said
else
	[ $status = 0 ]
fi || {
	cat said
	exit 1
}

# Without control groups.
if unshare -m mount -t tmpfs none /sys/fs/cgroup 2>/dev/null; then
	unshare -m sh -c 'mount -t tmpfs none /sys/fs/cgroup; exec "$@"' sh \
		"$cohort" sweep -n 2 --fresh "${args[@]}" 2>said || status=$?
	check RLIMIT_AS
	# The task is small, and its rank larger than half of --mem.
	status=0
	unshare -m sh -c 'mount -t tmpfs none /sys/fs/cgroup; exec "$@"' sh \
		"$cohort" sweep -n 1 --fresh --mem 16M -o t.csv --only 0 \
		-p a=range:1:200:1 -p "b=$(printf '%0100000d' 0)" -- \
		sh -c 'kill -SEGV $$' 2>said || status=$?
	row=$(sed -n 2p t.csv | cut -d, -f1,3,5,8)
	[ $status = 1 ] && [ "${row%,*}" = 1,crashed,11 ] && [ "${row##*,}" -gt 8000000 ] || {
		echo "a crash in a large rank: $row"
		cat said
		exit 1
	}
	echo "and by RLIMIT_AS"
fi
