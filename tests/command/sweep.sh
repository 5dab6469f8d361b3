#!/usr/bin/env bash
# `cohort sweep` runs commands: what they get, what is kept of them, and what a later
# run does.
#
#   sweep.sh COHORT [LAUNCHER]...
#
# With launchers the first case runs under each of them, too.
set -euo pipefail
. "$(dirname "$0")/expect.sh"
export LC_ALL=C

cohort=$1
shift
docs=$(cd "$(dirname "$0")/../../docs" && pwd)/command.md
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export COHORT_PROGRESS=never

# ---- the time of --grace if it is not given; the other cases do not wait for it ----

# default_grace: one task ignores SIGTERM at its time limit, one is ended as its sweep
# is. A time, of 5 s, has no upper bound here.
default_grace() {
	"$cohort" sweep --backend serial --timeout 0.1 --journal late -o late.csv -p a=1 -- \
		sh -c 'trap "" TERM; while :; do sleep 0.1; done' 2>late.said &
	"$cohort" sweep --backend serial --journal term -o term.csv --no-measures -p a=1,2 \
		-- sh -c 'trap "date +%s.%N >term.end; exit" TERM
			echo $PPID >term.new; mv term.new term.rank
			while :; do sleep 0.05; done' sh 2>term.said &
	until [ -s term.rank ]; do sleep 0.05; done
	date +%s.%N >term.begin
	kill -TERM "$(cat term.rank)"
	wait $! && echo 0 >term.status || echo $? >term.status
	wait
}
default_grace &
graces=$!

# ---- the first sweep of docs/command.md, as it stands there ----

first=$(sed -n '/^## A first sweep/,/^makes/p' "$docs" | sed -n '/^```/,/^```/p' |
	grep -v '^```')
eval "\"$cohort\" ${first#cohort }" 2>said
same 'the first sweep' '2,1,2 2,2,4 2,3,8 3,1,3 3,2,9 3,3,27' \
	"$(tail -n +2 powers.csv | cut -d, -f1,2,10 | paste -sd' ')"
same 'its header' base,power,status,exit,signal,seconds,attempts,max_rss,rank,value \
	"$(head -1 powers.csv)"

# The other commands of that part, one a line.
mkdir of-tour
ln -s "$cohort" of-tour/cohort
printf 'one\ntwo words\n' >names.txt
echo 1 >one
echo 2 >'two words'
sed -n '/^## A first sweep/,/^## Where/p' "$docs" | sed -n '/^```/,/^```/p' |
	grep '^cohort' | grep -v '\\$' >commands
same 'their number' 2 "$(wc -l <commands)"
while read -r line; do
	status 0 env PATH="$PWD/of-tour:$PATH" sh -c "$line" </dev/null
done <commands
same 'what the first script has made' '1 2' "$(zcat 0.gz 1.gz | paste -sd' ')"
same 'what the second script prints' 'v 1 and 1' "$("$cohort" output v.cohort 0)"
rm -r sweep.cohort

# ---- the same table from every backend ----

cat >plant <<'END'
#!/bin/sh
# plant A B: fails if A is 2, is ended by a signal if A is 3.
echo "to $1 and $2" >&2
[ "$1" = 3 ] && kill -SEGV $$
printf '{"sum": %d, "text": "%s,"}\n' $(($1 + 10)) "$2"
[ "$1" != 2 ]
END
chmod +x plant
table='a,b,status,exit,signal,sum,text
1,x,ok,0,,11,"x,"
1,y z,ok,0,,11,"y z,"
2,x,failed,1,,,
2,y z,failed,1,,,
3,x,crashed,,11,,
3,y z,crashed,,11,,
4,x,ok,0,,14,"x,"
4,y z,ok,0,,14,"y z,"'
args=(--parse json --no-measures -o t.csv -p a=1,2,3,4 -p 'b=x,y z' --
	./plant '{a}' '{b}')
for backend in 'serial' 'mp -n 3'; do
	status 1 "$cohort" sweep --fresh --backend $backend "${args[@]}"
	same "the table on $backend" "$table" "$(cat t.csv)"
	same "the table of the journal" "$table" \
		"$("$cohort" results --no-measures plant.cohort)"
	grep -q 'cohort: 4 done, 4 failed' said
	grep -q '  2: exit status 1; as task 2, see: cohort output' said
	grep -q '  2: ended by signal 11 (SIGSEGV); as task 4' said
