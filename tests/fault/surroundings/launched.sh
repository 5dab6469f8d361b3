#!/usr/bin/env bash
# Surroundings of ranks that a launcher has started.
#
#   launched.sh LAUNCHER PROGRAM UNLOAD PLUGIN
#
#   PROGRAM  surroundings
#   UNLOAD   the program that loads and unloads PLUGIN; left out with it where there
#            is none
set -u
launcher=$1 program=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
limit=600 # seconds; detects a hang, and bounds nothing

unset "${!COHORT_@}"

# launch COMMAND...: two ranks of it.
launch() {
	timeout --kill-after=5 $limit "$launcher" -n 2 "$@" \
		>"$work/output" 2>&1 && return
	printf 'FAILED: %s\n' "$*"
	cat "$work/output"
	failed=1
}

ranks() {
	launch "$program" rank "$1" "$2" "$work/journal.$1.$2"
}

# What rank 0 has closed, in bits; rank 1 has closed the others.
for closed in 0 1 2 4; do
	export COHORT_ISOLATE=$((closed == 0 || closed == 4))
	ranks closed $closed
done
# Refused with EPERM, and with ENOSYS.
COHORT_ISOLATE=1 ranks sandbox 0
COHORT_ISOLATE=0 ranks sandbox 3
COHORT_ISOLATE=1 ranks no-ends 1
# Without a journal, and with one.
for journal in 0 1; do
	export COHORT_ISOLATE=$journal
	ranks no-descriptors-journal $journal
	ranks no-bytes-journal $journal
done
# Before the open, and on rank 1 after it.
for reader in 0 5; do
	export COHORT_ISOLATE=$((reader == 0))
	ranks reader $reader
done
if localedef -i de_DE -f UTF-8 "$work/de_DE.UTF-8" >"$work/output" 2>&1; then
	LOCPATH=$work ranks comma 0
else
	echo 'no de_DE.UTF-8 can be made (Debian: package locales)'
fi
[ $# = 0 ] || launch "$@"
exit $failed
