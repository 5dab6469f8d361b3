#!/usr/bin/env bash
# Manual pages and completions, as the command prints them.
#
#   manual.sh COHORT MANUAL
#
# MANUAL is the folder that the build has written them to.
set -euo pipefail
export LC_ALL=C.UTF-8

cohort=$1 manual=$2
prompt=$(cd "$(dirname "$0")" && pwd)/prompt.zsh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# same WHAT EXPECTED ACTUAL
same() {
	[ "$2" = "$3" ] && return
	printf '%s: expected\n%s\nbut got\n%s\n' "$1" "$2" "$3"
	exit 1
}

subcommands=$("$cohort" --help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p')
[ "$(wc -w <<<"$subcommands")" -ge 4 ]

# ---- pages ----

for name in '' $subcommands; do
	page=$manual/man1/cohort${name:+-$name}.1
	# shellcheck disable=SC2086
	"$cohort" --man $name | cmp - "$page"
	mandoc -T lint -W warning "$page" >"$folder/said" || {
		cat "$folder/said"
		exit 1
	}
	MANROFFSEQ='' MANWIDTH=80 man --warnings -l "$page" 2>"$folder/said" |
		col -b >"$folder/page"
	[ ! -s "$folder/said" ] || {
		cat "$folder/said"
		exit 1
	}
	grep -q "^ *cohort${name:+-$name} - [a-z]" "$folder/page"
	[ -z "$name" ] || for option in $("$cohort" "$name" --help |
		sed -n 's/^  \(-[a-zA-Z], \)\{0,1\}\(--[a-z-]*\).*/\2/p'); do
		grep -q -- "^ *\(-[a-zA-Z], \)\{0,1\}$option" "$folder/page" || {
			echo "cohort-$name.1 does not have $option"
			exit 1
		}
	done
done
MANWIDTH=80 man -l "$manual/man1/cohort-sweep.1" | col -b >"$folder/page"
for word in '{NAME}' COHORT_P_NAME max_rss 'awk .BEGIN {{ print ARGV\[1\] ^ ARGV\[2\] }}' \
	SLURM_JOB_END_TIME sweep.json '128 + N'; do
	grep -q -- "$word" "$folder/page" || {
		echo "cohort-sweep.1 does not have $word"
		exit 1
	}
done
status=0
"$cohort" --man swep 2>"$folder/said" || status=$?
same 'status of --man with an unknown name' 2 $status
grep -q 'did you mean sweep?' "$folder/said"
"$cohort" --completion tcsh 2>"$folder/said" && exit 1
grep -q 'there are bash, fish and zsh' "$folder/said"

# ---- bash ----

# shellcheck disable=SC1091
source "$manual/completions/cohort"
cd "$folder"
mkdir plant.cohort other
: >cases.csv
: >own-command
chmod +x own-command
PATH=$folder:$PATH

# completes WORD... : what the last word may become.
completes() {
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_cohort
	printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd' '
}
same 'subcommands' "$(printf '%s\n' $subcommands | grep ^s | sort | paste -sd' ')" \
	"$(completes cohort s)"
same 'options' '--retries --retry-failed --retry-on' \
	"$(completes cohort sweep --retr)"
same 'options of another subcommand' '--plot --plot-of --plot-over' \
	"$(completes cohort results --plo)"
same 'words' 'lhs random sobol' "$(completes cohort sweep --method '')"
same 'words behind a sign' 'lhs' "$(completes cohort sweep --method = l)"
same 'an optional word' 'params' "$(completes cohort sweep --dry-run = '')"
same 'words among others' 'failed' "$(completes cohort sweep --only '')"
same 'files' 'cases.csv' "$(completes cohort sweep --input ca)"
same 'a letter' 'plant.cohort' "$(completes cohort results -o pl)"
same 'directories' 'other plant.cohort' "$(completes cohort sweep --journal '')"
same 'the directory of a sweep' 'plant.cohort' "$(completes cohort status pl)"
same 'other values' '' "$(completes cohort sweep --timeout '')"
same 'a command' 'own-command' "$(completes cohort sweep -p a=1 -- own-c)"
same 'its arguments are files' '' "$(completes cohort sweep -p a=1 -- true --retr)"
for name in $subcommands; do
	same "all options of $name" "$("$cohort" "$name" --help |
		sed -n 's/^  \(-[a-zA-Z], \)\{0,1\}\(--[a-z-]*\).*/\2/p' |
		sort | paste -sd' ')" "$(completes cohort "$name" --)"
done

# ---- fish and zsh ----

# What fish offers for a line. From 4.0 on it also offers words in which the letters
# lie apart.
offers() {
	HOME=$folder fish --no-config -c "source $manual/completions/cohort.fish
		complete -C '$1'" | cut -f1 | sort | paste -sd' '
}
same 'fish: subcommands' sweep "$(offers 'cohort sw')"
same 'fish: options' '--retries --retry-failed --retry-on' \
	"$(offers 'cohort sweep --retr' | tr ' ' '\n' | grep '^--retr' | paste -sd' ')"
same 'fish: words' 'lhs random sobol' "$(offers 'cohort sweep --method ')"
same 'fish: directories' plant.cohort/ "$(offers 'cohort status pl')"

# zsh completes at a terminal only, which its module zpty makes.
timeout 100 zsh -f "$prompt" "$manual/completions" 'cohort sw' 'cohort sweep --inp' \
	'cohort sweep --input ca' 'cohort status pl' 'cohort sweep --only f' \
	'cohort sweep -p a=1 -- own-c' 'cohort sweep -p a=1 -- cat ca' \
	'cohort sweep --retr' 'cohort sweep --method ' >screens
same 'zsh: what stands at the prompt' 'cohort sweep
cohort sweep --input=
cohort sweep --input cases.csv
cohort status plant.cohort/
cohort sweep --only failed
cohort sweep -p a=1 -- own-command
cohort sweep -p a=1 -- cat cases.csv
cohort sweep --retr
cohort sweep --method' "$(sed -n 's/^<\(.*[^ ]\) *>\.$/\1/p' screens)"
same 'zsh: options' '--retries --retry-failed --retry-on' \
	"$(sed -n 's/^\(--[a-z-]*\)  *-- .*/\1/p' screens | paste -sd' ')"
same 'zsh: words' 'lhs random sobol' \
	"$(sed -n 's/^lhs  *random  *sobol *$/lhs random sobol/p' screens)"

# And the function's own calls.
zsh -f -c '
	_describe() { print -r -- "${(P)2}"; }
	_arguments() { print -rl -- "$@"; }
	_cohort() { source '"$manual"'/completions/_cohort; }
	ask() { local -a words=("$@"); local CURRENT=$#; _cohort; }
	ask cohort s
	ask cohort sweep --retr
	' >asked
grep -q "sweep:run a command once for each parameter set" asked
grep -qx -- "--method=\[How to draw.*\]:word:(random lhs sobol)" asked
grep -qx -- "\*-p\[.*\]:value:" asked
grep -qx -- "--input=\[.*\]:file:_files" asked
