#!/usr/bin/env bash
# privileges.sh PROGRAM: a set-user-ID program of root's, which the user nobody
# runs with variables that choose a backend, a launcher and its plug-ins.
set -uo pipefail

[ "$(id -u)" = 0 ] || { echo "skipped: only root can make a set-user-ID program of root's"; exit 77; }
command -v setpriv >/dev/null || { echo "skipped: setpriv was not found"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
install -m 4755 "$1" "$work/privileged"
failures=0

# run VARIABLE=VALUE... -- ARGUMENT...
run() {
	local variables=()
	while [ "$1" != -- ]; do
		variables+=("$1")
		shift
	done
	shift
	output=$(setpriv --reuid=65534 --regid=65534 --clear-groups \
		env "${variables[@]}" "$work/privileged" "$@" 2>&1)
}

says() {
	grep -qF -- "$1" <<<"$output" && return
	printf 'FAILED: not "%s": %s\n' "$1" "$output"
	failures=$((failures + 1))
}

run -- # the backend and the size without any variable
case $output in
*'privileged 0,'*)
	echo "skipped: set-user-ID has no effect in $work"
	exit 77
	;;
esac
says 'privileged 1, status COHORT_OK'
read -r _ own < <(grep -o 'backend .*, size [0-9]*' <<<"$output")
says 'MPI absent'

# Open MPI loads the plug-ins of the second variable's folder.
run OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1 \
	OMPI_MCA_mca_base_component_path="$work" --
says "backend $own"
says 'MPI absent'
run PMI_RANK=0 PMI_SIZE=1 MPI_LOCALRANKID=0 --
says "backend $own"
says 'MPI absent'
run COHORT_BACKEND=mpi --
says "backend $own"
says 'MPI absent'
run COHORT_BACKEND=nonsense COHORT_SIZE=7 COHORT_UNKNOWN=1 --
says "backend $own"

# The program itself asks for mpi: nobody starts an MPI for it.
run -- mpi
says 'status COHORT_EBACKEND'
says 'MPI absent'
says 'more privileges than its user'
exit $((failures > 0))
