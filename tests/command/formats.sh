#!/usr/bin/env bash
# The same table in all formats, which outside programs read: values of all kinds, names
# with any characters, and many rows. hdf5.sh has the types of columns in HDF5 files.
#
#   formats.sh COHORT ROWS
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

# shellcheck source=tests/command/expect.sh
. "$(dirname "$0")/expect.sh"

cohort=$1 rows=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# as_csv FILE: the table of an SQLite file as CSV without quotes and CR LF.
as_csv() {
	sqlite3 -csv -header -nullvalue '' "$1" 'SELECT * FROM results' | tr -d '\r'
}

# ---- values ----

cat >cases.csv <<'END'
zeros,power,plus,space,hex,large,whole,real,tiny,"größe ""m"", [x]",empty
007,1e3,+5," 12",0x10,12345678901234567890,9223372036854775807,0.1,1e-300,"é ""q""",
1,1E400,.5,5.,1e,-9223372036854775809,-0,2.50,-1.5e-7,'日本',
END
status 0 "$cohort" sweep -n 1 --no-measures --input cases.csv -o t.sqlite -- true
same 'values as text' "007|1e3|+5| 12|0x10|12345678901234567890|9223372036854775807
1|1E400|.5|5.|1e|-9223372036854775809|0.0" "$(sqlite3 t.sqlite "SELECT zeros,
	CASE power WHEN 1000 THEN '1e3' ELSE power END, plus, space, hex, large, whole
	FROM results")"
same 'their types' "text real text text text text integer
integer text text text text text real" "$(sqlite3 -separator ' ' t.sqlite '
	SELECT typeof(zeros), typeof(power), typeof(plus), typeof(space), typeof(hex),
	typeof(large), typeof(whole) FROM results')"
same 'real numbers' '0.1|1|1|real
2.5|1|1|real' "$(sqlite3 t.sqlite "SELECT real, tiny IN (1e-300, -1.5e-7),
	typeof(tiny) = 'real', typeof(real) FROM results")"
same 'names and UTF-8' "é \"q\"||text
'日本'||text" "$(sqlite3 t.sqlite \
	'SELECT "größe ""m"", [x]", empty, typeof(empty) FROM results')"
same 'own columns' 'ok|text|0|integer||null' "$(sqlite3 t.sqlite 'SELECT status,
	typeof(status), exit, typeof(exit), signal, typeof(signal) FROM results LIMIT 1')"
"$cohort" results cases.cohort --no-measures -o t.jsonl
same 'the same types in JSON lines' \
	'{"zeros": "007", "power": 1e3, "plus": "+5", "space": " 12", "hex": "0x10", "large": "12345678901234567890", "whole": 9223372036854775807, "real": 0.1, "tiny": 1e-300, "größe \"m\", [x]": "é \"q\"", "empty": "", "status": "ok", "exit": 0, "signal": null}' \
	"$(head -1 t.jsonl)"

# ---- many rows ----

"$cohort" sweep -n 1 --only 5,$((rows - 1)) --parse number --no-measures -p n=range:1:$rows:1 -- \
	echo 2>said
for format in csv sqlite jsonl h5; do
	[ $format != h5 ] || "$cohort" info --json | grep -q '"hdf5": true' || continue
	before=$(date +%s%N)
	"$cohort" results echo.cohort --no-measures -o t.$format
	echo "$rows rows as $format: $((($(date +%s%N) - before) / 1000000)) ms"
done
[ "$(wc -l <t.csv)" = $((rows + 1)) ]
as_csv t.sqlite | tr -d '"' | cmp - t.csv
same 'sums in SQLite' "$((rows * (rows + 1) / 2))|$((rows + 6))|$rows" "$(sqlite3 t.sqlite \
	'SELECT sum(n), sum(value), count(*) FROM results')"
sed 's/^{"n": \([0-9]*\), "status": "\([a-z ]*\)", "exit": \([0-9]*\).*, "value": \([0-9]*\).*/\1,\2,\3,,\4/
	s/null//g' t.jsonl | cmp - <(tail -n +2 t.csv) || {
	head -8 t.jsonl
	exit 1
}
[ ! -e t.h5 ] || h5dump -y -w 0 -d n t.h5 | sed -n '/^ *DATA {/,/}/{ /[{}]/d; s/,/\n/g; p; }' |
	tr -d ' ' | grep . | cmp - <(seq $rows)
