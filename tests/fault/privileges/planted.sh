#!/usr/bin/env bash
# planted.sh PROGRAM MODULE VERSION: a program that the static library is linked into
# looks for modules beside itself and in ../lib. One that another user may have put
# there is not loaded.
set -uo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
program=$1 module=$2 version=$3
failures=0

# plant FOLDER: the module, in a new tree whose program lies in a folder that every
# user may write to, as in /tmp.
plant() {
	rm -rf "$work/tree"
	mkdir -p "$work/tree/bin" "$work/tree/lib"
	chmod 1777 "$work/tree/bin" "$work/tree/lib"
	cp "$program" "$work/tree/bin/program"
	folder=$work/tree/$1/cohort/$version
	mkdir -p "$folder"
	cp "$module" "$folder/cohort-mpi-openmpi.so"
	cp "$module" "$folder/cohort-mpi-mpich.so"
}

run() {
	output=$(cd "$work/tree/bin" && COHORT_BACKEND=mpi ./program 2>&1)
}

says() {
	grep -qF -- "$1" <<<"$output" && return
	printf 'FAILED: %s: not "%s": %s\n' "$current" "$1" "$output"
	failures=$((failures + 1))
}

refused() {
	run
	! grep -qF 'planted code runs' <<<"$output" || says 'nothing of it'
	says 'status COHORT_EBACKEND'
	says "$1"
}

for place in bin lib; do
	current="$place, one's own"
	plant $place
	run
	says 'planted code runs' # so it is what would be loaded
	current="$place, a folder that all may write to"
	chmod 777 "$folder"
	refused 'users other than its owner may write to'
	current="$place, a file that all may write to"
	plant $place
	chmod 666 "$folder"/*.so
	refused 'users other than its owner may write to'
	[ "$(id -u)" = 0 ] || continue
	current="$place, made by another user"
	plant $place
	chown -R 65534 "$work/tree/$place/cohort"
	refused 'belongs to user 65534'
	current="$place, a link to another user's"
	plant $place
	mv "$work/tree/$place/cohort" "$work/tree/elsewhere"
	chown -R 65534 "$work/tree/elsewhere"
	ln -s "$work/tree/elsewhere" "$work/tree/$place/cohort"
	refused 'belongs to user 65534'
done
exit $((failures > 0))