done
for launcher in "$@"; do
	status 1 "$launcher" -n 3 "$cohort" sweep --fresh "${args[@]}"
	same "the table under $launcher" "$table" "$(cat t.csv)"
	grep -q 'cohort: 4 done, 4 failed.* mpi, 3 ranks' said
	# What another rank refuses leaves the sweep before where it was.
	mkdir -p here-0 here-1
	printf '#!/bin/sh\n' >here-0/task
	chmod +x here-0/task
	status 2 "$launcher" -n 2 sh -c \
		'cd "here-${PMI_RANK:-$OMPI_COMM_WORLD_RANK}" && exec "$@"' sh \
		"$cohort" sweep --fresh --journal "$PWD/plant.cohort" -p a=1 -- ./task
	grep -q 'rank 1: the command ./task cannot be started: No such file' said
	[ -d plant.cohort ]
	rm -r here-*
done
for format in tsv jsonl sqlite; do
	"$cohort" results --no-measures -o t.$format plant.cohort
done
same 'the table as TSV' "$(tr , '\t' <<<'3,y z,crashed,,11,,')" \
	"$(sed -n 7p t.tsv)"
same 'the table as JSON lines' \
	'{"a": 1, "b": "y z", "status": "ok", "exit": 0, "signal": null, "sum": 11, "text": "y z,"}' \
	"$(sed -n 2p t.jsonl)"
same 'the table in SQLite' '44|4|integer' "$(sqlite3 t.sqlite \
	'SELECT sum(sum) - 6, count(sum), typeof(min(sum)) FROM results')"

# ---- names of values that a task prints ----

cat >keys <<'END'
#!/bin/sh
# keys KEY: an object with this key, and one that is a parameter.
echo "{\"sum\": 1, \"key\": \"$1\", \"$1\": 2}"
END
chmod +x keys
for format in csv sqlite; do
	status 0 "$cohort" sweep --fresh -n 1 --parse json --no-measures -o k.$format \
		-p 'key=rank,KEY,Sum,,Word,word,key_2' -- ./keys
done
keys='key,status,exit,signal,sum,key_2,rank_2,KEY_3,Sum_2,_,Word,word_2,key_2_2
rank,ok,0,,1,rank,2,,,,,,
KEY,ok,0,,1,KEY,,2,,,,,
Sum,ok,0,,1,Sum,,,2,,,,
,ok,0,,1,,,,,2,,,
Word,ok,0,,1,Word,,,,,2,,
word,ok,0,,1,word,,,,,,2,
key_2,ok,0,,1,key_2,,,,,,,2'
same 'keys that are names of columns' "$keys" "$(cat k.csv)"
same 'these keys in SQLite' "$keys" \
	"$(sqlite3 -csv -header k.sqlite 'SELECT * FROM results' | tr -d '\r"')"

# ---- output ----

"$cohort" output plant.cohort 1 >out 2>said
same 'output of a task' '{"sum": 11, "text": "y z,"}' "$(cat out)"
same 'errors of a task' 'to 1 and y z' "$(cat said)"
same 'status' '8 of 8 tasks were run: 4 ok, 2 failed, 2 crashed' \
	"$("$cohort" status plant.cohort | sed -n 2p)"

