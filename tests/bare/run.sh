#!/usr/bin/env bash
# Run the README's commands on a Debian machine that has git and nothing else:
# a root folder that debootstrap makes, with a clone of this repository in it.
# Committed changes only are tested, since the clone has no others.
#
# usage: tests/bare/run.sh SUITE [demo | test [PRESET...] | mpis BUILD |
#                                 hosts BUILD [SUITE...] | COMMAND...]
#
#   SUITE    bookworm, trixie, or another one that debootstrap knows
#   demo     scripts/demo, twice; neither run may print a compiler warning, and
#            all tables and pictures must be there (this is the default)
#   test     scripts/test with these presets
#   mpis     the MPIs of this suite with what this machine has built, in the folder
#            BUILD (build/release, say): conformance with and without COHORT_CHECK, a
#            sweep over two nodes, and a message that is too long
#   hosts    the same, with ranks on several hosts (tests/hosts): conformance,
#            sweeps, stops, deaths and cuts; takes about ten minutes. SUITE is one
#            of conformance, sweeps, faults and rounds
#   COMMAND  anything else is run as it is in the clone's folder
#
# It needs root, debootstrap and unshare. apt-get inside uses the mirror, the
# proxies and the checks that apt-get of this machine uses.
#
# BARE_CACHE=FOLDER  keeps the fresh root as FOLDER/SUITE.tar for later runs
# BARE_MIRROR=URL    overrules the mirror of this machine's apt-get
# BARE_KEEP=1        keeps the root folder and names it
set -euo pipefail

die() {
	printf 'bare: %s\n' "$@" >&2
	exit 1
}

if [ $# = 0 ] || [ "$1" = -h ] || [ "$1" = --help ]; then
	sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"
	exit 2
fi

# The outer run makes the root folder. The inner run mounts, in namespaces of
# its own, so that no mount and no process outlives it however it ends.
if [ "$1" = --inside ]; then
	root=$2
	shift 2
	mkdir -p "$root/proc" "$root/dev" "$root/sys"
	mount --bind "$root" "$root" # so that namespaces can be made in it
	mount -t proc proc "$root/proc"
	mount --rbind /sys "$root/sys" # MPICH looks for network devices there
	mount --rbind /dev "$root/dev"
	mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
	mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
	# Not exec: process 1 of a namespace must reap orphans, as bash does.
	chroot "$root" /bin/bash -c 'cd /root/cohort && "$@"' bare "$@"
	exit
fi

suite=$1
shift
[ $# -gt 0 ] || set -- demo
sources=$(cd "$(dirname "$0")/../.." && pwd)
[ "$(id -u)" = 0 ] || die "run this as root: debootstrap and chroot need it"
for tool in debootstrap unshare git; do
	command -v "$tool" >/dev/null || die "there is no $tool here: install it"
done

folder=$(mktemp -d "${TMPDIR:-/tmp}/cohort-bare.XXXXXX")
root=$folder/$suite
cleanup() {
	if [ "${BARE_KEEP:-0}" = 1 ]; then
		echo "bare: the root folder is kept: $root"
	else
		rm -rf --one-file-system "$folder"
	fi
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

host_mirror() {
	apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
		awk '$1 == "Debian" && $2 == "Debian" { print $3; exit }'
}

# Without a mirror debootstrap takes its own default.
make_root() {
	local mirror tar=${BARE_CACHE:+$BARE_CACHE/$suite.tar}
	if [ -n "$tar" ] && [ -e "$tar" ]; then
		mkdir "$root"
		tar -xf "$tar" -C "$root"
		return
	fi
	mirror=${BARE_MIRROR:-$(host_mirror)}
	debootstrap --variant=minbase --include=git,ca-certificates \
		"$suite" "$root" ${mirror:+"$mirror"} >"$folder/log" 2>&1 || {
		tail -n 20 "$folder/log" >&2
		die "debootstrap could not make $suite"
	}
	if [ -n "$tar" ]; then
		mkdir -p "$BARE_CACHE"
		tar -cf "$tar.new" -C "$root" .
		mv "$tar.new" "$tar"
	fi
}

# How this machine's apt-get reaches its packages; sources.list is debootstrap's.
copy_configuration() {
	local certificates=/usr/local/share/ca-certificates
	apt-config dump |
		grep -E '^Acquire::(https?|ftp|Check-|Max-|Retries|ForceIPv)' \
			>"$root/etc/apt/apt.conf.d/99host" || true
	for file in /etc/resolv.conf /etc/hosts; do
		[ ! -e $file ] || cp -L $file "$root$file"
	done
	if [ -n "$(ls -A $certificates 2>/dev/null)" ]; then
		cp -RL $certificates/. "$root$certificates/"
		run update-ca-certificates >/dev/null
	fi
}

run() {
	local proxies=() name
	for name in http_proxy https_proxy ftp_proxy no_proxy \
		HTTP_PROXY HTTPS_PROXY NO_PROXY; do
		[ -z "${!name:-}" ] || proxies+=("$name=${!name}")
	done
	env -i "${proxies[@]}" HOME=/root TERM=dumb LANG=C.UTF-8 \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		unshare --mount --propagation private --pid --fork --kill-child \
		"$BASH" "$sources/tests/bare/run.sh" --inside "$root" "$@" \
		</dev/null
}

check_demo() {
	local turn file log=$folder/demo.log
	for turn in first second; do
		echo "bare: scripts/demo, the $turn time"
		run scripts/demo 2>&1 | tee "$log"
		! grep -n 'warning:' "$log" ||
			die "the demo printed these compiler warnings"
	done
	for file in results.csv energy.png monte-carlo.csv \
		monte-carlo-seas.csv monte-carlo.png plants.csv plants.png \
		ranks.png; do
		[ -s "$root/root/cohort/build/demo/$file" ] ||
			die "the demo did not write $file"
	done
}

# Programs, library and modules of this machine.
copy_build() {
	local build=$root/root/build
	mkdir -p "$build/lib"
	cp -a "$1"/lib/libcohort.so* "$1"/lib/cohort "$build/lib/"
	cp "$1/tests/conformance/conformance" "$1"/tests/hosts/host_{sweep,rounds} \
		"$1/tests/hosts/libhosts_ending.so" \
		"$1/tests/fault/mpi/mpi_ranks" "$1"/bin/{wire,pace} \
		"$1/tests/fault/deliveries/delivered" \
		"$1/tests/fault/interrupt/interrupted" "$1/tests/fault/forks/forks" \
		"$1/tests/scoped/scoped_rounds" "$build/"
}

make_root
mkdir "$root/root/cohort"
copy_configuration
git -c safe.directory='*' clone -q --no-hardlinks "$sources" "$root/root/cohort"
what=$1
shift
case $what in
demo) check_demo ;;
test) run scripts/test "$@" ;;
mpis) copy_build "$1" && run tests/bare/mpis.sh ../build ;;
hosts) copy_build "$1" && run tests/bare/hosts.sh ../build "${@:2}" ;;
*) run "$what" "$@" ;;
esac
echo "bare: $suite: $what passed"
