#!/usr/bin/env bash
# The directions in which the parts of the library may know each other, and
# the names that it shows to the world.
#
#   arrows.sh includes SOURCES           who includes whom, who reads what
#   arrows.sh shared SOURCES LIBRARY     libcohort.so: exports and needs
#   arrows.sh static SOURCES LIBRARY     libcohort.a: what it defines
#   arrows.sh modules MODULE...          one entry each
#   arrows.sh lean OBJECT...             collectives on mpi: what they do not call
set -euo pipefail
export LC_ALL=C

# Headers of src/common that a backend may know: the leaves, and the seam.
leaves='backend board call clock clones config cores error launcher log memory regions op partition pidfd threads type'

found=0
wrong() {
	printf '%s\n' "$1" "${2//$'\n'/$'\n'    }" | sed '2s/^/    /'
	found=1
}

# Lines "file:line:text" that match the pattern.
lines() {
	grep -nHE "$@" || test $? = 1
}

# Every quoted include under the given files and folders, as
# "file:line: the file that it names".
includes() {
	local file line text name folder target
	lines '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' \
		-r --include='*.[ch]' "$@" |
		while IFS=: read -r file line text; do
			name=${text#*\"}
			name=${name%%\"*}
			target=$name
			for folder in "$(dirname "$file")" src include; do
				if [ -e "$folder/$name" ]; then
					target=$(realpath --relative-to=. "$folder/$name")
					break
				fi
			done
			printf '%s:%s: %s\n' "$file" "$line" "$target"
		done
}

# allow WHAT PATTERN FILES...: all that these files include is to match.
allow() {
	local what=$1 pattern=$2 bad
	shift 2
	bad=$(includes "$@" | { grep -vE ": ($pattern)\$" || test $? = 1; })
	[ -z "$bad" ] || wrong "$what:" "$bad"
}

check_includes() {
	local leaf file leaves_files=() public=include/cohort\\.h
	local seam="src/common/(${leaves// /|})\\.h"

	for leaf in $leaves; do
		for file in src/common/"$leaf".[ch]; do
			[ ! -e "$file" ] || leaves_files+=("$file")
		done
	done
	# So that a module can have copies of them.
	allow "leaves include leaves only" "$public|$seam" "${leaves_files[@]}"

	for file in src/common/*.[ch]; do
		[ "$file" != src/common/backends.c ] || continue
		allow "only src/common/backends.c knows the backends" \
			"$public|src/common/[a-z_]+\\.h" "$file"
	done
	allow "of the backends src/common/backends.c knows two headers" \
		"$public|src/common/[a-z_]+\\.h|src/mp/mp\\.h|src/mpi/loader\\.h" \
		src/common/backends.c

	allow "the journal includes its own headers, cohort.h and error.h only" \
		"$public|src/common/(error|journal[a-z_]*)\\.h" \
		src/common/journal*.[ch]

	for folder in mp mpi; do
		allow "src/$folder includes its own headers, cohort.h and the \
leaves of src/common only" "$public|$seam|src/$folder/.*" "src/$folder"
	done
	for folder in shm:socket socket:shm; do
		[ -d "src/mp/${folder%:*}" ] || continue
		allow "src/mp/${folder%:*} and src/mp/${folder#*:} do not know \
each other" "$public|$seam|src/mp/(${folder%:*}/)?[a-z_]+\\.h" \
			"src/mp/${folder%:*}"
	done
}

check_mpi_header() {
	local bad
	bad=$(lines '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]mpi\.h' \
		-r include src | { grep -v '^src/mpi/' || test $? = 1; })
	bad+=$(lines '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]mpi\.h' \
		src/mpi/loader.[ch])
	[ -z "$bad" ] ||
		wrong "mpi.h is included by the module in src/mpi only:" "$bad"
}

check_hash_header() {
	local bad
	bad=$(lines '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]xxhash\.h' \
		-r include src |
		{ grep -v '^src/common/journal_hash\.c:' || test $? = 1; })
	[ -z "$bad" ] ||
		wrong "xxhash.h is included by src/common/journal_hash.c only:" \
			"$bad"
}

check_environment() {
	local bad
	bad=$(lines '\<((secure_)?getenv[[:space:]]*\(|environ\>)' -r src |
		{ grep -vE '^src/common/(config|launcher)\.c:' || test $? = 1; })
	[ -z "$bad" ] ||
		wrong "only config.c and launcher.c read the environment:" "$bad"
}

# The functions that cohort.h declares, one a line.
declared() {
	awk '{
		text = text " " $0
	} END {
		while (match(text, /\/\*([^*]|\*+[^*\/])*\*+\//))
			text = substr(text, 1, RSTART - 1) " " \
				substr(text, RSTART + RLENGTH)
		count = split(text, parts, ";")
		for (i = 1; i <= count; i++)
			if (match(parts[i], /COHORT_API[^#]*[^a-z_]cohort_[a-z_]+\(/)) {
				name = substr(parts[i], RSTART, RLENGTH - 1)
				if (match(name, /cohort_[a-z_]+$/))
					print substr(name, RSTART)
			}
	}' "$1/include/cohort.h" | sort -u
}

# The names that `nm ...` tells of, without their versions.
names() {
	nm "$@" | awk 'NF >= 2 { sub(/@.*/, "", $NF); print $NF }' | sort -u
}

check_defined() {
	local differ
	[ -n "$1" ] || wrong "cohort.h declares nothing" ""
	differ=$(diff <(printf '%s\n' "$1") <(printf '%s\n' "$2")) ||
		wrong "$3 is to define what cohort.h declares (<) and nothing \
else (>):" "$differ"
}

case $1 in
includes)
	cd "$2"
	check_includes
	check_mpi_header
	check_hash_header
	check_environment
	;;
shared)
	check_defined "$(declared "$2")" "$(names -D --defined-only "$3")" \
		libcohort.so
	needs=$(readelf -d "$3" | grep NEEDED)
	! bad=$(grep -iE 'mpi|mpich|pmi' <<<"$needs") ||
		wrong "libcohort.so is linked with MPI:" "$bad"
	! bad=$(names -D --undefined-only "$3" | grep -E '^P?MPI_|^ompi_') ||
		wrong "libcohort.so wants names of MPI's:" "$bad"
	;;
static)
	check_defined "$(declared "$2")" "$(names -g --defined-only "$3")" \
		libcohort.a
	;;
modules)
	shift
	for module; do
		entries=$(names -D --defined-only "$module")
		[ "$(grep -c . <<<"$entries")" = 1 ] ||
			wrong "$module is to have one entry, and has:" "$entries"
		! needs=$(readelf -d "$module" | grep 'NEEDED.*libcohort') ||
			wrong "$module is linked with libcohort:" "$needs"
	done
	;;
lean)
	# What a call without a timeout goes through. Copies for those with one
	# are made in lent.c.
	shift
	heavy='^((m|c|re)alloc|free|posix_memalign|aligned_alloc|pthread_.*'
	heavy+='|P?MPI_(Comm|Type|Group|Alloc|Attr)_.*)$'
	for name in collective collectives steps ops; do
		objects=$(printf '%s\n' "$@" | grep "/$name\.c\.o$") ||
			wrong "no object of $name.c was given" ""
		for object in $objects; do
			! bad=$(nm -u "$object" | awk '{ print $NF }' |
				grep -E "$heavy") ||
				wrong "$object is not to allocate, lock, or ask MPI \
what it knows:" "$bad"
		done
	done
	;;
*)
	echo "usage: see the top of $0" >&2
	exit 2
	;;
esac
exit "$found"
