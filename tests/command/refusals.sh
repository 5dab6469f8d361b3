#!/usr/bin/env bash
# Command lines that are wrong: a sentence that helps, exit status 2, nothing run
# and no directory made.
#
#   refusals.sh COHORT
set -euo pipefail
export LC_ALL=C

cohort=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf 'a,b\n1,2\n3\n' >short.csv
printf 'a,b\n1,2\n"3,4\n' >open.csv
printf 'a,b\n1,"2"x\n' >quote.csv
printf 'a,a\n1,2\n' >twice.csv
printf 'a,\n1,2\n' >nameless.csv
printf 'a,b\n1,\0\n' >zero.csv
printf 'a,b\n"\xc3\xa4",1,"x"\n' >long.csv
printf 'a,b\n"two\nlines",1,2\n' >lines.csv
printf 'a,b\n1,"\xc3\xa4""\n"\n3,"4\n\n5,6\n' >later.csv
printf 'a,b\n1,2\n3,"4' >last.csv
printf 'a,b\n1,2\n3' >unended.csv
printf '\xef\xbb\xbfa,b,{c}\n' >mark.csv
printf 'a\tb\nx y\t"1"2\n' >quote.tsv
printf 'a\tb\nx\t1\ty\n' >long.tsv
printf 'one\ntw\0o\n' >zero.txt
: >empty.csv
printf '{"a": 1}\n{"aa": 2}\n' >key.jsonl
printf '{"a": 1}\n{"a": 1, "b": }\n' >syntax.jsonl
printf '[1]\n' >array.jsonl
printf '{"a": 1}\n{"a": {"b": "}"}, "\xc3\xa4": [2, {"b": 1}], "b": 2}\n' >more.jsonl
printf '{"a": "b,", "b": 2}\n{"a": 1 }\n' >less.jsonl
printf '{"a": 1}\n{"\\u0061": "x\\u0000y"}\n' >zero.jsonl
printf '{"a": 1, "a=": 2}\n' >name.jsonl
printf '{"a": 1}\n{"a": 1\n' >open.jsonl
printf '{"a": 1}\n{"a": 1, "a": 2}\n' >twice.jsonl
printf '{"a": 1}\n{"a": 1} x\n' >behind.jsonl
mkdir folder
: >plain

tried=0
# refused 'PART OF THE SENTENCE' ARGUMENT...
refused() {
	local status=0 sentence

	sentence=$("$cohort" sweep "${@:2}" 2>&1 >said) || status=$?
	[ -s said ] && sentence+=" (and standard output is not empty)"
	if [ $status != 2 ] || [[ $sentence != *"$1"* ]] ||
		[[ $sentence == *empty\) ]]; then
		echo "cohort sweep ${*:2}: expected status 2 and '$1'," \
			"but got $status and: $sentence"
		exit 1
	fi
	[ "$(wc -l <<<"$sentence")" = 1 ] || {
		echo "more than one line: $sentence"
		exit 1
	}
	tried=$((tried + 1))
}

refused 'there is no command' -p a=1
refused 'did you mean --zip?' --zp -- true
refused '--timeout' --timeout
refused 'short.csv, line 3, column 2: the row ends after 1 value, and the header names 2 (a, b)' \
	--input short.csv -- true
refused 'unended.csv, line 3, column 2: the row ends after 1 value' --input unended.csv -- true
refused 'long.csv, line 2, column 7: value 3 of the row begins here, and the header names 2 (a, b)' \
	--input long.csv -- true
refused 'lines.csv, line 3, column 10: value 3 of the row begins here' --input lines.csv \
	-- true
refused 'long.tsv, line 2, column 5: value 3 of the row begins here' --input long.tsv -- true
refused 'open.csv, line 3, column 1: a quoted value begins here' --input open.csv -- true
refused 'later.csv, line 4, column 3: a quoted value begins here' --input later.csv -- true
refused 'last.csv, line 3, column 3: a quoted value begins here' --input last.csv -- true
refused 'quote.csv, line 2, column 6: no quote may be here, or the one before' \
	--input quote.csv -- true
refused 'quote.tsv, line 2, column 8: no quote may be here, or the one before' \
	--input quote.tsv -- true
refused "twice.csv, line 1, column 3: two columns are called 'a'" --input twice.csv -- true
refused 'nameless.csv, line 1, column 3: column 2 has no name' --input nameless.csv -- true
refused "mark.csv, line 1, column 5: a column is called '{c}'" --input mark.csv -- true
refused 'zero.csv, line 2, column 3: there is a zero byte' --input zero.csv -- true
refused 'a=file:zero.txt, line 2, column 3: there is a zero byte' -p a=file:zero.txt -- true
refused 'empty.csv: it is empty' --input empty.csv -- true
refused 'nothere.csv: it cannot be opened: No such file' \
	--input nothere.csv -- true
refused 'no ending says what it is' --input plain -- true
refused "'xls' is not a format" --input t.xls -- true
refused "key.jsonl, line 2, column 2: 'aa' is not a key of the first object; did you mean 'a'?" \
	--input key.jsonl -- true