# Tasks that print 0 to 1,000,000 bytes, zeros among them, in both streams.
cat >noise <<'END'
#!/bin/sh
seed=$(printf 'n%07d' $1)
yes "$seed" | tr n '\0' | head -c $1
yes "$seed" | head -c $(($1 / 3)) >&2
END
chmod +x noise
sizes=$(seq -s, 0 77777 1000000)
status 0 "$cohort" sweep -n 3 -p size=$sizes -- ./noise
index=0
for size in ${sizes//,/ }; do
	"$cohort" output noise.cohort $index >out 2>said
	./noise $size 2>said.own | cmp - out
	cmp said.own said
	index=$((index + 1))
done
for file in sweep.json cases.csv; do
	[ -s noise.cohort/$file ] || same 'files of a sweep' $file "$(ls noise.cohort)"
done
same 'packed files' yes "$([ "$(ls noise.cohort | wc -l)" -le 12 ] && echo yes)"
status 0 "$cohort" sweep --fresh -n 2 --output-dir files -p size=5,7 -- ./noise
./noise 7 2>said.own | cmp - files/1.out
cmp said.own files/1.err

# ---- what a task gets ----

status 0 "$cohort" sweep -n 2 --parse csv --columns value,index,attempt,slot \
	--no-measures -o t.csv -p 'v=; rm -rf *,"two
lines",q'\''q,' -- sh -c \
	'printf %s "$COHORT_P_v" | tr "\n" /; echo ",$COHORT_TASK_INDEX,$COHORT_TASK_ATTEMPT,$(($COHORT_TASK_SLOT < 2))"'
same 'values' '; rm -rf * two/lines q'\''q ' \
	"$(sqlite3 :memory: '.import --csv t.csv t' "SELECT group_concat(value, ' ') FROM t")"
same 'index' 0123 "$(sqlite3 :memory: '.import --csv t.csv t' 'SELECT group_concat("index", "") FROM t')"

status 0 env OMPI_X=1 PMI_RANK=1 "$cohort" sweep -n 1 --fresh --env 'A=<{v}>' \
	--parse 'regex:a=^A=(.*)' --no-measures -o t.csv -p v=7 -- \
	sh -c 'env; ! env | grep -E "^(OMPI_X|PMI)"' sh
same '--env' '7,ok,0,,<7>' "$(tail -1 t.csv)"

# Without a placeholder the values follow as arguments; one in an option counts.
status 0 "$cohort" sweep -n 1 --dry-run -p f=a -p g=b -- echo
same 'values that follow' 'echo a b' "$(cat out)"
for option in '--stdin {f}' '--chdir {f}' '--env F=x{f}'; do
	status 0 "$cohort" sweep -n 1 --dry-run $option -p f=a -p g=b -- echo
	same "values with $option" echo "$(cat out)"
done
status 0 "$cohort" sweep -n 1 --dry-run --env 'F={{f}}' -p f=a -- echo
same 'braces that are meant' 'echo a' "$(cat out)"
seq 3 >numbers
status 0 "$cohort" sweep -n 1 --fresh --no-measures --stdin '{f}' --parse number -o t.csv \
	-p f=numbers -- wc -l
same 'a file of standard input' 'numbers,ok,0,,3' "$(tail -1 t.csv)"

status 0 "$cohort" sweep -n 1 --fresh --no-measures --parse 'regex:in=(.*)' -o t.csv \
	-p f=a -- sh -c 'readlink /proc/self/fd/0; cat' sh
same 'standard input without --stdin' 'a,ok,0,,/dev/null' "$(tail -1 t.csv)"

# Variables of launchers are not passed on; those of the job are.
launchers_own='OMPI_COMM_WORLD_SIZE PMIX_NAMESPACE PMI_FD PRTE_LAUNCHED HYDI_CONTROL_FD
	HYDRA_LAUNCHER MPI_LOCALRANKID MPI_LOCALNRANKS PALS_RANKID FLUX_TASK_RANK
	MPIEXEC_TIMEOUT SLURM_STEP_ID SLURM_STEPID SLURM_PROCID SLURM_LOCALID SLURM_NODEID
	SLURM_GTIDS SLURM_TASK_PID SLURM_SRUN_COMM_HOST SLURM_LAUNCH_NODE_IPADDR
	SLURM_CPU_BIND SLURM_MPI_TYPE SLURM_DISTRIBUTION'
jobs_own='SLURM_JOB_ID=7 SLURM_NTASKS=7 SLURM_ARRAY_TASK_ID=7 PBS_JOBID=7'
# shellcheck disable=SC2046,SC2086
status 0 env $(printf '%s=7 ' $launchers_own) $jobs_own "$cohort" sweep \
	--backend serial --fresh -p v=7 -- sh -c env
"$cohort" output sh.cohort 0 >out
same 'variables of launchers' '' "$(for name in $launchers_own; do
	grep "^$name=" out || true
done)"
same 'variables of the job' "$(tr ' ' '\n' <<<$jobs_own | sort)" \
	"$(grep -E '^(SLURM|PBS)_' out | sort)"

