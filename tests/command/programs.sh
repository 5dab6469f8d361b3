#!/usr/bin/env bash
# Sweeps of programs that exist: bc, sqlite3, gnuplot, and glpsol on a model of its own
# examples. Their results are known otherwise.
#
#   programs.sh COHORT
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

cohort=$1
model=/usr/share/doc/glpk-utils/examples/transp.mod
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# same WHAT EXPECTED ACTUAL
same() {
	[ "$2" = "$3" ] && return
	printf '%s: expected\n%s\nbut got\n%s\n' "$1" "$2" "$3"
	cat said
	exit 1
}

# sweep ARGUMENT...: the table goes to t.csv.
sweep() {
	"$cohort" sweep -n 2 --no-measures -o t.csv "$@" 2>said || {
		echo "cohort sweep $*: status $?"
		cat said
		exit 1
	}
}

# bc reads what it computes from a file.
for power in 64 100 200; do
	printf '2^%s\nquit\n' $power >power.$power
done
sweep -p p=64,100,200 --parse 'regex:value=(.*)' -- bc -q 'power.{p}'
same bc '64,ok,0,,18446744073709551616
100,ok,0,,1267650600228229401496703205376
200,ok,0,,1606938044258990275541962092341162602522202993782792835301376' \
	"$(tail -n +2 t.csv)"

# sqlite3 gets a number and a text as parameters of a statement.
cat >query.sql <<'END'
.mode csv
SELECT 6 * :n, hex(:w);
END
sweep --fresh -p 'word=its,two words,é' -p n=2,3 --parse csv --columns product,hex -- \
	sqlite3 :memory: '.parameter init' '.parameter set :n {n}' \
	'.parameter set :w "{word}"' '.read query.sql'
same sqlite3 'its,2,ok,0,,12,697473
its,3,ok,0,,18,697473
two words,2,ok,0,,12,74776F20776F726473
two words,3,ok,0,,18,74776F20776F726473
é,2,ok,0,,12,C3A9
é,3,ok,0,,18,C3A9' "$(tail -n +2 t.csv)"

# gnuplot computes, and draws a picture for each value.
sweep --fresh -p x=linspace:0:3:4 --parse number -- gnuplot -e \
	'set terminal svg; set output "sine.{x}.svg"; plot sin({x} * x); set print "-"; print sprintf("%.9f", sin({x}))'
same gnuplot '0,ok,0,,0.000000000
1,ok,0,,0.841470985
2,ok,0,,0.909297427
3,ok,0,,0.141120008' "$(tail -n +2 t.csv)"
for x in 0 1 2 3; do
	grep -q '<svg' sine.$x.svg
	same "the end of sine.$x.svg" '</svg>' "$(grep -v '^$' sine.$x.svg | tail -1)"
done

# glpsol solves a transportation problem by Dantzig; its cost is proportional to the
# freight f, and 153.675 for f = 90. Half the supply is not enough.
if ! [ -e "$model" ]; then
	echo "skipped: $model is not installed (glpk-utils without its documents)"
	exit 77
fi
cp "$model" .
sweep --fresh --shell --tmp -p f=45,90,180 -p supply=600,900 \
	--parse 'regex:cost=^Objective: +cost = ([0-9.]+)' \
	--parse 'regex:solved=^Status: +(.*)' -- \
	"sed 's/f := 90;/f := '{f}';/; s/San-Diego   600;/San-Diego '{supply}';/' $PWD/transp.mod >m.mod && glpsol --math m.mod -o out && cat out"
same glpsol '45,600,ok,0,,OPTIMAL,76.8375
90,600,ok,0,,OPTIMAL,153.675
180,600,ok,0,,OPTIMAL,307.35' "$(grep ,600, t.csv)"
"$cohort" sweep -n 2 --fresh --shell --tmp -p supply=300 --no-measures -o t.csv \
	--parse 'regex:solved=HAS NO (PRIMAL FEASIBLE SOLUTION)' -- \
	"sed 's/San-Diego   600;/San-Diego '{supply}';/' $PWD/transp.mod >m.mod && glpsol --math m.mod" 2>said
same 'glpsol without a solution' '300,ok,0,,PRIMAL FEASIBLE SOLUTION' \
	"$(tail -1 t.csv)"
echo "cohort sweep: all programs passed"
