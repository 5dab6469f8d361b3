#!/usr/bin/env bash
# The parameter sets that a command line of `cohort sweep` asks for.
#
#   parameters.sh COHORT SOBOL_POINTS
set -euo pipefail
export LC_ALL=C

cohort=$1 points=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# same WHAT EXPECTED ACTUAL
same() {
	[ "$2" = "$3" ] && return
	printf '%s: expected\n%s\nbut got\n%s\n' "$1" "$2" "$3"
	exit 1
}

params() {
	"$cohort" sweep --dry-run=params "$@" -- true
}

commands() {
	"$cohort" sweep --dry-run "$@"
}

same 'a list' $'a\n1\n"x,y"\n""""' "$(params -p 'a=1,"x,y",""""')"
same 'values that look like words' \
	$'a\nuniform:0:1\nrange:0:1:1\ntime:5\nh1:80\nhttp://x\nmesh:1:2\n12:30:00' \
	"$(params -p 'a="uniform:0:1","range:0:1:1",time:5,h1:80,http://x,mesh:1:2,12:30:00')"
same 'a word in quotes with samples' $'a\nunifrom:0:1\nunifrom:0:1' \
	"$(params --sample 2 -p 'a=choice:"unifrom:0:1"')"
same 'a list with an empty value' $'a\n1\n""\n2' "$(params -p a=1,,2)"
same 'an empty value that was written' $'a\n1\n""\n2' \
	"$(params -p a=1,,2 >empty.csv && params --input empty.csv)"
same 'all combinations, the first slowest' $'a,b\n1,x\n1,y\n2,x\n2,y' \
	"$(params -p a=1,2 -p b=x,y)"
same 'pairs' $'a,b\n1,x\n2,y' "$(params --zip -p a=1,2 -p b=x,y)"
same linspace $'a\n0\n0.1\n0.2\n0.3\n0.4\n0.5\n0.6\n0.7\n0.8\n0.9\n1' \
	"$(params -p a=linspace:0:1:11)"
same 'linspace of one' $'a\n5' "$(params -p a=linspace:5:7:1)"
same logspace $'a\n0.001\n0.01\n0.1\n1\n10' "$(params -p a=logspace:-3:1:5)"
same range $'a\n0\n0.1\n0.2\n0.3' "$(params -p a=range:0:0.3:0.1)"
same 'a range that misses its end' $'a\n1\n0.6\n0.2' \
	"$(params -p a=range:1:0:-0.4)"
same 'a range across 0' $'a\n-0.5\n0\n0.5' "$(params -p a=range:-0.5:0.5:0.5)"
printf 'one\r\ntwo words\n\nlast' >lines
same 'lines of a file' $'a\none\ntwo words\n""\nlast' "$(params -p a=file:lines)"
printf '\xef\xbb\xbfone\n\xef\xbb\xbftwo\n' >marked
same 'a byte-order mark before lines' $'a\none\n\xef\xbb\xbftwo' \
	"$(params -p a=file:marked)"

printf '\xef\xbb\xbfname,v\r\n"a ""q""",1\r\n"two\nlines", 2\r\n\r\n' >t.csv
same CSV $'name,v\n"a ""q""",1\n"two\nlines"," 2"' "$(params --input t.csv)"
same 'CSV times values' $'name,v,k\n"a ""q""",1,8\n"a ""q""",1,9' \
	"$(params --input t.csv -p k=8,9 | head -3)"
printf 'a\tb\n1,5\tx\n' >t.tsv
same TSV $'a,b\n"1,5",x' "$(params --input t.tsv)"
printf '{"a": 1, "b": "x \\u00e9"}\n\n{"b": null, "a": 2.50}\n{"a": [1, true], "b": false}\n' >t.jsonl
same 'JSON lines' $'a,b\n1,x \xc3\xa9\n2.5,\n"[1,true]",false' \
	"$(params --input t.jsonl)"
printf '\xef\xbb\xbf{"a": 1}\n{"a": 2}\n' >mark.jsonl
same 'JSON lines with a byte-order mark' $'a\n1\n2' "$(params --input mark.jsonl)"
printf '\xef\xbb\xbf\n{"a": 1}\n' >mark.jsonl
same 'a byte-order mark alone' $'a\n1' "$(params --input mark.jsonl)"
cp t.tsv named.txt
same 'TSV by --format' $'a,b\n"1,5",x' "$(params --input named.txt --format tsv)"
cp t.jsonl named.txt
same 'JSON lines by --format' a,b "$(params --input named.txt --format jsonl | head -1)"
same 'standard input' $'a\n7' "$(printf 'a\n7\n' | params --input - --format csv)"

# Sobol points: the first 1,024 in 50 dimensions, as SciPy has them:
#   for p in scipy.stats.qmc.Sobol(50, scramble=False).random(1024):
#       print("".join("%03x" % int(x * 1024) for x in p))
names=()
for i in $(seq 50); do
	names+=(-p "x$i=uniform:0:1024")
done
params --sample 1024 --method sobol "${names[@]}" | tail -n +2 |
	awk -F, '{ for (i = 1; i <= NF; i++) printf "%03x", $i; print "" }' >ours
cmp ours "$points"

