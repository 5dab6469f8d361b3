#!/usr/bin/env bash
# A system call that `cohort sweep` makes is refused, once, in one of six ways: the
# table is that of an undisturbed run, or the status is 3 with a sentence; and the
# next run does what is left. No refusal becomes a task's result. The calls are those
# that a trace of the command finds.
#
#   injection.sh COHORT
#
# Some are drawn; COHORT_TEST_INJECT_SEED draws those of an earlier run, and
# COHORT_TEST_INJECT=all makes all of them.
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

# shellcheck source=tests/command/expect.sh
. "$(dirname "$0")/expect.sh"

cohort=$1
if ! strace -o /dev/null true 2>/dev/null; then
	echo "not tested: strace may not be used"
	exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
seed=${COHORT_TEST_INJECT_SEED:-$$}
RANDOM=$seed
DRAWN=24

cat >square <<'END'
#!/bin/sh
read -r line
echo "$line $(($1 * $1))"
END
chmod +x square
echo text >file
printf 'n,f\n1,file\n2,file\n3,file\n4,file\n' >cases.csv
args=(sweep --input cases.csv --stdin '{f}' --parse 'regex:v=text (.*)' --timeout 600
	--tmp --output-dir files --no-measures -o t.csv --journal j -- "$PWD/square" '{n}')
good='n,f,status,exit,signal,v
1,file,ok,0,,1
2,file,ok,0,,4
3,file,ok,0,,9
4,file,ok,0,,16'

clean() {
	rm -rf j t.csv files
}

# ---- the list: SETTING FOLLOWS CALL OCCURRENCE ERROR ----

# The calls of the command itself, from its main on: what comes before is the loader's.
# The C library takes brk's error for an address, and aborts on one of futex.
# FOLLOWS is what strace needs to see them.
list_own() {
	clean
	env "$1" strace -o trace "$cohort" "${args[@]}" >out 2>said
	awk -v setting="$1" '
		/^rt_sigaction\(SIGXFSZ/ { counts = 1 }
		match($0, /^[a-z_0-9]+\(/) {
			name = substr($0, 1, RLENGTH - 1)
			if (counts)
				made[name]++
			else
				before[name]++
		}
		END {
			split("EPERM ENOMEM EIO EINTR EAGAIN ENOSYS", errors)
			split("1 2 10", turns)
			for (name in made)
				for (t in turns)
					for (e in errors)
						if (turns[t] <= made[name] && name !~ /^(brk|exit_group|futex|rt_sigreturn)$/)
							print setting, "-q", name, before[name] + turns[t], errors[e]
		}' trace
}

# Those of a task between vfork and exec, but for those that its program makes, too.
# (The command itself begins with an execve.)
list_childs() {
	clean
	strace -f -o trace "$cohort" "${args[@]}" >out 2>said
	awk '
		{ line = $0; sub(/^[0-9]+ +/, "", line) }
		line ~ /^setpgid\(0, 0\)/ { begins[$1] = 1 }
		match(line, /^[a-z_0-9]+\(/) && begins[$1] {
			name = substr(line, 1, RLENGTH - 1)
			if (done[$1])
				later[name] = 1
			else
				early[name] = 1
			if (name == "execve")
				done[$1] = later[name] = 1
		}
		END {
			split("EPERM ENOMEM EIO EINTR EAGAIN ENOSYS", errors)
			for (name in early)
				for (e in errors)
					if (!(name in later))
						print "COHORT_BACKEND=serial", "-fq", name, 1, errors[e]
		}' trace
}

# ---- one refusal ----

# Another process of the last run may still be ending.
resume() {
	local tries=0

	until "$cohort" "${args[@]}" >out 2>said; do
		grep -q 'in use' said && [ $((tries += 1)) -lt 100 ] || return
		sleep 0.1
	done
}

wrong() {
	echo "$setting: $call, occurrence $occurrence, $error: $1"
	sed 's/^/    /' said.first
	cat said t.csv 2>/dev/null || true
	found=1
}

# inject SETTING FOLLOWS CALL OCCURRENCE ERROR
inject() {
	local setting=$1 call=$3 occurrence=$4 error=$5 status=0

	clean
	timeout 300 env "$1" strace "$2" -o trace -e "trace=$3" \
		-e "inject=$3:error=$5:when=$4" "$cohort" "${args[@]}" >out 2>said.first || status=$?
	case $status in
	0) [ "$(cat t.csv)" = "$good" ] || wrong 'another table' ;;
	3) [ -s said.first ] || [ "$call" = write ] || wrong 'no sentence' ;;
	# So another run has the lock.
	2) [ "$call $error" = 'flock EAGAIN' ] || wrong "status $status" ;;
	*) wrong "status $status" ;;
	esac
	if ! resume; then
		wrong 'the next run does not end the sweep'
	elif [ "$(cat t.csv)" != "$good" ]; then
		wrong 'another table after the next run'
	fi
}

{
	list_own COHORT_BACKEND=serial
	list_own COHORT_SIZE=2
	list_childs
} | sort >list
count=$(wc -l <list)
if [ "${COHORT_TEST_INJECT:-}" = all ]; then
	cp list drawn
else
	for ((i = 0; i < DRAWN; i++)); do
		sed -n "$(((RANDOM * 32768 + RANDOM) % count + 1))p" list
	done >drawn
	# Rank 0 alone cannot tell the kind of the journal's file system: ranks that
	# disagreed wrote two formats into one file.
	echo 'COHORT_SIZE=2 -q fstatfs 1 EIO' >>drawn
fi
echo "$(wc -l <drawn) of $count refusals, seed $seed"
found=0
while read -r line; do
	# shellcheck disable=SC2086
	inject $line
done <drawn
exit $found
