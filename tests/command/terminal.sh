#!/usr/bin/env bash
# A sweep at a terminal, which tmux shows: the line of progress, Ctrl-Z, Ctrl-C once
# and twice; and a rank that is killed takes its task along.
#
#   terminal.sh COHORT
set -euo pipefail
export LC_ALL=C
unset COHORT_PROGRESS TMUX

cohort=$1
folder=$(mktemp -d)
screen() {
	tmux -S "$folder/socket" -f /dev/null "$@"
}
end() {
	screen kill-server 2>/dev/null || true
	rm -rf "$folder"
}
trap end EXIT
cd "$folder"

# until_true WHAT COMMAND...: the sweep waits for us, not for the time.
until_true() {
	local tries=0

	until "${@:2}"; do
		[ $((tries += 1)) -lt 1200 ] || {
			echo "waited in vain: $1"
			screen capture-pane -p
			exit 1
		}
		sleep 0.05
	done
}
shows() {
	screen capture-pane -p | grep -q -- "$1"
}
state_is() {
	[ "$(ps -o state= -p "$2" 2>/dev/null)" = "$1" ]
}
is_gone() {
	local state

	state=$(ps -o state= -p "$1" 2>/dev/null) || return 0
	[ "$state" = Z ]
}

# The first two end at once; the others wait, in a process below the first one,
# until the test writes into their pipe.
cat >task <<'END'
#!/bin/sh
[ $1 -ge 2 ] || exit 0
sh -c 'echo $$ >pid-'$1'.new; mv pid-'$1'.new pid-'$1'; read -r line <pipe-'$1
true
END
chmod +x task
mkfifo pipe-2 pipe-3 pipe-4 pipe-5
screen new-session -d -x 120 -y 40 "PS1='$ ' bash --norc --noprofile"
type() {
	screen send-keys -l "$1"
	screen send-keys Enter
}
run() {
	rm -f pid-*
	type "clear; '$cohort' sweep -n 2 $1 -p n=0,1,2,3,4,5 -- ./task; echo \"status \$?.\""
	until_true 'both tasks run' test -e "pid-$2" -a -e "pid-$3"
}

# ---- progress, Ctrl-Z ----

run '' 2 3
until_true 'the line of progress' shows '2/6 (33 %)'
screen send-keys C-z
until_true 'the shell says so' shows Stopped
for n in 2 3; do
	until_true "task $n is stopped" state_is T "$(cat pid-$n)"
done
type 'clear; fg; echo "status $?."'
for n in 2 3; do
	until_true "task $n goes on" state_is S "$(cat pid-$n)"
done

# ---- Ctrl-C once: what runs is finished ----

screen send-keys C-c
until_true 'it says what happens' shows 'SIGINT'
echo >pipe-2
echo >pipe-3
until_true 'the end' shows 'status 130\.'
shows 'cohort: 4 done, 0 failed, 2 not run'
[ ! -e pid-4 ] && [ ! -e pid-5 ]

# ---- Ctrl-C twice: it is ended, with all processes of the tasks ----

run '' 4 5
screen send-keys C-c
until_true 'it says what happens' shows 'SIGINT'
# Within half a second two signals count as one.
again() {
	is_gone "$(cat pid-4)" || {
		screen send-keys C-c
		false
	}
}
until_true 'the second one ends it' again
until_true 'the other task has ended' is_gone "$(cat pid-5)"
type 'clear; echo "status $?."'
until_true 'the status' shows 'status [0-9]*\.'
status=0
"$cohort" status task.cohort >said
grep -q '^4 of 6 tasks were run: 4 ok, 2 not run$' said

# ---- the rank of a task is killed ----

run '' 4 5
parent() {
	ps -o ppid= -p "$1" | tr -d ' '
}
rank=$(parent "$(parent "$(cat pid-4)")")
kill -KILL $rank
until_true 'its task has ended' is_gone "$(cat pid-4)"
# The other rank goes on if it is not the first one that died.
kill -KILL "$(cat pid-5)" 2>/dev/null || true
until_true 'the sweep ends, too' shows 'status [1-9]'

# ---- Ctrl-Z while --timeout counts ----
# A task that took less than the limit while it ran is not late. On a busy machine it
# may run longer, and is tried again.
pauses() {
	is_gone "$1" || state_is T "$1"
}
goes_on() {
	is_gone "$1" || state_is S "$1"
}
is_in_time() {
	rm -f pid-2
	type "clear; '$cohort' sweep -n 1 --fresh --journal late --timeout 3 -o late.csv -p n=2 -- ./task; echo \"status \$?.\""
	until_true 'the task runs' test -e pid-2
	screen send-keys C-z
	until_true 'the task is stopped' pauses "$(cat pid-2)"
	until_true 'the shell says so' shows 'Stopped\|status'
	sleep 3.1
	type 'clear; fg; echo "status $?."'
	until_true 'the task goes on' goes_on "$(cat pid-2)"
	# Nobody waits here if the task has ended.
	exec 4<>pipe-2
	echo >&4
	until_true 'the end' shows 'status [01]\.'
	exec 4>&-
	grep -q ',ok,' late.csv
}
tries=0
until is_in_time; do
	cat late.csv
	[ $((tries += 1)) -lt 5 ]
done
