#!/usr/bin/env bash
# Which folder may include which, and the names that the library exports.
#
#   arrows.sh includes SOURCES           who includes whom, who reads what
#   arrows.sh circles SOURCES OBJECT...  no files that know each other
#   arrows.sh shared SOURCES LIBRARY     libcohort.so: exports and needs
#   arrows.sh static SOURCES LIBRARY     libcohort.a: what it defines
#   arrows.sh modules MODULE...          one entry each
#   arrows.sh lean OBJECT...             collectives on mpi: what they do not call
set -euo pipefail
export LC_ALL=C

# Which folder may include which: the folder, then patterns of what its files may
# include besides cohort.h and its own folder.
rules='
src/common/abi
src/common/base
src/common/core     src/common/base/.*
src/common/journal  src/common/base/.*
src/common/sweep    src/common/(base|core|journal)/.*
src/common/serial   src/common/base/.*|src/common/core/backend\.h
src/mp              src/common/base/.*|src/common/core/backend\.h
src/mp/shm          src/common/base/.*|src/common/core/backend\.h|src/mp/[a-z_]+\.h
src/mp/socket       src/common/base/.*|src/common/core/backend\.h|src/mp/[a-z_]+\.h
src/mpi             src/common/base/.*|src/common/core/backend\.h
'
# FILE HEADER: what a file may include beyond its folder's rule.
exceptions='
src/common/core/backend_select.c src/common/serial/serial.h
src/common/core/backend_select.c src/mp/mp_backend.h
src/common/core/backend_select.c src/mpi/detect.h
src/common/core/backend_select.c src/mpi/loader.h
src/common/core/predict.c src/mpi/loader.h
src/mp/mp_backend.c src/mp/shm/shm_collectives.h
src/mp/mp_backend.c src/mp/shm/shm_transport.h
src/mp/mp_backend.c src/mp/socket/socket_collectives.h
src/mp/mp_backend.c src/mp/socket/socket_transport.h
'
# UNIT UNIT: circles that are allowed for the time being. Keep it empty.
circle_debts='
'

found=0
wrong() {
	printf '%s\n' "$1" "${2//$'\n'/$'\n'    }" | sed '2s/^/    /'
	found=1
}

# Lines "file:line:text" that match the pattern.
lines() {
	grep -nHE "$@" || test $? = 1
}

