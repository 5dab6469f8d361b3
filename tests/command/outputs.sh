#!/usr/bin/env bash
# Where the table of a sweep may go: files, symbolic links, devices and FIFOs. What
# cannot be written is refused before the first task runs, and output that is lost is
# a failure.
#
#   outputs.sh COHORT
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

# shellcheck source=tests/command/expect.sh
. "$(dirname "$0")/expect.sh"

cohort=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# refused 'PART OF THE SENTENCE' ARGUMENT...: status 2, and no task was run.
refused() {
	local status=0

	"$cohort" sweep -n 1 "${@:2}" -- touch ran >out 2>said || status=$?
	if [ $status != 2 ] || ! grep -qF -- "$1" said || [ -e ran ] ||
		[ -e touch.cohort ]; then
		echo "cohort sweep ${*:2}: expected status 2 and '$1', but got" \
			"$status, and: $(cat said)"
		ls
		exit 1
	fi
}

# sweep ARGUMENT...
sweep() {
	"$cohort" sweep -n 1 --fresh --no-measures "$@" -p a=1,2 -- true \
		>out 2>said || {
		echo "cohort sweep $*: status $?: $(cat said)"
		exit 1
	}
}

table='a,status,exit,signal
1,ok,0,
2,ok,0,'

# ---- what cannot be written ----

mkdir table.csv
refused 'it is a directory' -p a=1 -o table.csv
refused 'it is a directory' -p a=1 -o . --output-format csv
rmdir table.csv
mkfifo fifo.sqlite
refused 'needs a file' -p a=1 -o fifo.sqlite
ln -s loop.csv loop.csv
refused 'symbolic links' -p a=1 -o loop.csv
for name in status exit signal seconds attempts max_rss rank Seconds; do
	refused "a parameter is called '$name'" -p $name=1 -o t.sqlite
done
for name in index seed attempt slot dir; do
	refused "a parameter is called '$name'" -p $name=1
done

# ---- what is there ----

echo old >t.csv
exec 3<t.csv
sweep -o t.csv
same 'a file' "$table" "$(cat t.csv)"
same 'the file that it replaces' old "$(cat <&3)"
exec 3<&-

mkdir place
echo old >place/target.csv
ln -s place link
ln -s target.csv place/second.csv
ln -s link/second.csv first.csv
sweep -o first.csv
same 'the file that a link names' "$table" "$(cat place/target.csv)"
[ -L first.csv ] && [ -L place/second.csv ]
ln -s place/new.csv dangling.csv
sweep -o dangling.csv
same 'a file that was not there' "$table" "$(cat place/new.csv)"
[ -L dangling.csv ]

status 0 "$cohort" sweep -n 1 --no-measures --journal empty -p a=1,,2 -- echo
same 'rows of a value that is empty' $'a,status,exit,signal\n1,ok,0,\n,ok,0,\n2,ok,0,' \
	"$("$cohort" results --no-measures empty)"

mkfifo fifo.csv
timeout 60 cat fifo.csv >read &
reader=$!
sweep -o fifo.csv
wait $reader
same 'a FIFO' "$table" "$(cat read)"
[ -p fifo.csv ]

# ---- a table that is lost at the end ----

mkdir gone
status=0
"$cohort" sweep -n 1 --no-measures -o gone/t.csv -p a=gone -- rmdir >out 2>said || status=$?
same 'the status of a table that is lost' 3 $status
grep -q 'gone/t.csv.* cannot be written: No such file' said
same 'the results that are kept' $'a,status,exit,signal\ngone,ok,0,' \
	"$("$cohort" results --no-measures rmdir.cohort)"

# ---- tasks whose process is never started ----

# never REASON ARGUMENT...: the second of two tasks fails so, and all who tell of it say
# the same.
never() {
	rm -rf never
	status 1 "$cohort" sweep -n 1 --no-measures --journal never -o t.csv "${@:2}" \
		-p a=1,2 -- ./slots
	grep -qF "1: $1" said || same 'the reason' "$1" "$(cat said)"
	same 'the table' $'a,status,exit,signal\n1,ok,0,\n2,failed,,' "$(cat t.csv)"
	same 'the table of the journal' "$(cat t.csv)" \
		"$("$cohort" results --no-measures never)"
	"$cohort" status never >out
	grep -q '^2 of 2 tasks were run: 1 ok, 1 failed' out
	grep -qF "1: $1" out
	same 'what it printed' '' "$("$cohort" output never 1)"
	repair
	status 0 "$cohort" sweep -n 1 --no-measures --journal never -o t.csv "${@:2}" \
		--only failed -p a=1,2 -- ./slots
	grep -q '1 done, 0 failed.*(--only: 1 of 2 tasks)' said
	same 'the table in the end' $'a,status,exit,signal\n1,ok,0,\n2,ok,0,' "$(cat t.csv)"
}
# The first task takes the place away.
cat >slots <<'END'
#!/bin/sh
[ $1 != 1 ] || rm -rf "$PLACE"
END
chmod +x slots
mkdir real
export PLACE=$folder/link TMPDIR=$folder/link/of-tasks
repair() {
	ln -s real "$PLACE"
}
repair
never "$TMPDIR cannot be made" --tmp
unset TMPDIR
export PLACE=$folder/files
repair() {
	mkdir -p "$PLACE"
}
repair
never "--output-dir: $PLACE/1.out cannot be written" --output-dir "$PLACE"