# The first 256 points of each dimension have one number in each stratum of 256, and no
# two dimensions are the same. There are 1,111.
names=()
for i in $(seq 1111); do
	names+=(-p "x$i=uniform:0:256")
done
params --sample 256 --method sobol "${names[@]}" | awk -F, 'NR > 1 {
		for (i = 1; i <= NF; i++) {
			strata[i, int($i)]++
			column[i] = column[i] "," $i
		}
	} END {
		for (i = 1; i <= NF; i++) {
			for (s = 0; s < 256; s++)
				if (strata[i, s] != 1) exit 1
			if (seen[column[i]]++) exit 1
		}
		exit NF != 1111
	}' || {
	echo 'sobol in 1,111 dimensions'
	exit 1
}
status=0
params --sample 1 --method sobol "${names[@]}" -p y=uniform:0:1 >said 2>&1 || status=$?
same 'sobol in 1,112 dimensions' "2 cohort sweep: --method sobol has 1111 dimensions, and \
there are 1112 sampled parameters: use lhs" "$status $(cat said)"

# A Latin hypercube has one number in each stratum of each column.
params --sample 100 --method lhs --seed 3 -p x=uniform:0:100 -p y=uniform:0:100 |
	awk -F, 'NR > 1 { x[int($1)]++; y[int($2)]++ }
		END { for (i = 0; i < 100; i++) if (x[i] != 1 || y[i] != 1) exit 1
			exit length(x) != 100 }'

# Quantiles of the standard normal distribution at the centres of a Sobol
# sequence's first points, by SciPy's norm.ppf: 1/16 in the place of 0, then 1/2,
# 3/4, 1/4, ...
same 'normal quantiles' '-1.534121 0.000000 0.674490 -0.674490 -0.318639 1.150349' \
	"$(params --sample 8 --method sobol -p x=normal:0:1 | tail -n +2 |
		head -6 | awk '{ printf "%s%.6f", (NR > 1 ? " " : ""), $1 + 0 }')"
same 'log-uniform numbers' '1.0000 10.0000 31.6228 3.1623' \
	"$(params --sample 4 --method sobol -p x=loguniform:1:100 | tail -n +2 |
		awk '{ printf "%s%.4f", (NR > 1 ? " " : ""), $1 }')"
same 'triangular numbers' '0.0000 1.2679 1.7753 0.8660' \
	"$(params --sample 4 --method sobol -p x=triangular:0:1:3 | tail -n +2 |
		awk '{ printf "%s%.4f", (NR > 1 ? " " : ""), $1 }')"
same 'choices' 'a b b a' "$(params --sample 4 --method sobol -p x=choice:a,b |
	tail -n +2 | paste -sd' ')"

# The moments of many random numbers: within five standard errors.
params --sample 10000 --seed 1 -p x=uniform:0:1 -p y=normal:3:2 | tail -n +2 |
	awk -F, '{ x += $1; y += $2; yy += ($2 - 3) ^ 2 }
		END { n = NR; dx = x / n - 0.5; dy = y / n - 3; v = yy / n - 4
			exit dx * dx > 25 / 12 / n || dy * dy > 100 / n || v * v > 25 * 32 / n }'

# The seed decides, and nothing else.
draw='--sample 20 -p x=normal:0:1 -p y=choice:a,b,c'
for method in random lhs sobol; do
	once=$(params --method $method --seed 7 $draw)
	same "$method again" "$once" "$(params --method $method --seed 7 $draw)"
	[ "$once" != "$(params --method $method --seed 8 $draw)" ] || {
		echo "$method: another seed gave the same samples"
		exit 1
	}
done
# The samples of samples.py, which draws them without cohort.
draw=(--sample 20 -p u=uniform:-1:3 -p n=normal:10:2.5 -p l=loguniform:0.001:10000
	-p t=triangular:0:1:4 -p c=choice:a,b,c)
seed='--seed 12345678901234567890'
for method in "random $seed" "lhs $seed" sobol "sobol $seed"; do
	echo "# ${method%% [0-9]*}"
	# shellcheck disable=SC2086
	params "${draw[@]}" --method $method
done | sed 's/^# \(random\|lhs\) --seed/# \1/' >drawn
cmp drawn "$(dirname "$points")/samples.txt"
same 'samples times values' 4 "$(params --sample 2 -p x=uniform:0:1 -p k=1,2 |
	tail -n +2 | wc -l)"

# Commands.
same 'placeholders' $'echo 1-0 \'{}\'\necho 2-1 \'{}\'' \
	"$(commands -p a=1,2 -- echo '{a}-{index}' '{{}}')"
same 'no placeholder' $'echo -n 1 x\necho -n 1 y' \
	"$(commands -p a=1 -p b=x,y -- echo -n)"
same 'no shell' "echo '; rm -rf x' 'it'\\''s'" \
	"$(commands -p 'a=; rm -rf x' -- echo '{a}' "it's")"
same 'a shell' "sh -c 'echo '\\''; rm -rf x'\\'' | wc'" \
	"$(commands --shell -p 'a=; rm -rf x' -- 'echo {a} | wc')"
eval "$(commands --shell -p "a=it's; echo no" -- 'printf %s {a} >said')"
same 'a shell reads it as one word' "it's; echo no" "$(cat said)"
