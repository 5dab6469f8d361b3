#!/usr/bin/env bash
# The MPIs of Debian 13 for scripts/bench: a root folder with that Debian, in which
# the MPI side of the bench is built and run.
#
#   debian13.sh make DIR           debootstrap, if there is nothing yet, and the
#                                  packages; then compile the programs
#   debian13.sh run DIR COMMAND... run a command in it, with this machine's
#                                  devices and shared memory
#
# Needs root, debootstrap and unshare, and 1 GB. Packages come from where apt-get of
# this machine has its own.
set -euo pipefail
export LC_ALL=C

[ $# -ge 2 ] || {
	sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"
	exit 2
}
what=$1
root=$2
shift 2
sources=$(cd "$(dirname "$0")" && pwd)

die() {
	echo "bench/debian13.sh: $*" >&2
	exit 1
}

# The mounts are in a namespace of their own, and go with it.
inside() {
	mkdir -p "$root"/{proc,sys,dev}
	local name set=(HOME=/root TERM=dumb LC_ALL=C PATH=/usr/bin:/bin:/usr/sbin:/sbin)
	for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY \
		NO_PROXY ${!OMPI_@} ${!PRTE_@} ${!MPIR_@} ${!DEBIAN_@}; do
		[ -z "${!name:-}" ] || set+=("$name=${!name}")
	done
	# The words after the first are for the inner bash.
	# shellcheck disable=SC2016
	exec unshare --mount --propagation private "$BASH" -c '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		mount --rbind /sys "$root/sys"
		mount --rbind /dev "$root/dev"
		exec chroot "$root" env -i "$@"' bash "$root" "${set[@]}" "$@"
}

make_root() {
	local mirror
	[ ! -e "$root/etc/debian_version" ] || return 0
	command -v debootstrap >/dev/null || die "there is no debootstrap here"
	mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
		awk '$1 == "Debian" && $2 == "Debian" { print $3; exit }')
	debootstrap --variant=minbase --include=ca-certificates trixie \
		"$root" ${mirror:+"$mirror"} >&2
}

# How this machine's apt-get reaches its packages.
copy_configuration() {
	local file certificates=/usr/local/share/ca-certificates
	apt-config dump |
		grep -E '^Acquire::(https?|ftp|Check-|Max-|Retries|ForceIPv)' \
			>"$root/etc/apt/apt.conf.d/99host" || true
	for file in /etc/resolv.conf /etc/hosts; do
		[ ! -e $file ] || cp -L $file "$root$file"
	done
	[ -z "$(ls -A $certificates 2>/dev/null)" ] || {
		cp -RL $certificates/. "$root$certificates/"
		(inside update-ca-certificates) >/dev/null
	}
}

install_packages() {
	[ ! -e "$root/usr/bin/mpicc.mpich" ] ||
		[ ! -e "$root/usr/bin/mpicc.openmpi" ] || return 0
	export DEBIAN_FRONTEND=noninteractive
	(inside apt-get -qq update) >&2
	(inside apt-get -qq install -y --no-install-recommends gcc libc6-dev \
		libpopt-dev openmpi-bin libopenmpi-dev mpich libmpich-dev) >&2
}

# With the optimisation of the preset release.
compile() {
	local family
	mkdir -p "$root/bench"
	cp "$sources"/*.[ch] "$root/bench/"
	for family in openmpi mpich; do
		(inside bash -c "cd /bench && mpicc.$family -std=gnu11 -O3 \
			-DNDEBUG -o bench-$family over_mpi.c calls.c \
			distance.c main.c measure.c options.c trip.c turns.c \
			machine.c -lpopt") >&2
	done
}

case $what in
make)
	[ "$(id -u)" = 0 ] || die "debootstrap and chroot need root"
	mkdir -p "$root"
	root=$(realpath "$root")
	make_root
	copy_configuration
	install_packages
	compile
	;;
run) inside "$@" ;;
*) die "what is $what?" ;;
esac
