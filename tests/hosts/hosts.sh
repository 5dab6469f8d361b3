#!/usr/bin/env bash
# Several hosts on one machine, for as long as a command runs.
#
#   hosts.sh N COMMAND...   make the hosts h1 to hN, run COMMAND on `head`
#   hosts.sh rsh HOST WORDS...   a shell command on a host; for launchers
#
# Each host has network, host name, processes, IPC, /dev/shm, directory for
# temporary files and boot id of its own; files are shared. `wire` connects them.
# `head` has no rank: launchers run there. All is in namespaces that this script
# makes, with those of users if it does not run as root. They end with the first
# process in them, whatever happens, and so does every process on the hosts.
# Nothing outside can be reached from within.
#
# COMMAND sees the folder $HOSTS with the script `rsh` for launchers and the file
# `orders`: lines that are written to it go to the wire. It is in memory that ends with
# the namespaces; so are temporary files of the head.
#
# WIRE is the program. Leaves with 77 and says why if the system lacks what hosts
# need, and with 1 if they cannot be made although it seems to have that.
set -uo pipefail
self=$(realpath "${BASH_SOURCE[0]}")

skip() {
	echo "skipped: $1"
	exit 77
}

# The system allows hosts; so what went wrong is a failure.
fail() {
	echo "hosts.sh: ${1:-no reason is known}" >&2
	exit 1
}

names() {
	seq -f h%g 1 "$1"
}

# The first process of a host, seen from head.
first_process() {
	cat "$HOSTS/$1.pid"
}

# The first process of a host: it sets the host up and waits for its end.
be_host() {
	local host=$1
	hostname "$host"
	mount -t proc proc /proc
	mount --bind "$HOSTS/$host.boot" /proc/sys/kernel/random/boot_id
	mount -t tmpfs tmpfs /dev/shm
	ip link set lo up
	touch "$HOSTS/$host.up"
	# A trap, so that signals from outside reach no default action; `wait`
	# takes in orphans, as init does.
	while :; do
		sleep 1000 &
		wait $!
	done
}

await_file() {
	local tries=0
	until [ -e "$1" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 1200 ] || return 1
		sleep 0.05
	done
}

make_host() {
	local host=$1 port=${1#h} outer first
	cat /proc/sys/kernel/random/uuid >"$HOSTS/$host.boot"
	setsid unshare --net --uts --ipc --mount --pid --fork --kill-child \
		"$self" be "$host" </dev/null >"$HOSTS/$host.log" 2>&1 &
	outer=$!
	await_file "$HOSTS/$host.up" ||
		fail "no host can be made: $(head -1 "$HOSTS/$host.log")"
	first=$(tr -d ' ' <"/proc/$outer/task/$outer/children")
	echo "$first" >"$HOSTS/$host.pid"
	ip link set "t$port" netns "$first"
	nsenter -t "$first" -n ip link set "t$port" name eth0 mtu 9000
	nsenter -t "$first" -n ip addr add "10.77.0.$port/24" dev eth0
	nsenter -t "$first" -n ip link set eth0 up
}

# In the namespaces of head, as their first process.
be_head() {
	local count=$1 host
	shift
	hostname head
	mount -t tmpfs tmpfs "$HOSTS" || fail "no memory for $HOSTS"
	printf '#!/bin/sh\nexec "%s" rsh "$@"\n' "$self" >"$HOSTS/rsh"
	chmod +x "$HOSTS/rsh"
	mkdir "$HOSTS/tmp"
	export TMPDIR=$HOSTS/tmp
	# Whoever made the hosts is root in them.
	export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
	mount -t proc proc /proc
	{
		echo 127.0.0.1 localhost
		echo 10.77.0.100 head
		for host in $(names "$count"); do
			echo "10.77.0.${host#h} $host"
		done
	} >"$HOSTS/hosts"
	mount --bind "$HOSTS/hosts" /etc/hosts
	mkfifo "$HOSTS/orders"
	"$WIRE" "$count" <>"$HOSTS/orders" >"$HOSTS/wire.up" 2>"$HOSTS/wire.log" &
	until [ -s "$HOSTS/wire.up" ]; do
		kill -0 $! 2>/dev/null || fail "the wire: $(cat "$HOSTS/wire.log")"
		sleep 0.05
	done
	ip link set lo up || fail "ip does not work here"
	ip link set t0 name eth0 mtu 9000
	ip addr add 10.77.0.100/24 dev eth0
	ip link set eth0 up
	for host in $(names "$count"); do
		make_host "$host"
	done
	"$@"
}

# Open MPI passes options before the host.
rsh() {
	while [ "${1#-}" != "$1" ]; do
		shift
	done
	local host=$1
	shift
	export TMPDIR=/dev/shm
	exec nsenter -t "$(first_process "$host")" -n -u -i -m -p -r -w \
		sh -c "cd '$PWD' && $*"
}

# Print a folder that is empty, so that nothing is hidden by what the namespaces mount
# there. A new one, if there is none, stays when this script is killed.
find_empty() {
	local folder
	for folder in /mnt /media /srv /opt; do
		[ -d "$folder" ] && [ -z "$(ls -A "$folder" 2>&1)" ] &&
			echo "$folder" && return
	done
	mktemp -d
}

run() {
	local spaces="--net --uts --ipc --mount --pid --fork --kill-child" status
	[ "$(id -u)" = 0 ] || spaces="--user --map-root-user $spaces"
	for program in ip unshare nsenter setpriv; do
		command -v "$program" >/dev/null || skip "$program was not found"
	done
	[ -w /dev/net/tun ] || skip "/dev/net/tun is not there, or not writable"
	[ -x "${WIRE:-}" ] || fail "WIRE does not name a program"
	# shellcheck disable=SC2086
	unshare $spaces true 2>/dev/null ||
		skip "no namespaces: neither root nor a user namespace may make them here"
	HOSTS=$(find_empty)
	export HOSTS
	case $HOSTS in
	*/tmp.*) trap 'rmdir "$HOSTS"' EXIT ;;
	esac
	# shellcheck disable=SC2086
	setpriv --pdeathsig KILL unshare $spaces "$self" head "$@" &
	# The namespaces end with unshare, which ends with this script.
	trap 'kill -KILL $!' INT TERM HUP
	wait $!
	status=$?
	exit "$status"
}

case $1 in
head) shift && be_head "$@" ;;
be) shift && be_host "$@" ;;
rsh) shift && rsh "$@" ;;
*) run "$@" ;;
esac