refused "more.jsonl, line 2, column 19: 'ä' is not a key" --input more.jsonl -- true
refused "less.jsonl, line 2, column 9: the object ends without 'b', which the first" \
	--input less.jsonl -- true
refused "zero.jsonl, line 2, column 2: 'a' contains a zero character" --input zero.jsonl \
	-- true
refused "name.jsonl, line 1, column 10: a column is called 'a='" --input name.jsonl -- true
refused "syntax.jsonl, line 2, column 15: unexpected token near '}'" --input syntax.jsonl \
	-- true
refused "open.jsonl, line 2, column 7: '}' expected near end of file" --input open.jsonl \
	-- true
refused 'twice.jsonl, line 2, column 12: duplicate object key' --input twice.jsonl -- true
refused "behind.jsonl, line 2, column 10: end of file expected near 'x'" \
	--input behind.jsonl -- true
refused 'array.jsonl, line 1, column 1: expected an object' --input array.jsonl -- true
refused 'expected NAME=VALUES' -p a -- true
# Words that were probably meant to make values. In quotes they are values.
in_quotes="if it is a value, write it in quotes"
refused "-p a=linspcae:1:2:3: did you mean linspace:?; $in_quotes, as in -p 'a=\"lins" \
	-p a=linspcae:1:2:3 -- true
refused 'did you mean uniform:?' --sample 3 -p a=unifrom:0:1 -- true
refused 'did you mean uniform:?' -p a=unifrom:0:1 -- true
refused 'did you mean uniform:?' -p a=Uniform:0:1 -- true
refused 'did you mean normal:?' --sample 3 -p b=uniform:0:1 -p a=nromal:0:1 -- true
refused 'did you mean triangular:?' --sample 3 -p a=trianglar:0:1:2 -- true
refused 'did you mean loguniform:?' --sample 3 -p a=lguniform:1:2 -- true
refused 'did you mean choice:?' --sample 3 -p a=choise:x,y -- true
refused 'did you mean file:?' -p a=flie:names -- true
refused 'did you mean range:?' -p a=rang:0:1:1 -- true
refused "a=gauss:0:1: there are linspace:, logspace:, range:, file:, uniform:, normal:, \
loguniform:, triangular:, choice:; $in_quotes" --sample 3 -p a=gauss:0:1 -- true
refused "'range:0:1:1' gives values only where it stands alone; $in_quotes" \
	-p a=5,range:0:1:1 -- true
refused "'uniform:0:1' gives values only where it" --sample 3 -p a=choice:x,uniform:0:1 \
	-- true
refused 'did you mean linspace:?' --sample 3 -p a=choice:linspac:0:1:5 -- true
refused 'expected uniform:LO:HI' --sample 3 -p a=uniform:0:1:2 -- true
refused 'expected uniform:LO:HI' --sample 3 -p a=uniform:0 -- true
refused 'expected FROM:TO:COUNT' -p a=linspace:1:2 -- true
refused 'expected FROM:TO:COUNT' -p a=linspace:1:x:3 -- true
refused 'steps of -1 do not lead from 0 to 5' -p a=range:0:5:-1 -- true
refused 'steps of 0 do not lead from 0 to 5' -p a=range:0:5:0 -- true
refused 'range:0:10000000000:1: more than 1000000000 values are too many' \
	-p a=range:0:10000000000:1 -- true
refused '--zip pairs values' --zip -p a=1,2 -p b=1 -- true
refused 'need --sample' -p a=uniform:0:1 -- true
refused 'no -p names a distribution' --sample 3 -p a=1 -- true
refused 'LO below HI' --sample 3 -p a=uniform:1:1 -- true
refused 'SD above 0' --sample 3 -p a=normal:1:0 -- true
refused 'there are random, lhs and sobol' --sample 3 --method halton \
	-p a=uniform:0:1 -- true
refused 'random, lhs and sobol; did you mean sobol?' --sample 3 --method sobool \
	-p a=uniform:0:1 -- true
refused 'expected a number of samples' --sample 0 -p a=uniform:0:1 -- true
refused "two columns are called 'a'" -p a=1 -p a=2 -- true
refused 'did you mean {mesh}?' -p mesh=1 -- true '{mehs}'
refused 'is not closed' -p a=1 -- true '{a'
refused 'closes nothing' -p a=1 -- true 'a}'
# Names of columns, whatever the table's format. Some do not tell upper case from
# lower.
printf 't,T\n1,2\n' >case.csv
printf '{"t": 1, "T": 2}\n' >case.jsonl
refused "-p: two columns are called 'a' and 'A', which some tables" -p a=1 -p A=2 -- true
refused "case.csv, line 1, column 3: two columns are called 't' and 'T'" --input case.csv -- true
refused "case.jsonl, line 1, column 10: two columns are called 't' and 'T'" --input case.jsonl -- true
refused "two columns are called 't' and 'T'" --input case.csv --dry-run=params -- true
refused "-p: two columns are called 'a' and 'A'" --sample 2 -p a=uniform:0:1 \
	-p A=uniform:0:1 -- true
