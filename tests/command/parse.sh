#!/usr/bin/env bash
# What --parse takes from long lines and from odd ones, what --tag prints of them, and
# another --parse for what is kept.
#
#   parse.sh COHORT
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

# shellcheck source=tests/command/expect.sh
. "$(dirname "$0")/expect.sh"

cohort=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# sweep STATUS ARGUMENT...: one task, which prints the file `printed`.
sweep() {
	status "$1" "$cohort" sweep -n 1 --fresh --journal j --no-measures -o t.jsonl \
		"${@:2}" --stdin '{f}' -p f=printed -- cat
}

# refused SENTENCE ARGUMENT...: the task fails with that sentence, and has no value.
refused() {
	sweep 1 "${@:2}"
	grep -qF -- "$1" said || {
		echo "expected '$1', but: $(cat said)"
		exit 1
	}
	same "the row of $1" \
		'{"f": "printed", "status": "failed", "exit": 0, "signal": null}' \
		"$(cut -d, -f1-4 t.jsonl | sed 's/}*$/}/')"
}

# is_value NAME: the value has the bytes of the file `value`.
is_value() {
	sed 's/.*"'"$1"'": "\([^"]*\)".*/\1/' t.jsonl | cmp - <(cat value; echo)
}

# many BYTE COUNT
many() {
	head -c "$2" /dev/zero | tr '\0' "$1"
}

# ---- lines of megabytes ----

{ many x 2000000; echo -n end; } >value
{ echo first; cat value; echo; echo; } >printed
sweep 0 --parse csv --columns long
is_value long
sweep 0 --parse 'regex:long=^(x.*)'
is_value long
{ echo -n '{"a": 1, "long": "'; cat value value; echo '", "z": 2}'; } >printed
cat value value >twice
mv twice value
sweep 0 --parse json
is_value long
grep -q '"z": 2' t.jsonl

# ---- lines beyond the limit ----

too_long='--parse: a line of standard output is longer than 64 MiB'
{ echo 5; many x 67108865; } >printed
for parse in json number 'regex:long=([0-9x]*)'; do
	refused "$too_long" --parse "$parse"
done
refused "$too_long" --parse csv --columns long
# Only the last line counts, where there is no regular expression.
{ echo; echo 5; } >>printed
sweep 0 --parse number
grep -q '"value": 5' t.jsonl
refused "$too_long" --parse 'regex:long=(5)'

# ---- --tag ----

{ echo before; many x 1048576; echo; many y 2500000; echo; echo -n after; } >printed
sweep 0 --tag
sed 's/^0\t//' out | awk '{ print length($0), substr($0, 1, 1) }' >lengths
same 'pieces' '6 b 1048576 x 1048576 y 1048576 y 402848 y 5 a' "$(paste -sd' ' lengths)"
same 'their indexes' 6 "$(grep -c $'^0\t' out)"
cmp <(sed 's/^0\t//' out | tr -d '\n') <(tr -d '\n' <printed)

# ---- JSON and bytes that no value can have ----

json='--parse json: the last line of standard output cannot be read, at column'
echo '{"a": 1, "b": 18446744073709551616}' >printed
refused "$json 34: too big integer" --parse json
echo '{"a": "x\u0000y"}' >printed
refused "$json 16: \\u0000 is not allowed" --parse json
echo ' {"a": 1' >printed
refused "$json 8: '}' expected near end of file: ' {\"a\": 1'" --parse json
echo '{"a": 1, "a": 2}' >printed
refused "duplicate object key near '\"a\"'" --parse json
echo '[1]' >printed
refused "the last line of standard output is not a JSON object: '[1]'" --parse json
printf 'a,b\0c\n' >printed
zero='--parse: a value in standard output has a zero byte'
refused "$zero" --parse csv --columns one,two
refused "$zero" --parse 'regex:v=a(.*)'
sweep 0 --parse 'regex:v=(c)'
grep -q '"v": "c"' t.jsonl
printf '5\0 6\n' >printed
refused 'the last line of standard output is not a number' --parse number

# ---- another --parse: what is kept is read again, and no task runs ----