# What a user has set for Open MPI's mpirun, which tasks may call.
status 0 env OMPI_MCA_x=1 OMPI_ALLOW_RUN_AS_ROOT=1 "$cohort" sweep -n 1 --fresh -p v=7 \
	-- sh -c '[ "$OMPI_MCA_x$OMPI_ALLOW_RUN_AS_ROOT" = 11 ]' sh
# What its mpirun may have set.
status 0 env OMPI_MCA_x=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_COMM_WORLD_RANK=0 \
	"$cohort" sweep --backend serial --fresh -p v=7 \
	-- sh -c '[ "$OMPI_MCA_x$OMPI_ALLOW_RUN_AS_ROOT" = 1 ]' sh
echo input >input
mkdir place
status 0 "$cohort" sweep -n 1 --fresh --stdin '{f}' --chdir place \
	--parse 'regex:all=(.*)' --no-measures -o t.csv -p f=$PWD/input -- \
	sh -c 'echo "$(cat) $(pwd -P)"' sh
same '--stdin and --chdir' "input $(pwd -P)/place" "$(tail -1 t.csv | cut -d, -f5)"

status 1 env TMPDIR="$folder" "$cohort" sweep -n 2 --fresh --tmp --keep-failed \
	--parse 'regex:dir=(.*)' --no-measures -o t.csv -p a=0,1 -- \
	sh -c 'pwd; echo x >file; exit $1' sh '{a}'
same '--tmp' 'gone there' "$(for a in 2 3; do
	dir=$(sed -n ${a}p t.csv | cut -d, -f5)
	[ $a = 3 ] && dir=$(ls -d "$folder"/??????)
	[ -e "$dir/file" ] && echo there || echo gone
done | paste -sd' ')"

# A relative path of the command begins where the sweep was started.
mkdir bin
printf '#!/bin/sh\necho "ran in $(pwd)"\n' >bin/begun
printf '#!/bin/sh\necho other\n' >place/begun
cp bin/begun begun
chmod +x begun bin/begun place/begun
for option in --tmp '--chdir place'; do
	for name in ./begun begun './{a}'; do
		status 0 env PATH="bin:$PATH" TMPDIR="$folder" "$cohort" sweep -n 1 --fresh \
			$option --journal moved --parse 'regex:in=ran in (.*)' -o t.csv \
			--no-measures -p a=begun -- "$name"
		in=$(tail -1 t.csv | cut -d, -f5)
		[ "$option" = --tmp ] && in=$(dirname "$in")/place
		same "$name with $option" "$folder/place" "$in"
	done
done

# ---- what a later run does ----

echo 0 >count
cat >counts <<'END'
#!/bin/sh
echo x >>ran
[ "$1" != bad ]
END
chmod +x counts
ran() {
	wc -l <ran
}
printf 'v\na\nb\nbad\n' >cases.csv
status 1 "$cohort" sweep -n 2 --input cases.csv -- ./counts
same 'all are run' 3 "$(ran)"
status 1 "$cohort" sweep -n 2 --input cases.csv -- ./counts
same 'nothing is left' 3 "$(ran)"
printf 'v\nc\nbad\nb\na\n' >cases.csv
status 1 "$cohort" sweep -n 2 --no-measures -o t.csv --input cases.csv -- ./counts
same 'a new row, and another order' 4 "$(ran)"
same 'the table in the new order' 'c,ok bad,failed b,ok a,ok' \
	"$(tail -n +2 t.csv | cut -d, -f1,2 | paste -sd' ')"
status 1 "$cohort" sweep -n 2 --retry-failed --input cases.csv -- ./counts
same 'failed ones again' 5 "$(ran)"
status 2 "$cohort" sweep -n 2 --input cases.csv -- ./counts '{v}' more
grep -q 'is of another sweep: its command is ./counts' said
same 'nothing was run' 5 "$(ran)"
status 1 "$cohort" sweep -n 2 --fresh --input cases.csv -- ./counts
same 'all anew' 9 "$(ran)"
[ -d cases.cohort.1 ]

# ---- no parameter sets ----

printf 'v\n' >none.csv
for backend in 'serial' 'mp -n 2'; do
	status 0 "$cohort" sweep --backend $backend --no-measures -o t.csv --input none.csv \
		-- touch ran.none
	same "the table without rows, $backend" 'v,status,exit,signal' "$(cat t.csv)"
	grep -q '^cohort: 0 done, 0 failed' said
