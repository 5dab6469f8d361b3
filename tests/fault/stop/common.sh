# What cases.sh and progress.sh have in common; to be sourced.
#
# usage: . common.sh PROGRAM [LAUNCHER]
set -uo pipefail
export LC_ALL=C

program=$(realpath "$1") launcher=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset "${!COHORT_@}"
failures=0
cases=0

# All cases of a suite: those with the launcher, or those without it.
run_suite() {
	if [ -n "$launcher" ]; then
		with_launcher
	else
		without_launcher
	fi
	echo "$cases cases, $failures failures"
	exit $((failures > 0))
}
