#!/usr/bin/env bash
# One name for one thing, over the whole of src.
#
#   names.sh statics SOURCES             no two files define static functions, or
#                                        structs, of one name
#   names.sh headers SOURCES OBJECT...   a header declares only functions and
#                                        variables that the source beside it
#                                        defines
#
# The objects are those of the library and of one module for MPI.
set -euo pipefail
export LC_ALL=C

# KIND NAME: exceptions for the time being. Keep it empty. KIND is function or struct for
# a name with several meanings, and header for a function that a header declares
# and another source defines.
debts='
'
# Headers whose functions lie in several sources, one algorithm in each.
shared_headers='
src/mp/shm/shm_collectives.h
src/mp/socket/socket_collectives.h
'

found=0
wrong() {
	printf '%s\n' "$1" "${2//$'\n'/$'\n'    }" | sed '2s/^/    /'
	found=1
}

# "KIND NAME FILE" for each static function and each struct, union and
# enumeration that a file defines.
definitions() {
	find src -name '*.[ch]' | sort | xargs awk '
		FNR == 1 { open = 0 }
		match($0, /(struct|union|enum) [a-z_0-9]+ \{$/) {
			split(substr($0, RSTART, RLENGTH), words, " ")
			print "struct", words[2], FILENAME
		}
		/^(_Noreturn )?static / {
			text = ""
			open = 1
		}
		open {
			text = text " " $0
			if (text !~ /[;{]/)
				next
			open = 0
			if (text ~ /=/ || text !~ /\{/)
				next
			if (match(text, /[a-z_0-9]+\(/))
				print "function", substr(text, RSTART, RLENGTH - 1), \
					FILENAME
		}' | sort -u
}

# The lines whose first two words are none of the debts.
without_debts() {
	awk -v debts="$debts" '
		BEGIN {
			count = split(debts, lines, "\n")
			for (i = 1; i <= count; i++)
				debt[lines[i]] = 1
		}
		!(($1 " " $2) in debt)'
}

check_statics() {
	local bad
	[ "$(definitions | wc -l)" -gt 100 ] || wrong "few names were found" ""
	bad=$(definitions | without_debts | awk '
		{
			name = $1 " " $2
			files[name] = files[name] " " $3
			if (++times[name] == 2)
				several[name] = 1
		}
		END {
			for (name in several)
				print name ":" files[name]
		}' | sort)
	[ -z "$bad" ] || wrong "names that several files define:" "$bad"
}

# "UNIT FUNCTION" for each function that an object defines; a unit is a source
# without its ending.
owners() {
	nm -A -g --defined-only --format=posix "$@" | awk '{
		unit = $1
		sub(/:$/, "", unit)
		gsub(/\/\.\//, "/", unit)
		sub(/\.c\.o$/, "", unit)
		sub(/^.*\/cohort_objects\.dir\//, "src/", unit)
		sub(/^.*\/cohort-mpi-[a-z]+\.dir\/__\//, "src/", unit)
		sub(/^.*\/cohort-mpi-[a-z]+\.dir\//, "src/mpi/", unit)
		print unit, $2
	}'
}

check_headers() {
	local bad
	bad=$(find src -name '*.h' | grep -vxF "$shared_headers" | sort |
		xargs awk '
		FNR == NR {
			owned[$1, $2] = 1
			owner[$2] = $1
			next
		}
		FNR == 1 {
			text = ""
			depth = comment = 0
			unit = FILENAME
			sub(/\.h$/, "", unit)
		}
		{
			gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "")
			if (comment && sub(/^.*\*\//, ""))
				comment = 0
			if (comment || /^[ \t]*#/ || /\\$/)
				next
			comment = sub(/\/\*.*/, "")
			# At the top level statements end with a semicolon.
			for (i = 1; i <= length($0); i++) {
				c = substr($0, i, 1)
				depth += (c == "{") - (c == "}")
				if (c == "}" && depth == 0)
					text = ""
				else if (c == ";" && depth == 0)
					check(text)
				else if (depth == 0)
					text = text c
			}
			text = text " "
		}
		function check(statement) {
			text = ""
			if (statement ~ /^ *(_?[Ss]tatic|typedef|COHORT_PRINTF)/ ||
			    statement ~ /_Static_assert/)
				return
			if (match(statement, /(^|[^A-Za-z_0-9])[a-z][a-z_0-9]*\(/)) {
				name = substr(statement, RSTART, RLENGTH - 1)
				sub(/^[^a-z]/, "", name)
			} else if (statement ~ /^ *extern / &&
			           match(statement, /[a-z][a-z_0-9]*(\[[^]]*\])? *$/)) {
				name = substr(statement, RSTART, RLENGTH)
				sub(/(\[.*)? *$/, "", name)
			} else
				return
			if (!((unit, name) in owned))
				print "header", name, "in " FILENAME ", of " \
					(name in owner ? owner[name] : "no source")
		}' <(owners "$@") | without_debts)
	[ -z "$bad" ] || wrong "functions and variables that another source defines:" "$bad"
}

case ${1:-} in
statics)
	cd "$2"
	check_statics
	;;
headers)
	cd "$2"
	shift 2
	check_headers "$@"
	;;
*)
	echo "usage: see the top of $0" >&2
	exit 2
	;;
esac
exit "$found"