done
same 'results without rows' 'v,status,exit,signal' \
	"$("$cohort" results --no-measures none.cohort)"
same 'status without rows' '0 of 0 tasks were run' \
	"$("$cohort" status none.cohort | sed -n 2p)"
[ ! -e ran.none ]

# ---- --only ----

echo 0 >fails
cat >numbers <<'END'
#!/bin/sh
# numbers A INDEX SEED: fails if A is in the file `fails`.
echo $1 >>numbers.ran
! grep -qx $1 fails && echo "$2 $3"
END
chmod +x numbers
# only STATUS ARGUMENT...
only() {
	: >numbers.ran
	status $1 "$cohort" sweep -n 2 --seed 5 --parse 'regex:out=(.*)' \
		--no-measures -o t.csv -p a=range:1:9:1 "${@:2}" -- \
		./numbers '{a}' '{index}' '{seed}'
}
ran_numbers() {
	sort -n numbers.ran | paste -sd' '
}
printf '3\n4\n' >fails
only 1 --only 1-2,8
same '--only runs these' '2 3 9' "$(ran_numbers)"
grep -q '2 done, 1 failed, .*(--only: 3 of 9 tasks)' said
same 'a task has its own index' '  1: exit status 1; as task 2' \
	"$(grep -o '.*as task 2' said)"
same 'the table has all rows' '1,not run 2,ok 3,failed 4,not run' \
	"$(sed -n 2,5p t.csv | cut -d, -f1,2 | paste -sd' ')"
only 1 --only 1-4
same '--only leaves those with a result' '4 5' "$(ran_numbers)"
: >fails
only 0 --only failed
same '--only failed' '3 4' "$(ran_numbers)"
only 0 --only 0-8 --retry-failed
same '--only and the rest' '1 6 7 8' "$(ran_numbers)"
cp t.csv parts.csv
only 0 --fresh
cmp t.csv parts.csv
only 0 --only failed
same '--only failed, and none has' '' "$(ran_numbers)"
cmp t.csv parts.csv
same '--only and --dry-run' './numbers 3' "$("$cohort" sweep --dry-run \
	--only 2 -p a=range:1:9:1 -- ./numbers)"
printf '2\n3\n' >fails
only 1 --fresh
: >fails
only 0 --only 1 --retry-failed
same '--only with --retry-failed' '2' "$(ran_numbers)"

# ---- {attempt}, and results that belong to their position ----

status 0 "$cohort" sweep -n 1 --fresh --retries 5 --retry-on exit --parse number \
	--no-measures -o t.csv -p a=1 -- sh -c 'echo $1; [ $1 = 2 ]' sh '{attempt}'
same '{attempt}' 1,ok,0,,2 "$(tail -1 t.csv)"
cat >places <<'END'
#!/bin/sh
echo "$1" >>places.ran
END
chmod +x places
: >places.ran
status 0 "$cohort" sweep -n 1 -p a=x,y,z -- ./places '{a}{index}'
status 0 "$cohort" sweep -n 1 -p a=z,y,x -- ./places '{a}{index}'
same 'rows that moved, with {index}' 'x0 x2 y1 z0 z2' \
	"$(sort places.ran | paste -sd' ')"
grep -q '^cohort: 3 done (1 task was run before)' said

# ---- when things go wrong ----

status 1 "$cohort" sweep -n 2 --fresh --timeout 0.3 --grace 0.2 -p a=1 -- \
	sh -c 'trap "" TERM; sleep 1000; sleep 1000'
grep -q 'longer than 0.3 s (--timeout)' said
status 1 "$cohort" sweep -n 2 --fresh --retries 2 --retry-on exit \
	--parse number -o t.csv -p a=1 -- sh -c 'exit 1'
same 'attempts' 3 "$(tail -1 t.csv | cut -d, -f6)"
status 0 "$cohort" sweep -n 1 --fresh --retries 5 --retry-on exit -o t.csv -p a=1 \
	-- sh -c '[ $COHORT_TASK_ATTEMPT = 3 ]'
