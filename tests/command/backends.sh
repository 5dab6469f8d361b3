#!/usr/bin/env bash
# The same scenes of `cohort sweep` on every backend, with 2 ranks: refusals, failures,
# retries, time limits, --only, --halt, signals, and what the next run does. Statuses,
# tables, sentences of refusals and the tasks that were run are those of one process.
#
#   backends.sh COHORT [LAUNCHER]...
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

cohort=$1
shift
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT

cat >"$top/task" <<'END'
#!/bin/sh
# task KIND N
echo "$2" >>ran
case $1 in
fail) exit 4 ;;
crash) kill -SEGV $$ ;;
late) exec sleep 1000 ;;
retry) [ "$COHORT_TASK_ATTEMPT" = 2 ] || exit 3 ;;
once) [ -e mended ] || exit 5 ;;
wait)
	# The rank that has started this task.
	echo $PPID >>waits
	until [ -e go ]; do sleep 0.02; done
	;;
esac
echo $(($2 * $2))
END
chmod +x "$top/task"

# sweep ARGUMENT...: the table goes to t.csv, the status to $status.
sweep() {
	rm -f t.csv
	status=0
	"${launch[@]}" "$cohort" sweep --no-measures --parse number -o t.csv "$@" \
		>out 2>said </dev/null || status=$?
}

fail() {
	echo "${launch[*]}: $1, status $status"
	cat said t.csv
	exit 1
}

# record LABEL: what has to be the same on all backends.
record() {
	{
		echo "== $1: status $status"
		[ ! -e t.csv ] || cat t.csv
		grep -ohE '^cohort sweep: .*|^cohort: .* failed(, [0-9]+ not run)?' said |
			sed 's/ ([0-9]* tasks\{0,1\} w[a-z]* run before)//' || true
		echo "run: $([ ! -e ran ] || sort -n ran | paste -sd' ')"
	} >>record
	rm -f ran
}

scene() {
	sweep "${@:2}"
	record "$1"
}

# stopped SIGNAL: each rank gets it while it has a task, which ends; the next run does
# the rest.
stopped() {
	local args=(--journal "stop-$1" -p kind=wait -p n=range:1:6:1 -- ../task) ranks

	rm -f go
	: >waits
	{
		until [ "$(wc -l <waits)" = "$size" ]; do sleep 0.02; done
		mapfile -t ranks <waits
		kill "-$1" "${ranks[@]}"
		: >go
	} &
	sweep "${args[@]}"
	wait
	[ "$(grep -c ',ok,0,' t.csv) $(grep -c ',not run,' t.csv)" = "$size $((6 - size))" ] ||
		fail "stopped by SIG$1"
	[ "$(wc -l <ran)" = "$size" ] || fail "tasks began after SIG$1"
	echo "status $status after SIG$1" >>record
	# Both runs together run each task once.
	scene "after SIG$1" "${args[@]}"
}

# scenes NAME SIZE COMMAND...: all of them, started by the command.
scenes() {
	size=$2 launch=("${@:3}")
	mkdir "$top/$1"
	cd "$top/$1"
	printf 'a,b\n1,2\n3\n' >short.csv
	scene 'an unknown option' --zp -- ../task
	scene 'a bad input' --input short.csv -- ../task
	scene 'no such command' -p a=1 -- ./nothing
	scene 'an unknown index' --only 7 -p kind=ok -p n=1,2 -- ../task
	scene 'failures' --journal ends --timeout 100 --only 0-4,7-9 \
		-p kind=ok,fail,crash -p n=1,2,3,4 -- ../task
	scene 'the rest of them' --journal ends -p kind=ok,fail,crash -p n=1,2,3,4 -- ../task
	scene 'another command' --journal ends -p kind=ok -p n=1 -- ../task '{kind}' '{n}' x
	scene 'time limits' --journal late --timeout 0.2 --retries 1 -p kind=late \
		-p n=1,2 -- ../task
	scene 'retries' --journal retry --retries 2 --retry-on exit -p kind=retry \
		-p n=1,2,3 -- ../task
	scene 'too few retries' --journal few --retries 1 --retry-on exit -p kind=retry \
		-p n=1,2,3 -- ../task
	scene 'before they are mended' --journal once -p kind=once,ok -p n=1,2 -- ../task
	: >mended
	scene '--only failed' --journal once --only failed -p kind=once,ok \
		-p n=1,2,3 -- ../task
	rm mended
	scene '--fresh' --journal again -p kind=once -p n=1,2 -- ../task
	: >mended
	scene '--retry-failed' --journal again --retry-failed -p kind=once \
		-p n=1,2,3 -- ../task
	scene 'samples' --journal samples --sample 8 --seed 4 -p kind=choice:ok,fail \
		-p n=choice:1,2,3,4,5,6 -- ../task
	scene 'seeds' --journal seeds --seed 4 -p n=1,2,3,4 -- ../task ok '{seed}'
	# Another rank may have begun up to three more before it sees the stop.
	sweep --journal halt --halt soon,fail=2 -p kind=fail -p n=range:1:20:1 -- ../task
	[ "$(grep -c ',failed,4,' t.csv)" -le $((3 * size - 1)) ] || fail '--halt'
	scene 'after --halt' --journal halt -p kind=fail -p n=range:1:20:1 -- ../task
	stopped INT
	stopped TERM
	[ "$1" = serial ] || cmp ../serial/record record || {
		diff ../serial/record record || true
		echo "$1 differs from one process"
		exit 1
	}
	echo "$1: $(grep -c '^==' record) scenes"
}

# halted ARGUMENT...: on one rank on each of two nodes. Each rank fails three times, rank
# 0 first, so that no rank knows of six failures when its own task fails.
cat >"$top/thrice" <<'END'
#!/bin/sh
echo 1
[ ! -e calm ] || exit 0
if [ $1 = 1 ]; then
	until [ "$(cat failed-0 2>/dev/null | wc -l)" = 3 ]; do sleep 0.02; done
fi
if [ "$(cat failed-$1 2>/dev/null | wc -l)" -lt 3 ]; then
	echo >>failed-$1
	exit 4
fi
until [ "$(cat failed-1 2>/dev/null | wc -l)" = 3 ]; do sleep 0.02; done
sleep 0.02
END
chmod +x "$top/thrice"
halted() {
	rm -f failed-*
	sweep "$@" -p n=range:1:300:1 -- ../thrice '{rank}'
	grep -qE '^cohort: [0-9]+ done, 6 failed, [0-9]+ not run' said ||
		fail "$* on two nodes"
}

scenes serial 1 env COHORT_BACKEND=serial
scenes mp 2 env COHORT_BACKEND=mp COHORT_SIZE=2
for launcher in "$@"; do
	scenes "${launcher##*/}" 2 "$launcher" -n 2
	launch=(env COHORT_TEST_NODES=2 "$launcher" -n 2)
	halted --journal nodes --halt soon,fail=6
	halted --fresh --journal nodes --halt now,fail=6
	# Failures that the journal has do not count.
	: >calm
	sweep --journal nodes --halt soon,fail=6 -p n=range:1:300:1 -- ../thrice '{rank}'
	grep -q '^cohort: 294 done.* 6 failed' said || fail 'failures of an earlier run'
done
