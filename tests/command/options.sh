#!/usr/bin/env bash
# What `cohort sweep` gives to its tasks: niceness, cores, GPUs, the numbers of rank and
# slot, a directory; lines with --tag; and a deadline.
#
#   options.sh COHORT
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never
unset CUDA_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES SLURM_JOB_END_TIME
unset OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS BLIS_NUM_THREADS

cohort=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# same WHAT EXPECTED ACTUAL
same() {
	[ "$2" = "$3" ] && return
	printf '%s: expected\n%s\nbut got\n%s\n' "$1" "$2" "$3"
	cat said 2>/dev/null
	exit 1
}

# sweep EXPECTED_STATUS ARGUMENT...: the table goes to t.csv.
before=()
sweep() {
	local status=0

	rm -rf -- *.cohort*
	"${before[@]}" "$cohort" sweep -o t.csv "${@:2}" >out 2>said || status=$?
	same "status of ${before[*]} cohort sweep ${*:2}" "$1" $status
}

# columns A,B,...: their values, in the order of the first one.
columns() {
	sqlite3 -separator ' ' :memory: '.import --csv t.csv t' \
		"SELECT $1 FROM t ORDER BY ${1%%,*}"
}

# A task ends when COUNT tasks run, so that each slot runs one of them.
cat >meet <<'END'
#!/bin/bash
# meet COUNT NAME COMMAND...
: >"met-$2"
until met=(met-*) && [ ${#met[@]} = "$1" ]; do sleep 0.01; done
exec "${@:3}"
END
chmod +x meet

# ---- niceness ----

sweep 0 -n 1 --nice 3 --parse number -p a=1 -- sh -c nice
most=$(($(nice) + 3))
same --nice $((most < 19 ? most : 19)) "$(columns value)"

# ---- ranks, slots and GPUs ----

sweep 0 --backend mp -n 3 --gpus 2 --parse csv \
	--columns slot,of_rank,of_variable,cuda,rocr -p a=1,2,3 -- \
	./meet 3 '{a}' sh -c \
	'echo "$1,$2,$COHORT_TASK_SLOT,$CUDA_VISIBLE_DEVICES,$ROCR_VISIBLE_DEVICES"' \
	sh '{slot}' '{rank}'
same 'slots, ranks and GPUs' '0 0 0 0 0 0
1 1 1 1 1 1
2 2 2 2 0 0' "$(columns slot,of_rank,rank,of_variable,cuda,rocr)"
rm met-*
sweep 0 -n 1 --parse 'regex:out=(.*)' -p a=1 -- sh -c \
	'echo "<$CUDA_VISIBLE_DEVICES$ROCR_VISIBLE_DEVICES$OMP_NUM_THREADS>"'
same 'without --gpus and --cpus' '<>' "$(columns out)"

# GPUs that a batch system has given: CUDA_VISIBLE_DEVICES, ROCR_VISIBLE_DEVICES, and
# what each task gets.
listed() {
	rm -f met-*
	before=(env ${1:+"CUDA_VISIBLE_DEVICES=$1"} ${2:+"ROCR_VISIBLE_DEVICES=$2"})
	sweep 0 --backend mp -n 3 "${@:4}" --parse 'regex:out=(.*)' -p a=1,2,3 -- \
		./meet 3 '{a}' sh -c 'echo "$CUDA_VISIBLE_DEVICES/$ROCR_VISIBLE_DEVICES"'
	same "GPUs of CUDA='$1' ROCR='$2' ${*:4}" "$3" "$(columns rank,out | paste -sd,)"
}
listed 2,3 '' '0 2/,1 3/,2 2/' --gpus 2
listed 2,3 '' '0 2/,1 3/,2 2/' --gpus
listed 5,7,GPU-8f2e,9 '' '0 5/,1 7/,2 GPU-8f2e/' --gpus=3
listed '' 4,6 '0 /4,1 /6,2 /4' --gpus
listed 1,2,3 7,8 '0 1/7,1 2/8,2 3/7' --gpus
# refused SENTENCE ARGUMENT...
refused() {
	sweep 2 "${@:2}" -p a=1 -- true
	grep -qF -- "$1" said || same 'the sentence' "$1" "$(cat said)"
	same 'directories' '' "$(find . -name '*.cohort')"
}
before=(env CUDA_VISIBLE_DEVICES=2,3)
refused '--gpus 3: CUDA_VISIBLE_DEVICES lists 2 GPUs here, 2,3: leave the number out' \
	--gpus 3
before=(env CUDA_VISIBLE_DEVICES=2,3 ROCR_VISIBLE_DEVICES=)
refused '--gpus: ROCR_VISIBLE_DEVICES lists no GPU here' --gpus
before=()
refused '--gpus without a number deals the GPUs of' --gpus
rm met-*

# ---- cores ----

# Up to two of the cores that this test may use. Without -n, there are as many slots.
mapfile -t cores < <(awk '/^Cpus_allowed_list:/ { print $2 }' /proc/self/status |
	tr , '\n' | while IFS=- read -r from to; do
	seq "$from" "${to:-$from}"
done | head -2)
before=(taskset -c "$(IFS=, && echo "${cores[*]}")")
cat >where <<'END'
#!/bin/sh
cores=$(awk '/^Cpus_allowed_list:/ { print $2 }' /proc/self/status)
echo "$cores: $OMP_NUM_THREADS $OPENBLAS_NUM_THREADS $MKL_NUM_THREADS $BLIS_NUM_THREADS"
END
chmod +x where
sweep 0 --cpus 1 --parse 'regex:out=(.*)' -p a=range:1:${#cores[@]}:1 -- \
	./meet ${#cores[@]} '{a}' ./where
same '--cpus 1' "$(printf '%s: 1 1 1 1\n' "${cores[@]}")" "$(columns out | sort -n)"
if [ ${#cores[@]} = 2 ]; then
	before+=(env MKL_NUM_THREADS=7)
	sweep 0 --cpus 2 --parse 'regex:out=(.*)' -p a=1,2 -- ./where
	same '--cpus 2' 2 "$(columns out | grep -c "^${cores[0]}[-,]${cores[1]}: 2 2 7 2$")"
	same 'slots with --cpus 2' '0 0' "$(columns rank | paste -sd' ')"
else
	echo 'not tested: --cpus 2 (one core)'
fi
# A rank for which there are no cores runs no task.
sweep 0 --backend mp -n $((${#cores[@]} + 1)) --cpus 1 -p a=range:1:9:1 -- sh -c 'sleep 0.02'
same 'ranks without a core' 0 "$(columns rank | awk -v n=${#cores[@]} '$1 >= n' | wc -l)"
before=()

# ---- a directory of its own ----

sweep 0 -n 2 --parse 'regex:dir=(.*)' -p a=1,2,3 -- \
	sh -c 'cd "$1" && ls -A && echo "$2" >file && echo "$1"' sh '{dir}' '{a}'
same 'outputs with {dir}' '1 1 1' "$(for task in 0 1 2; do
	"$cohort" output sh.cohort $task | wc -l
done | paste -sd' ')"
same 'directories' '1 2 3' "$(columns a,dir | cut -d' ' -f2 | while read -r dir; do
	cat "$dir/file"
done | paste -sd' ')"

sweep 0 -n 1 --retries 1 --retry-on exit -p a=1 -- \
	sh -c 'ls -A "$1" && : >"$1/file" && [ $COHORT_TASK_ATTEMPT = 1 ]' sh '{dir}'
same 'a directory for each attempt, which stays' 2 \
	"$(find sh.cohort/tasks -name file | wc -l)"
same 'they were empty' '' "$("$cohort" output sh.cohort 0)"
sweep 0 -n 1 --tmp --parse csv --columns dir,here -p a=1 -- \
	sh -c 'echo "$1,$(pwd -P)"' sh '{dir}'
same '{dir} with --tmp' "$(columns dir)" "$(columns here)"
[ ! -e "$(columns dir)" ]
mkdir -p place-x place-y
sweep 0 -n 2 --chdir 'place-{d}' --parse 'regex:here=([^/]*)$' -p d=x,y -- pwd
same '--chdir with a placeholder' 'x place-x
y place-y' "$(columns d,here)"

# ---- lines with their task ----

cat >talk <<'END'
#!/bin/sh
printf 'one %s\n\ntwo' "$1"
printf 'error\t%s\n' "$1" >&2
END
chmod +x talk
for ranks in 1 3; do
	sweep 0 -n $ranks --tag -p a=x,y -- ./talk
	same "--tag, $ranks ranks" $'0\t\n0\tone x\n0\ttwo\n1\t\n1\tone y\n1\ttwo' \
		"$(sort out)"
	same "errors with --tag, $ranks ranks" $'0\terror\tx\n1\terror\ty' \
		"$(grep -v ^cohort said | sort)"
	same "what is kept with --tag" $'one y\n\ntwo' \
		"$("$cohort" output talk.cohort 1 2>/dev/null)"
done

# ---- deadlines ----

states() {
	cut -d, -f2 t.csv | tail -n +2 | sort | uniq -c | sed 's/^ *//' | paste -sd,
}
past=$(($(date +%s) - 10)) later=$(($(date +%s) + 100000))
sweep 1 -n 2 --deadline @$past -p a=1,2,3 -- true
same '--deadline that has passed' '3 not run' "$(states)"
sweep 0 -n 2 --deadline @$later -p a=1,2,3 -- true
sweep 0 -n 2 --deadline 100000 -p a=1,2,3 -- true
before=(env SLURM_JOB_END_TIME=$past)
sweep 1 -n 2 -p a=1,2,3 -- true
same 'SLURM_JOB_END_TIME that has passed' '3 not run' "$(states)"
sweep 0 -n 2 --deadline 100000 -p a=1,2,3 -- true
before=(env SLURM_JOB_END_TIME=$later)
sweep 0 -n 2 -p a=1,2,3 -- true
# After a task of more than half the time there is none for another one.
before=()
sweep 1 -n 1 --deadline 2 -p a=1,2,3 -- sh -c 'sleep 1.1'
same '--deadline' '2 not run,1 ok' "$(states)"
# Nor is there time for another attempt, although the deadline has not come, and the
# task counts as not run.
sweep 1 -n 1 --deadline 1.6 --retries 1 --retry-on exit -p a=1,2,3 -- \
	sh -c 'sleep 0.6; echo "$1 $2" >>began; [ $1 = 1 ]' sh '{a}' '{attempt}'
same 'attempts with --deadline' '2 not run,1 ok' "$(states)"
same 'no second attempt' 0 "$(grep -c ' 1$' began)"
# No attempt begins after the deadline.
sweep 1 -n 1 --deadline 1 --retries 20 --retry-on exit -p a=1,2 -- \
	sh -c 'sleep 0.3; exit 1'
same '--deadline and --retries' '2 not run' "$(states)"
grep -q '^cohort sweep: --deadline ' said
"$cohort" sweep -n 1 -p a=1,2 --journal left --deadline @$past -- echo 2>said || true
"$cohort" sweep -n 1 -p a=1,2 --journal left -o t.csv -- echo 2>said
same 'the rest without --deadline' '2 ok' "$(states)"
echo "cohort sweep: all options passed"