same 'the attempt that succeeds' 4 "$(tail -1 t.csv | cut -d, -f6)"
status 1 "$cohort" sweep -n 1 --fresh --halt soon,fail=2 -p a=range:1:50:1 -- false
grep -q '0 done, 2 failed, 48 not run' said
grep -q '^cohort sweep: --halt soon,fail=2 stopped the sweep with 2 of 50 tasks done' said
status 1 "$cohort" sweep -n 1 --fresh --halt soon,fail=10% -p a=range:1:50:1 -- false
grep -q '0 done, 5 failed, 45 not run' said
status 1 "$cohort" sweep -n 1 --fresh --halt soon,fail=1% -p a=range:1:50:1 -- false
grep -q '0 done, 1 failed, 49 not run' said
status 1 "$cohort" sweep -n 1 --fresh --retries 2 -o t.csv -p a=1 -- sh -c 'kill -SEGV $$'
same 'attempts of a crash' '1,crashed,,11,3' "$(tail -1 t.csv | cut -d, -f1-4,6)"
status 1 "$cohort" sweep -n 1 --fresh --retries 2 -o t.csv -p a=1 -- false
same 'attempts without --retry-on' '1,failed,1,,1' "$(tail -1 t.csv | cut -d, -f1-4,6)"
# What cannot be started is found before the first task, unless a placeholder hides it:
# that task fails without an exit status, and is not tried again.
printf '#!/nowhere/sh\n' >lost
head -c 40 "$cohort" >cut
mkdir -p place
chmod +x lost cut
: >input
for refused in '-- ./lost|interpreter ./nowhere/sh' '-- ./cut|cut off' \
	'--chdir nosuch -- true|--chdir nosuch: No such file' \
	'--chdir input -- true|no directory' '--stdin nosuch -- true|--stdin nosuch: No such file' \
	'--stdin place -- true|not a regular file'; do
	status 2 "$cohort" sweep -n 2 --fresh --journal never -p a=1 ${refused%|*}
	grep -q -- "${refused#*|}" said || same "the sentence of $refused" '' "$(cat said)"
	[ ! -e never ]
done
for hidden in '-p a=nosuch --chdir {a} -- true|it did not start: chdir: No such file' \
	'-p a=./lost -- {a}|interpreter ./nowhere/sh'; do
	status 1 "$cohort" sweep -n 1 --fresh --journal hidden --retries 2 --retry-on exit \
		-o t.csv ${hidden%|*}
	same "attempts with $hidden" 'failed,,,1' "$(tail -1 t.csv | cut -d, -f2-4,6)"
	grep -q "${hidden#*|}" said || same "the reason with $hidden" '' "$(cat said)"
done
# sh runs a text without #!, as xargs has it.
printf 'echo "$0 $1 $2"\n' >plain
chmod +x plain
status 0 "$cohort" sweep -n 1 --fresh --parse 'regex:o=(.*)' --no-measures -o t.csv \
	-p a=1 -- ./plain '{a}' 'b c'
same 'a text without an interpreter' '1,ok,0,,./plain 1 b c' "$(tail -1 t.csv)"
# No attempt begins after --halt.
status 1 "$cohort" sweep -n 2 --fresh --halt soon,fail=1 --retries 1000 -p a=0,1 -- \
	sh -c '[ $1 = 1 ] || exit 1; sleep 0.05; kill -SEGV $$' sh
