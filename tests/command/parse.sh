#!/usr/bin/env bash
# What --parse takes from long lines and from odd ones, and what --tag prints of them.
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
echo "cohort sweep --parse: all cases passed"
