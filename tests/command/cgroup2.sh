#!/usr/bin/env bash
# memory.sh on a Linux whose control groups are of version 2. A machine that has the
# memory controller in version 1 cannot have it in version 2, so this starts another
# Linux as a program: that of Debian's package user-mode-linux. It is not one of the
# suite's tests.
#
#   cgroup2.sh COHORT
#
# Once in the root group, which may pass the memory controller on, and once in a group
# below it, which may not, since it has processes, but the one above may: a cgroup limits
# tasks. Once where neither may: RLIMIT_AS does. Two processes of a task are left out: near the limit this
# Linux drops and reads the pages of their programs without end.
set -euo pipefail
export LC_ALL=C

command -v linux.uml >/dev/null || {
	echo "there is no linux.uml here: install user-mode-linux"
	exit 1
}
cohort=$(realpath "$1")
tests=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/tmp"
cat >"$folder/init" <<END
#!/bin/bash
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export TMPDIR=$folder/tmp
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /dev/shm
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs "\$TMPDIR"
uname -sr
export COHORT_TEST_MEMORY_ONE=1
bash $tests/memory.sh $cohort && echo "in the root group: passed"
mkdir -p /sys/fs/cgroup/first/second
echo \$\$ >/sys/fs/cgroup/first/cgroup.procs
bash $tests/memory.sh $cohort && echo "in a group with processes: passed"
sleep 10000 &
echo \$\$ >/sys/fs/cgroup/first/second/cgroup.procs
bash $tests/memory.sh $cohort && echo "in a group below one with processes: passed"
echo o >/proc/sysrq-trigger
sleep 1000
END
chmod +x "$folder/init"
linux.uml mem=1G rootfstype=hostfs rootflags=/ rw "init=$folder/init" quiet \
	con=null con0=null,fd:1 </dev/null >"$folder/said" 2>&1 || true
sed -n '/^Linux /,$p' "$folder/said" | tr -d '\r' | tee "$folder/report"
cat >"$folder/expected" <<'END'
limited by a cgroup
in the root group: passed
limited by a cgroup
in a group with processes: passed
limited by RLIMIT_AS
in a group below one with processes: passed
END
grep -E '^limited by|: passed$' "$folder/report" | diff "$folder/expected" - || {
	cat "$folder/said"
	exit 1
}