cat >prints <<'END'
#!/bin/sh
echo "run $1" >>runs
echo "energy: $1.5"
echo "mass: 9" >&2
[ "$1" != 3 ]
END
chmod +x prints
# again STATUS COLUMNS ROW ROW ROW ROW -- ARGUMENT...: the table, and what others say.
again() {
	local columns="n,status,exit,signal$2" rows=("${@:3:4}")

	status "$1" "$cohort" sweep -n 2 --journal anew --no-measures -o t.csv "${@:8}" \
		-p n=1,2,3,4 -- ./prints
	same "the table with ${*:8}" "$(printf '%s\n' "$columns" "${rows[@]}")" "$(cat t.csv)"
	same "the journal's" "$(cat t.csv)" "$("$cohort" results --no-measures anew)"
	same 'what cohort status counts' \
		"$(grep -c ',ok,' t.csv) ok" \
		"$("$cohort" status anew | sed -n '2s/.*: \([0-9]* ok\).*/\1/p' | grep . || echo 0 ok)"
}
ok=(1,ok,0, 2,ok,0, 3,failed,1, 4,ok,0,)
again 1 '' "${ok[@]}" --
same 'tasks that ran' 4 "$(wc -l <runs)"
again 1 ,e "${ok[0]},1.5" "${ok[1]},2.5" "${ok[2]},3.5" "${ok[3]},4.5" -- \
	--parse 'regex:e=energy: (.*)'
grep -q '3 done (4 tasks were run before), 1 failed' said
# A mistyped one, while a task runs anew; what is told apart is what printed it.
again 1 '' 1,failed,0, 2,failed,0, "${ok[2]}" 4,failed,0, -- \
	--parse 'regex:e=enery: (.*)' --retry-failed
same 'tasks that ran' 5 "$(wc -l <runs)"
grep -q '  3: --parse regex:e: no line of standard output matches; as task 0' said
again 1 '' 1,failed,0, 2,failed,0, "${ok[2]}" 4,failed,0, -- --parse 'regex:m=mass: (.*)'
# The right one: tasks that have only failed to be read are ok, and do not run again.
again 1 ,e "${ok[0]},1.5" "${ok[1]},2.5" "${ok[2]},3.5" "${ok[3]},4.5" -- \
	--parse 'regex:e=energy: (.*)' --retry-failed
grep -q '3 done (3 tasks were run before), 1 failed' said
same 'tasks that ran' 6 "$(wc -l <runs)"
same 'the summary' 0 "$(grep -c -- '--only' said)"
# The same where the run itself has failed to read them.
rm -r anew runs
again 1 '' 1,failed,0, 2,failed,0, "${ok[2]}" 4,failed,0, -- --parse number
same 'tasks that ran' 4 "$(wc -l <runs)"
again 1 ,name,v "${ok[0]},energy:,1.5" "${ok[1]},energy:,2.5" "${ok[2]},energy:,3.5" \
	"${ok[3]},energy:,4.5" -- --parse 'regex:name=^([^ ]*)' --parse 'regex:v=: (.*)' \
	--retry-failed
same 'tasks that ran' 5 "$(wc -l <runs)"
again 1 ,name,v "${ok[0]},energy:,1.5" "${ok[1]},energy:,2.5" "${ok[2]},energy:,3.5" \
	"${ok[3]},energy:,4.5" -- --parse 'regex:name=^([^ ]*)' --parse 'regex:v=: (.*)' \
	--only failed
same 'tasks that ran' 6 "$(wc -l <runs)"
# And without a run.
same 'cohort results --parse' $'n,status,exit,signal,w\n1,ok,0,,1.5\n2,ok,0,,2.5\n3,failed,1,,3.5\n4,ok,0,,4.5' \
	"$("$cohort" results --no-measures --parse 'regex:w=: (.*)' anew)"
same 'cohort results --parse csv' $'1,ok,0,,energy: 1.5\n' \
	"$("$cohort" results --no-measures --parse csv --columns line anew | sed -n 2p)"$'\n'
status 2 "$cohort" results --parse 'regex:n=: (.*)' anew
grep -q "a value is called 'n', as a parameter is" said
status 2 "$cohort" results --columns x anew
grep -q -- '--columns names the values of --parse csv' said
# Output that is lost.
rm anew/output-*
status 0 "$cohort" results --no-measures --parse csv --columns line anew
same 'without the output' '1,failed,0,' "$(sed -n 2p out)"
status 1 "$cohort" sweep -n 1 --journal anew -p n=1,2,3,4 -- ./prints
grep -q '3 done (4 tasks' said
echo "cohort sweep --parse: all cases passed"