# Every quoted include below src, as "file header", both as paths.
includes() {
	find src include -name '*.[ch]' | sort |
		awk '
			NR == FNR { known[$0] = 1; next }
			match($0, /^[^:]*:/) {
				file = substr($0, 1, RLENGTH - 1)
				name = $0
				gsub(/^[^"]*"|".*$/, "", name)
				folder = file
				sub("/[^/]*$", "", folder)
				if ((folder "/" name) in known)
					print file, folder "/" name
				else if (("src/" name) in known)
					print file, "src/" name
				else if (("include/" name) in known)
					print file, "include/" name
				else
					print file, name
			}' - <(grep -HE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' \
			-r --include='*.[ch]' src)
}

check_includes() {
	local bad
	bad=$(awk -v rules="$rules" -v allowed="$exceptions" '
		BEGIN {
			count = split(rules, lines, "\n")
			for (i = 1; i <= count; i++) {
				split(lines[i], fields, "[ \t]+")
				pattern[fields[1]] = fields[2]
				ruled[fields[1]] = 1
			}
			count = split(allowed, lines, "\n")
			for (i = 1; i <= count; i++)
				exception[lines[i]] = 1
		}
		{
			folder = $1
			own = $2
			sub("/[^/]*$", "", folder)
			sub("/[^/]*$", "", own)
			if (!(folder in ruled))
				print $1 ": no rule for " folder
			else if ($2 != "include/cohort.h" && own != folder &&
			         !($0 in exception) &&
			         (pattern[folder] == "" ||
			          $2 !~ "^(" pattern[folder] ")$"))
				print $1 ": " $2
		}' <(includes))
	[ -z "$bad" ] || wrong "the folders' rules do not allow:" "$bad"
	bad=$(find src -name '*.h' -printf '%f\n' | sort | uniq -d)
	[ -z "$bad" ] || wrong "two headers of one name:" "$bad"
}

# A source and its header are one unit. One unit knows another if it includes its
# header or calls a function of its source; no unit may know itself by way of
# others. The objects are those of the library and of one module for MPI, which
# defines some functions of the library itself.
check_circles() {
	local loops
	loops=$({
		includes | sed -E 's/\.[ch]( |$)/\1/g'
		nm -A -g --format=posix "$@" | awk '
			{
				file = $1
				sub(/:$/, "", file)
				gsub(/\/\.\//, "/", file)
				sub(/\[.*/, "", file)
				sub(/\.c\.o$/, "", file)
				linked = "module"
				if (sub(/^.*\/cohort_objects\.dir\//, "src/", file))
					linked = "library"
				sub(/^.*\/cohort-mpi-[a-z]+\.dir\/__\//, "src/", file)
				sub(/^.*\/cohort-mpi-[a-z]+\.dir\//, "src/mpi/", file)
				if ($3 == "w" || $3 == "v")
					next # may be defined elsewhere, or nowhere
				if ($3 == "U")
					wants[file " " linked " " $2] = 1
				else
					owner[linked, $2] = file
			}
			END {
				for (want in wants) {
					split(want, parts, " ")
					if ((parts[2], parts[3]) in owner)
						print parts[1], owner[parts[2], parts[3]]
				}
			}'
	} | awk '$1 != $2' | sort -u | grep -vxF "$circle_debts" |
		tsort 2>&1 >/dev/null || true)
	[ -z "$loops" ] || wrong "files that know each other:" "$loops"
}

check_mpi_header() {
	local bad
	bad=$(lines '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]mpi\.h' \
		-r include src | { grep -v '^src/mpi/' || test $? = 1; })
	bad+=$(lines '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]mpi\.h' \
		src/mpi/{detect,loader,module_folders,module_load}.[ch])
	[ -z "$bad" ] ||
		wrong "mpi.h is included by the module in src/mpi only:" "$bad"
}

check_hash_header() {
	local bad
	bad=$(lines '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]xxhash\.h' \
		-r include src |
		{ grep -v '^src/common/journal/hash\.c:' || test $? = 1; })
	[ -z "$bad" ] ||
		wrong "xxhash.h is included by src/common/journal/hash.c only:" \
			"$bad"
}

check_environment() {
	local bad
	bad=$(lines '\<(((secure_)?get|set|unset|put|clear)env[[:space:]]*\(|environ\>)' \
		-r src |
		{ grep -v -e '^src/common/base/environment\.c:' \
			-e '"/proc/%d/environ"' || test $? = 1; })
	[ -z "$bad" ] ||
		wrong "only base/environment.c touches the environment:" "$bad"
	bad=$(lines '\<environment_get[[:space:]]*\(' -r src | {
		grep -v '^src/common/base/environment\.[ch]:' |
			grep -vE '^src/common/base/test_(nodes|single_copy)\.c:' |
			grep -vE '^src/common/core/(config_environment|launcher|nesting)\.c:' ||
			test $? = 1
	})
	[ -z "$bad" ] ||
		wrong "these files do not read variables:" "$bad"
}

# Whatever makes a descriptor gives the lowest free number, which is that of a
# standard stream if the program has closed it. base/descriptor.c raises it.
check_descriptors() {
	local makers='open(at2?)?|creat|socket(pair)?|accept4?|eventfd|pipe2?|dup[23]?'
	makers+='|memfd_create|(timer|signal)fd(_create)?|epoll_create1?'
	makers+='|inotify_init1?|fanotify_init|shm_open|opendir|popen|tmpfile'
	makers+='|f(re)?open|mk(o|d)?stemps?'
	local bad
	bad=$(lines "(^|[^a-zA-Z_0-9.>])($makers)[[:space:]]*\\(" -r src |
		{ grep -vE '^src/common/base/descriptor\.c:|:[[:space:]]*/?\*' ||
			test $? = 1; })
	[ -z "$bad" ] ||
		wrong "descriptors are made by base/descriptor.c only:" "$bad"
	# These return one from the kernel in other ways.
	bad=$(grep -lE 'SYS_pidfd_open|\<recvmsg[[:space:]]*\(' -r src |
		xargs grep -L 'descriptor_raise(')
	[ -z "$bad" ] || wrong "a descriptor is not raised in:" "$bad"
}

# Numbers and sentences do not depend on the program's locale.
check_locale() {
	local bad
	bad=$(lines '(^|[^a-zA-Z_0-9.>])(strto(f|d|ld)|atof|strerror(_r)?|strsignal|v?s?n?printf_l|vs?n?printf|is(alnum|alpha|print|space|digit|upper|lower)|to(upper|lower)|strcoll)[[:space:]]*\(' -r src |
		{ grep -vE '^src/common/base/c_locale\.c:|:[[:space:]]*/?\*' ||
			test $? = 1; })
	[ -z "$bad" ] ||
		wrong "the program's locale is used where it must not be:" "$bad"
}

# fflush(NULL) waits for threads that wait for input.
check_streams() {
	local bad
	bad=$(lines '\<fflush(_unlocked)?[[:space:]]*\(' -r src |
		{ grep -vE '^src/common/base/flush_streams\.[ch]:' || test $? = 1; })
	[ -z "$bad" ] ||
		wrong "streams are flushed by base/flush_streams.c only:" "$bad"
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
			if (match(parts[i], /COHORT_(API|INLINE)[^#]*[^a-z_]cohort_[a-z_]+\(/)) {
				name = substr(parts[i], RSTART, RLENGTH - 1)
				if (match(name, /cohort_[a-z_]+$/))
					print substr(name, RSTART)
			}
	}' "$1/include/cohort.h" | sort -u
}

# The names that `nm ...` tells of, without their versions, and without the
# names of versions.
names() {
	nm "$@" | awk 'NF >= 2 && $(NF - 1) != "A" {
		sub(/@.*/, "", $NF)
		print $NF
	}' | sort -u
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
	check_descriptors
	check_locale
	check_streams
	;;
circles)
	cd "$2"
	shift 2
	check_circles "$@"
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
			wrong "$module must export one name, but exports:" "$entries"
		! needs=$(readelf -d "$module" | grep 'NEEDED.*libcohort') ||
			wrong "$module is linked with libcohort:" "$needs"
	done
	;;
lean)
	# The sources that run in a call without a timeout. The copies for calls
	# with a timeout are made in abandoned_buffers.c.
	shift
	heavy='^((m|c|re)alloc|free|posix_memalign|aligned_alloc|pthread_.*'
	heavy+='|P?MPI_(Comm|Type|Group|Alloc|Attr)_.*)$'
	for name in collective collectives calls mpi_types; do
		objects=$(printf '%s\n' "$@" | grep "/$name\.c\.o$") ||
			wrong "no object of $name.c was given" ""
		for object in $objects; do
			! bad=$(nm -u "$object" | awk '{ print $NF }' |
				grep -E "$heavy" | grep -vx pthread_setcancelstate) ||
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
