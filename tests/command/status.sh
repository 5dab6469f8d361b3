#!/usr/bin/env bash
# `cohort status` while a sweep runs elsewhere, after it was killed, and later.
#
#   status.sh COHORT
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

cohort=$1
folder=$(mktemp -d)
sweep=
end() {
	[ -z "$sweep" ] || kill -KILL -- "-$sweep" 2>/dev/null || true
	rm -rf "$folder"
}
trap end EXIT
cd "$folder"

# Until the status has a line; the sweep waits for us.
status_has() {
	local tries=0

	until "$cohort" status task.cohort >said 2>&1 && grep -qx -- "$1" said; do
		[ $((tries += 1)) -lt 600 ] || {
			echo "the status does not get the line: $1"
			cat said
			exit 1
		}
		sleep 0.05
	done
}

# 2 and 5 wait until the test writes into their pipe; 3 fails.
cat >task <<'END'
#!/bin/sh
case $1 in
2 | 5)
	read -r line <"pipe-$1-$COHORT_TASK_ATTEMPT"
	[ "$line" = ok ]
	;;
3) exit 1 ;;
esac
END
chmod +x task
mkfifo pipe-2-0 pipe-5-0 pipe-5-1
host=$(uname -n)
args=(-n 2 --retries 1 --retry-on exit -p n=0,1,2,3,4,5,6 -- ./task)
setsid "$cohort" sweep "${args[@]}" 2>log &
sweep=$!
status_has '4 of 7 tasks were run: 3 ok, 1 failed, 3 not run'
status_has "  rank [01] on $host: task 2, for [0-9.]* s"
status_has "  rank [01] on $host: task 5, for [0-9.]* s"
grep -q '^this run: 4 tasks in .*/s; about .* left$' said
grep -q '  1: exit status 1; as task 3, see: cohort output task.cohort 3' said
[ "$(grep -c '^  rank' said)" = 2 ]
[ "$(grep '^  rank' said | cut -d' ' -f4 | sort -u | wc -l)" = 2 ]
"$cohort" output task.cohort 5 2>said && exit 1
grep -q '^cohort output: rank [01] has run task 5 for [0-9]* s: what it prints' said
"$cohort" output task.cohort 6 2>said && exit 1
grep -qx 'cohort output: task 6 has not been run yet' said
echo no >pipe-5-0
status_has "  rank [01] on $host: task 5, attempt 2, for [0-9.]* s"
echo ok >pipe-2-0
status_has '6 of 7 tasks were run: 5 ok, 1 failed, 1 not run'
status_has "  rank [01] on $host: task 5, attempt 2, for [0-9.]* s"

# One of the ranks has nothing left to do; its last note may be old. It has not been
# killed.
for note in task.cohort/running-*; do
	read -r _ _ index _ <"$note"
	[ "$index" = 5 ] && continue
	awk '{ $5 -= 3600; $6 -= 3600; printf "%-383s\n", $0 }' OFMT=%.6f \
		CONVFMT=%.6f "$note" >aged
	cp aged "$note"
	idle=$note
done
[ -n "$idle" ]
status_has "  rank [01] on $host: task 5, attempt 2, for [0-9.]* s"
[ "$(grep -c '^  rank' said)" = 1 ] && grep -q '^this run: 6 tasks' said &&
	! grep -q silent said || {
	cat said
	exit 1
}

# Killed, and looked at an hour later.
kill -KILL -- -$sweep
wait $sweep 2>/dev/null || true
sweep=
for note in task.cohort/running-*; do
	awk '{ $5 -= 3600; $6 -= 3600; printf "%-383s\n", $0 }' OFMT=%.6f \
		CONVFMT=%.6f "$note" >aged
	cp aged "$note"
done
status_has '[12] ranks\? ha[a-z]* been silent for 1:00:[0-9]* h: the sweep was killed there, or the machine cannot be reached'
! grep -q '^running' said || {
	cat said
	exit 1
}

# At its end a sweep takes its notes away.
echo ok >pipe-5-0 &
tries=0
until "$cohort" sweep "${args[@]}" 2>log || [ $? = 1 ]; do
	# Ranks of the last run may still be ending.
	grep -q 'in use' log && [ $((tries += 1)) -lt 100 ]
	sleep 0.1
done
status_has '7 of 7 tasks were run: 6 ok, 1 failed'
! grep -q 'rank' said || {
	cat said
	exit 1
}
[ -z "$(ls task.cohort/running-* 2>/dev/null)" ]

# Of many ranks those with the longest tasks are listed.
now=$(date +%s)
for rank in $(seq 0 29); do
	printf '%-383s\n' "9 $rank $rank 0 $((now - 4000 + 60 * rank)) $now h$rank" \
		>task.cohort/running-9-$rank
done
"$cohort" status task.cohort >said
[ "$(grep -c '^  rank' said)" = 20 ]
grep -q '^  rank 0 on h0: task 0, for 1:06:4[0-9] h$' said
grep -q '^  rank 19 on h19: task 19, for 47:4[0-9] min$' said
grep -q '^  and 10 other ranks, with shorter tasks' said
"$cohort" status task.cohort --all >said
[ "$(grep -c '^  rank' said)" = 30 ]
