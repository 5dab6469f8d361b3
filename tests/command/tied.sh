#!/usr/bin/env bash
# What a result belongs to: names and values of parameters in any order of columns,
# the order itself if the command gets the values in it, and the seed.
#
#   tied.sh COHORT
set -euo pipefail
. "$(dirname "$0")/expect.sh"
export LC_ALL=C COHORT_PROGRESS=never COHORT_BACKEND=serial

cohort=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >shows <<'END'
#!/bin/sh
# shows ARGUMENT...: what it gets.
echo "$*; $(env | grep ^COHORT_P_ | sort | paste -sd' ')"
END
chmod +x shows

# sweep KNOWN ARGUMENT...: KNOWN tasks have a result already. The table is in t.csv.
sweep() {
	status 0 "$cohort" sweep --parse 'regex:out=(.*)' --no-measures -o t.csv "${@:2}"
	local known
	known=$(sed -n 's/^cohort: .*(\([0-9]*\) tasks* w[a-z]* run before).*/\1/p' said)
	same "tasks of ${*:2} that were run before" "$1" "${known:-0}"
	[ -z "${journal-}" ] || same 'the table of the journal' "$(cat t.csv)" \
		"$("$cohort" results --no-measures "$journal")"
}

# expect ROW...
expect() {
	same 'rows' "$(printf '%s\n' "$@")" "$(tail -n +2 t.csv)"
}

# ---- names ----

journal=named
named() {
	sweep "$1" --journal named "${@:2}" -- ./shows 'a={a}' 'b={b}'
}
named 0 -p a=1 -p b=2
expect '1,2,ok,0,,a=1 b=2; COHORT_P_a=1 COHORT_P_b=2'
named 0 -p b=1 -p a=2
expect '1,2,ok,0,,a=2 b=1; COHORT_P_a=2 COHORT_P_b=1'
named 1 -p b=2 -p a=1
expect '2,1,ok,0,,a=1 b=2; COHORT_P_a=1 COHORT_P_b=2'
named 2 -p a=1,2 -p b=1,2
named 4 -p b=1,2 -p a=1,2

# A column of another name is another parameter, also where only its variable tells.
journal=renamed
sweep 0 --journal renamed -p a=1 -- ./shows
sweep 0 --journal renamed -p c=1 -- ./shows
expect '1,ok,0,,1; COHORT_P_c=1'
sweep 1 --journal renamed -p a=1 -- ./shows
expect '1,ok,0,,1; COHORT_P_a=1'
# Names and values do not run into one another.
sweep 0 --journal renamed -p a=b -p c=d -- ./shows
sweep 0 --journal renamed -p b=c -p d=a -- ./shows
expect 'c,a,ok,0,,c a; COHORT_P_b=c COHORT_P_d=a'

# ---- columns that move in a table ----

journal=cases.cohort
printf 'a,b\n1,2\n2,1\n2,1\n' >cases.csv
sweep 0 --input cases.csv -- ./shows {a}-{b}
printf 'b,a\n2,1\n1,2\n1,2\n' >cases.csv
sweep 3 --input cases.csv -- ./shows {a}-{b}
expect '2,1,ok,0,,1-2; COHORT_P_a=1 COHORT_P_b=2' \
	'1,2,ok,0,,2-1; COHORT_P_a=2 COHORT_P_b=1' \
	'1,2,ok,0,,2-1; COHORT_P_a=2 COHORT_P_b=1'
same 'what a task printed' '2-1; COHORT_P_a=2 COHORT_P_b=1' \
	"$("$cohort" output cases.cohort 2)"
# An index is tied to names and values, too.
journal=placed
sweep 0 --journal placed --input cases.csv -- ./shows {a}-{b}-{index}
printf 'a,b\n1,2\n1,2\n2,1\n' >cases.csv
sweep 2 --journal placed --input cases.csv -- ./shows {a}-{b}-{index}
expect '1,2,ok,0,,1-2-0; COHORT_P_a=1 COHORT_P_b=2' \
	'1,2,ok,0,,1-2-1; COHORT_P_a=1 COHORT_P_b=2' \
	'2,1,ok,0,,2-1-2; COHORT_P_a=2 COHORT_P_b=1'

# ---- values that follow the command, in the order of the columns ----

journal=follow
sweep 0 --journal follow -p a=1 -p b=2 -- ./shows
sweep 0 --journal follow -p b=2 -p a=1 -- ./shows
expect '2,1,ok,0,,2 1; COHORT_P_a=1 COHORT_P_b=2'
sweep 1 --journal follow -p a=1 -p b=2 -- ./shows
expect '1,2,ok,0,,1 2; COHORT_P_a=1 COHORT_P_b=2'
# With a placeholder elsewhere they do not follow.
journal=beside
sweep 0 --journal beside --env 'X={a}' -p a=1 -p b=2 -- ./shows
sweep 1 --journal beside --env 'X={a}' -p b=2 -p a=1 -- ./shows

# ---- --only ----

journal=
cat >fails <<'END'
#!/bin/sh
echo "$*" >>fails.ran
[ "$1$2" != 12 ]
END
chmod +x fails
printf 'a,b\n1,2\n2,1\n' >only.csv
status 1 "$cohort" sweep --input only.csv -- ./fails {a} {b}
printf 'b,a\n1,2\n2,1\n' >only.csv
status 1 "$cohort" sweep --input only.csv --only failed -- ./fails {a} {b}
same 'the failed task' '1 2 2 1 1 2' "$(paste -sd' ' fails.ran)"

# ---- the seed ----

journal=seeded
seeded() {
	sweep "$1" --journal seeded "${@:2}" -- \
		sh -c 'echo "$COHORT_TASK_SEED of $1"' sh {a}
}
seeded 0 --seed 1 -p a=1,2
cp t.csv first.csv
seeded 0 --seed 2 -p a=1,2
grep -q 'had seed 1 and this one has 2' said
same 'rows of another seed' 2 "$(comm -13 <(sort first.csv) <(sort t.csv) | wc -l)"
seeded 2 --seed 2 -p a=1,2
same 'no word of a seed' '' "$(grep 'had seed' said || true)"
seeded 2 --seed 1 -p a=1,2
cmp first.csv t.csv
seeded 0 -p a=1,2
seeded 2 --seed 0 -p a=2,1
# What another seed has given is not shown for a task of this one.
status 0 "$cohort" sweep --journal seeded --seed 3 --only 1 --parse 'regex:out=(.*)' \
	--no-measures -o t.csv -p a=1,2 -- sh -c 'echo "$COHORT_TASK_SEED of $1"' sh {a}
same 'tasks of seed 3' '1,not run 2,ok' \
	"$(tail -n +2 t.csv | cut -d, -f1,2 | paste -sd' ')"
cmp t.csv <("$cohort" results --no-measures seeded)

# ---- directories of another version ----

status 0 "$cohort" sweep --journal old -p a=1 -- true
grep -q '"version": 3' old/sweep.json
sed -i 's/"version": 3/"version": 1/' old/sweep.json
refused() {
	status 2 "$cohort" "$@"
	grep -q 'the directory old is of another version of cohort' said ||
		same 'the sentence' 'another version' "$(cat said)"
}
refused sweep --journal old -p a=1 -- true
refused results old
refused status old
refused output old 0
status 0 "$cohort" sweep --fresh --journal old -p a=1 -- true
echo "command.tied: all cases passed"