grep -q '0 done, 1 failed, 1 not run' said
# After SIGTERM a task has the time of --grace, and counts as not run then. After Ctrl-C
# it has all the time that it needs.
cat >stays <<'END'
#!/bin/sh
trap 'echo ended >>ended' TERM
echo $PPID >rank.new
mv rank.new rank
until [ -e enough ]; do sleep 0.05; done
END
chmod +x stays
# signalled SIGNAL [SECONDS]: the task may end so long after the signal.
signalled() {
	rm -f rank ended enough
	{
		until [ -s rank ]; do sleep 0.02; done
		kill -$1 "$(cat rank)"
		[ $# = 1 ] || (sleep $2 && : >enough)
	} &
	status $((128 + $(kill -l $1))) "$cohort" sweep --backend serial --fresh \
		--grace 0.3 -o t.csv --no-measures -p a=1,2 -- ./stays
	wait $!
}
signalled TERM
same 'tasks after SIGTERM and --grace' '1,not run,, 2,not run,,' \
	"$(tail -n +2 t.csv | paste -sd' ')"
same 'how it was ended' ended "$(cat ended)"
grep -q 'SIGTERM: tasks that run have 0.3 s (--grace)' said
signalled INT 1
same 'tasks after SIGINT and --grace' '1,ok,0, 2,not run,,' \
	"$(tail -n +2 t.csv | paste -sd' ')"
[ ! -e ended ]
grep -q 'SIGINT: tasks that run are finished' said
# No attempt begins after the signal, either.
cat >again <<'END'
#!/bin/sh
echo x >>attempts
echo $PPID >rank
until [ -e signalled ]; do sleep 0.02; done
exit 1
END
chmod +x again
rm -f rank
{
	until [ -s rank ]; do sleep 0.02; done
	kill -TERM "$(cat rank)"
	: >signalled
} &
status 143 "$cohort" sweep --backend serial --fresh --retries 5 --retry-on exit \
	-o t.csv --no-measures -p a=1,2 -- ./again
wait $!
same 'attempts after a signal' '1 1,not run,, 2,not run,,' \
	"$(wc -l <attempts) $(tail -n +2 t.csv | paste -sd' ')"
status 1 "$cohort" sweep --backend serial --retries 5 --retry-on exit \
	-o t.csv --no-measures -p a=1,2 -- ./again
same 'attempts of the next run' '13 1,failed,1, 2,failed,1,' \
	"$(wc -l <attempts) $(tail -n +2 t.csv | paste -sd' ')"
status 1 "$cohort" sweep -n 2 --fresh --halt now,fail=1 -p a=0,1000 -- \
	sh -c 'sleep $1; exit 1' sh '{a}'
grep -q '0 done, 1 failed, 1 not run' said
# The task's program ends at once, and its child has the time of --grace.
cat >saves <<'END'
#!/bin/sh
trap 'sleep 0.3; echo saved >saved; exit' TERM
echo $$ >ready
while :; do sleep 0.05; done
END
cat >ignores <<'END'
#!/bin/sh
trap '' TERM
echo $$ >ready
while :; do sleep 0.05; done
END
chmod +x saves ignores
# ended GRACE CHILD
ended() {
	rm -f ready
	status 1 "$cohort" sweep -n 2 --fresh --halt now,fail=1 --grace $1 --shell \
		-p a=0,1 -- "[ {a} = 1 ] && $2; until [ -s ready ]; do sleep 0.02; done; exit 1"
	grep -q '0 done, 1 failed, 1 not run' said
}
ended 1000 ./saves
same 'what a child writes when it is ended' saved "$(cat saved)"
ended 0.3 ./ignores
! [ -d "/proc/$(cat ready)" ] || grep -q '^State:.Z' "/proc/$(cat ready)/status"
# A daemon, in a group of its own, holds the streams of the task that is ended.
ended 0.3 '{{ setsid sh -c "echo \$\$ >daemon; exec sleep 1000" & ./ignores; }}'
kill "$(cat daemon)"
status 1 "$cohort" sweep -n 1 --fresh --parse number -p a=1 -- echo no
grep -q "the last line of standard output is not a number: 'no 1'" said
status 1 "$cohort" sweep -n 1 --fresh --mem 200M -p a=1 -- \
	sh -c 'exec perl -e '\''$x = "x" x 1e9; kill 9, $$'\'

# ---- the time of --grace if it is not given ----

wait $graces
same 'after SIGTERM' '143 1,not run,, 2,not run,,' \
	"$(cat term.status) $(tail -n +2 term.csv | paste -sd' ')"
grep -q 'SIGTERM: tasks that run have 5 s (--grace)' term.said
same 'the time until a task is ended' yes \
	"$(echo "$(cat term.end) $(cat term.begin)" | awk '{ print ($1 - $2 >= 5 ? "yes" : $1 - $2) }')"
grep -q 'longer than 0.1 s (--timeout)' late.said
same 'the time until a task is killed' 'timeout yes' \
	"$(tail -1 late.csv | awk -F, '{ print $2, ($5 >= 5.1 ? "yes" : $5) }')"
echo "cohort sweep: all cases passed"
