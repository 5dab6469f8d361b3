# Sourced by cases.sh and progress.sh.
#
# usage: . common.sh PROGRAM [LAUNCHER]
set -uo pipefail
export LC_ALL=C

program=$(realpath "$1") launcher=${2:-}
work=$(mktemp -d)
# shellcheck source=tests/pace.sh
. "$(dirname "$0")/../../pace.sh"
trap 'pace_end; rm -rf "$work"' EXIT
# Detects a hang, and bounds nothing: seconds.
patience=600
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