# ---- the command that shows what a task printed ----

status 1 "$cohort" sweep -n 1 --journal "it's here" -p a=1 -- sh -c 'echo why; false'
show=$(sed -n 's/^  1: exit status 1; as task 0, see: cohort //p' said)
same 'the command' "output 'it'\\''s here' 0" "$show"
same 'what it shows' why "$(eval "'$cohort' $show")"
echo a >none.csv
status 0 "$cohort" sweep -n 1 --input none.csv -- false
status 2 "$cohort" output none.cohort 0
grep -qx 'cohort output: 0: the sweep in none.cohort has no tasks' said

# ---- standard output that takes nothing ----

if mknod full c 1 7 2>said && { : >full; } 2>said; then
	status 0 "$cohort" sweep -n 1 --fresh --journal true.cohort -p a=1 -- echo
	for arguments in --help --version --man '--completion bash' \
		'sweep --help' 'status --help' 'status true.cohort' \
		'status --all true.cohort' 'results true.cohort' \
		'results -o full --output-format jsonl true.cohort' \
		'output true.cohort 0' \
		'output --help' 'run --help' 'info' 'info --json' 'bench --help' \
		'sweep --dry-run -p a=1 -- true'; do
		status=0
		"$cohort" $arguments >full 2>said || status=$?
		if [ $status != 3 ] || ! grep -q 'cannot be written' said; then
			echo "cohort $arguments: status $status: $(cat said)"
			exit 1
		fi
	done
else
	echo "no device of its own can be made here: $(cat said)"
fi

# ---- what may not grow, and what nobody reads ----

large=(sweep --backend serial --no-measures --journal large -o t.csv -p a=1,2,3,4
	--shell -- 'head -c 30000 /dev/zero; : {a}')
status 3 bash -c 'ulimit -f 64; exec "$@"' bash "$cohort" "${large[@]}"
grep -q 'counts as not run: large/output-.* cannot be written: File too large' said
status 0 "$cohort" "${large[@]}"
same 'a table after that' 4 "$(grep -c ',ok,' t.csv)"

mkfifo unread
exec 4<>unread 5>unread 4<&-
status=0
"$cohort" sweep -n 1 --tag --no-measures -o t.csv -p a=1,2,3 -- echo >&5 2>said || status=$?
exec 5>&-
same 'the status without a reader' 0 $status
same 'its table' 3 "$(grep -c ',ok,' t.csv)"
same 'its lines' 1 "$(grep -c -- '--tag: standard output cannot be written' said)"

# ---- names that are taken in the sweep's directory ----

# Links to files that the sweep has nothing to do with.
echo untouched >victim
status 0 "$cohort" sweep -n 1 --fresh --journal linked -p a=1 -- echo
for run in 2 3 4 5; do
	ln -s ../victim linked/output-$run-0
	ln victim linked/running-$run-0
done
ln victim linked/sweep.json.new
status 0 "$cohort" sweep -n 1 --journal linked -p a=1,2 -- echo
same 'a file that links name' untouched "$(cat victim)"
same 'the output beside them' 2 "$("$cohort" output linked 1)"

# The same where the files of tasks go, and the draft of a table.
mkdir held
ln -s ../victim held/0.out
ln victim held/0.err
mkfifo held/1.out
status 0 timeout 60 "$cohort" sweep -n 1 --fresh --journal outside --output-dir held -p a=1,2 \
	--shell -- 'echo {a}; echo {a} >&2'
same 'a file that a file of --output-dir names' untouched "$(cat victim)"
same 'the files of --output-dir' $'1\n1\n2' "$(cat held/0.out held/0.err held/1.out)"
for ending in csv jsonl sqlite; do
	# shellcheck disable=SC2016
	status 0 timeout 60 bash -c 'ln -s victim "$1.$$.new"; exec "${@:2}"' bash drawn.$ending \
		"$cohort" sweep -n 1 --fresh --journal drawn -o drawn.$ending -p a=1,2 -- true
	same "a file that the draft of a .$ending names" untouched "$(cat victim)"
	[ -s drawn.$ending ] && [ ! -L drawn.$ending ]
done

# Nobody waits for a FIFO in the place of a file, or reads what a link names, or what
# somebody else has put there.
status 0 "$cohort" sweep -n 1 --fresh --journal strange -p a=1,2 -- echo
mkfifo strange/running-1-0
status 0 timeout 60 "$cohort" status strange
rm strange/running-1-0
# strange FILE COMMAND...: the command reads the file, and does not read what is none.
strange() {
	local kind status

	status 0 "$cohort" "${@:2}"
	for kind in FIFO link owner; do
		mv "strange/$1" kept
		case $kind in
		FIFO) mkfifo "strange/$1" ;;
		link) ln -s ../kept "strange/$1" ;;
		owner)
			cp kept "strange/$1"
			[ "$(id -u)" != 0 ] || chown 4711 "strange/$1"
			;;
		esac
		status=0
		timeout 60 "$cohort" "${@:2}" >out 2>said || status=$?
		if [ $kind = owner ] && [ "$(id -u)" != 0 ]; then
			same "$1" 0 $status
		elif [ $status = 0 ] || [ $status = 124 ]; then
			echo "$1 is a $kind: cohort ${*:2}: status $status"
			exit 1
		fi
		rm "strange/$1"
		mv kept "strange/$1"
	done
}
strange sweep.json results strange
strange cases.csv results strange
strange output-1-0 output strange 1
