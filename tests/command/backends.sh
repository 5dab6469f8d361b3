#!/usr/bin/env bash
# The same scenes of `cohort sweep` on every backend, with 2 ranks or 3: refusals, inputs
# and what tasks get, failures, retries, time limits, --only, --halt, signals, and what
# the next run does. Statuses,
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
parse=(--parse number)
sweep() {
	rm -f t.csv
	status=0
	"${launch[@]}" "$cohort" sweep --no-measures "${parse[@]}" -o t.csv "$@" \
		>out 2>said </dev/null || status=$?
}

# same WHAT EXPECTED ACTUAL
same() {
	[ "$2" = "$3" ] && return
	printf '%s: expected\n%s\nbut got\n%s\n' "$1" "$2" "$3"
	fail "$1"
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

# Many options in one sweep, and what it has to give.
together() {
	local parse=(--parse 'regex:got=got (.*)')

	mkdir place-x place-y place-z
	printf 'a\tb\nit'\''s\t1\n"tab\there"\t2\n' >cases.txt
	printf 'x\ny\nz\n' >lines
	printf 'first' >in-1
	printf 'second' >in-2
	scene 'an input times values' --journal times --input cases.txt --format tsv \
		-p k=linspace:0:1:3 --shell --env 'E=<{a}>' --tmp --keep-failed \
		--stdin 'in-{b}' --nice 1 --mem 900M --timeout 100 --grace 9 --tag \
		--output-dir files -- \
		'echo "got $(cat) $E" {a} "$COHORT_P_k"; echo {index}$(ls -A)'
	same 'an input times values' "a,b,k,status,exit,signal,got
it's,1,0,ok,0,,first <it's> it's 0
it's,1,0.5,ok,0,,first <it's> it's 0.5
it's,1,1,ok,0,,first <it's> it's 1
tab\there,2,0,ok,0,,second <tab\there> tab\there 0
tab\there,2,0.5,ok,0,,second <tab\there> tab\there 0.5
tab\there,2,1,ok,0,,second <tab\there> tab\there 1" "$(sed 's/\t/\\t/g' t.csv)"
	same 'lines with --tag' "$(for i in 0 1 2 3 4 5; do
		sed "s/^/$i\t/" files/$i.out
	done | sort)" "$(grep -E $'^[0-5]\t' out | sort)"
	same 'files of --output-dir' 12 "$(ls files | wc -l)"
	parse=(--parse csv --columns one,two)
	scene 'values that are paired' --journal pairs --zip -p d=file:lines \
		-p l=logspace:0:2:3 -p r=range:0.1:0.3:0.1 --chdir 'place-{d}' --gpus 1 -- \
		sh -c 'echo no; echo "$CUDA_VISIBLE_DEVICES$1,${{PWD##*/}}"' sh '{r}'
	same 'values that are paired' 'd,l,r,status,exit,signal,one,two
x,1,0.1,ok,0,,00.1,place-x
y,10,0.2,ok,0,,00.2,place-y
z,100,0.3,ok,0,,00.3,place-z' "$(cat t.csv)"
	parse=(--parse json)
	printf '{"m": "a b", "n": 2.50}\n{"n": null, "m": true}\n' >rows.jsonl
	scene 'samples of each row' --journal rows --input rows.jsonl --sample 2 \
		--method sobol -p s=uniform:0:8 -p t=choice:u,v -- \
		sh -c 'echo "{{\"got\": \"$1|$2|$3|$4\"}}"' sh
	same 'samples of each row' 'm,n,s,t,status,exit,signal,got
a b,2.5,0,u,ok,0,,a b|2.5|0|u
a b,2.5,4,v,ok,0,,a b|2.5|4|v
true,,0,u,ok,0,,true||0|u
true,,4,v,ok,0,,true||4|v' "$(cat t.csv)"
	scene 'an unknown placeholder' -p mesh=1 -- ../task '{mehs}'
	scene 'a table that cannot be written' -o no/such/t.csv -p a=1 -- ../task
	[ -z "$(ls -d ./*.cohort* 2>/dev/null)" ] || fail 'a directory was made'
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
	together
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
scenes socket 3 env COHORT_BACKEND=mp COHORT_SIZE=3 COHORT_TRANSPORT=socket
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