for name in status exit signal seconds attempts max_rss rank Status; do
	refused "a value is called '$name', as a column of the table is" \
		--parse csv --columns "x,$name" -p a=1 -- true
	refused "a value is called '$name', as a column of the table is" \
		--parse "regex:$name=(.*)" -p a=1 -- true
	refused "a parameter is called '$name', as a column" -p "$name=1" -- true
done
refused "a value is called 'A', as a parameter is ('a')" --parse csv --columns A \
	-p a=1 -- true
refused "a value is called 'a', as a parameter is ('a')" --parse 'regex:a=(.*)' \
	-p a=1 -- true
refused "a value is called 'value', as a parameter is ('Value')" --parse number \
	-p Value=1 -- true
refused "--columns: two columns are called 'x' and 'X'" --parse csv --columns x,X \
	-p a=1 -- true
refused "--columns: two columns are called 'x'" --parse csv --columns x,x -p a=1 -- true
refused "two values are called 'x' and 'X', which some tables" \
	--parse 'regex:x=a(.*)' --parse 'regex:X=b(.*)' -p a=1 -- true
printf '%s' a1 >wide.csv
printf ',a%s' $(seq 2 1998) >>wide.csv
echo >>wide.csv
seq -s, 1998 >>wide.csv
refused 'the table has 2001 columns, and SQLite takes at most 2000: use .csv' \
	--input wide.csv --no-measures -o t.sqlite -- true
refused 'is not in PATH' -p a=1 -- no-such-program
refused './nothing cannot be started: No such file' -p a=1 -- ./nothing
refused './plain cannot be started: Permission denied' -p a=1 -- ./plain
refused './folder cannot be started: Is a directory' -p a=1 -- ./folder
refused '--timeout -1: expected a number of seconds' --timeout -1 -p a=1 -- true
refused '--retries x: expected a whole number' --retries x -p a=1 -- true
refused '--mem 5X' --mem 5X -p a=1 -- true
refused '--halt soon' --halt soon -p a=1 -- true
refused '--halt now,fail=0' --halt now,fail=0 -p a=1 -- true
refused 'expected NAME=VALUE' --env a -p a=1 -- true
refused 'did you mean json?' --parse jsno -p a=1 -- true
refused 'name the values with --columns' --parse csv -p a=1 -- true
refused 'regex:a=(' --parse 'regex:a=(' -p a=1 -- true
refused "'xlsx' is no format of tables" -o t.xlsx -p a=1 -- true
refused 'no/such/t.csv: it cannot be written' -o no/such/t.csv -p a=1 -- true
refused '--only faild: expected failed, or indexes such as 3,7-9; did you mean failed?' \
	--only faild -p a=1 -- true
refused '--only 3-: expected failed, or indexes' --only 3- -p a=1 -- true
refused '--only 3-1: expected failed, or indexes' --only 3-1 -p a=1 -- true
refused '--only 0;1: expected failed, or indexes' --only '0;1' -p a=1 -- true
refused '--only : expected failed, or indexes' --only '' -p a=1 -- true
refused '--only 2: the sweep has tasks 0 to 1' --only 0-2 -p a=1,2 -- true
refused 'there is no sweep in true.cohort yet' --only failed -p a=1 -- true
refused '--only failed runs tasks of an earlier run, and --fresh' \
	--only failed --fresh -p a=1 -- true
refused '--keep-failed keeps the directories of --tmp' --keep-failed -p a=1 -- true
refused '--retry-on says when --retries counts' --retry-on exit -p a=1 -- true
refused '--backend foo, which is no backend: there are auto, serial, mp and mpi' \
	--backend foo -p a=1 -- true
refused 'serial, mp and mpi; did you mean mp?' --backend mpp -p a=1 -- true
refused 'did you mean serial?' --backend serail -p a=1 -- true
refused 'did you mean now,fail=1?' --halt now,fial=1 -p a=1 -- true
refused 'did you mean soon,fail=10%?' --halt son,fail=10% -p a=1 -- true
refused 'the command is empty' -p a=1 -- ''

# The sweep before is where it was.
"$cohort" sweep -n 1 --journal kept -p a=1 -- true 2>said
refused '--output-dir no/such/x cannot be made: No such file' --fresh --journal kept \
	--output-dir no/such/x -p a=1 -- true
refused '--output-dir kept/out is in kept, which --fresh renames' --fresh \
	--journal kept --output-dir kept/out -p a=1 -- true
refused 'no/such/x cannot be made: its parent directory' --journal no/such/x \
	--output-dir out -p a=1 -- true
left=$(ls -d kept kept.* kept/out out 2>/dev/null || true)
[ "$left" = kept ] || {
	echo "instead of the directory kept there are: $left"
	exit 1
}

left=$(ls -d ./*.cohort* 2>/dev/null || true)
[ -z "$left" ] || {
	echo "a directory was made: $left"
	exit 1
}
echo "$tried command lines were refused"
