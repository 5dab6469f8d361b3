#!/usr/bin/env bash
# Tables in HDF5 files, as h5dump reads them.
#
#   hdf5.sh COHORT
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

# shellcheck source=tests/command/expect.sh
. "$(dirname "$0")/expect.sh"

cohort=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# column NAME: its type, and its values on one line.
column() {
	h5dump -y -w 0 -d "$1" t.h5 | sed -n 's/.*DATATYPE *\(H5T_[A-Z0-9_]*\).*/\1/p
		/^ *DATA {/,/}/{ /DATA {/d; /}/d; s/^ *//; p; }' | paste -sd' '
}

[ "$("$cohort" info --json | grep -c '"hdf5": true')" = 1 ]
cat >cases.csv <<'END'
whole,real,mixed,text,zeros,large,exact,a/b,empty
1,0.5,1,x,007,9223372036854775807,9007199254740993,1,
-2,-1e-3,2.5,"é ""q""",1,1,0.5,2,
3,4,3,,2,2,1,3,
END
"$cohort" sweep --no-measures --parse json -o t.h5 --input cases.csv -- sh -c '
case $1 in
-2) exit 3 ;;
3) kill -9 $$ ;;
esac
echo "{{\"n\": $1, \"s\": \"<$1>\"}}"' sh '{whole}' 2>said || [ $? = 1 ] || { cat said; exit 1; }
same 'whole numbers' 'H5T_STD_I64LE 1, -2, 3' "$(column whole)"
same 'real numbers' 'H5T_IEEE_F64LE 0.5, -0.001, 4' "$(column real)"
same 'both' 'H5T_IEEE_F64LE 1, 2.5, 3' "$(column mixed)"
same 'text' 'H5T_STRING "x", "\37777777703\37777777651 "q"", ""' \
	"$(column text | sed 's/\\"/"/g')"
same 'UTF-8' 'CSET H5T_CSET_UTF8;' "$(h5dump -d text t.h5 | grep -o 'CSET.*')"
same 'text of digits' 'H5T_STRING "007", "1", "2"' "$(column zeros)"
same 'large numbers' 'H5T_STD_I64LE 9223372036854775807, 1, 2' "$(column large)"
same 'numbers that a double does not hold' \
	'H5T_STRING "9007199254740993", "0.5", "1"' "$(column exact)"
same 'a name with a slash' 'H5T_STD_I64LE 1, 2, 3' "$(column a%2Fb)"
same 'empty values' 'H5T_STRING "", "", ""' "$(column empty)"
same 'status' 'H5T_STRING "ok", "failed", "crashed"' "$(column status)"
same 'exit' 'H5T_IEEE_F64LE 0, 3, nan' "$(column exit)"
same 'signal' 'H5T_IEEE_F64LE nan, nan, 9' "$(column signal)"
same 'a number that tasks printed' 'H5T_IEEE_F64LE 1, nan, nan' "$(column n)"
same 'a text that tasks printed' 'H5T_STRING "<1>", NULL, NULL' "$(column s)"
same 'the columns in order' \
	'"whole", "real", "mixed", "text", "zeros", "large", "exact", "a/b", "empty", "status", "exit", "signal", "n", "s"' \
	"$(h5dump -y -w 0 -a columns t.h5 | sed -n '/DATA {/,/}/{ /DATA {/d; /}/d; s/^ *//; p; }')"

# The same bytes at another time, from the journal.
sleep 1.1
"$cohort" results --no-measures -o again.h5 cases.cohort
cmp t.h5 again.h5

# refused 'PART OF THE SENTENCE' COMMAND...
refused() {
	local status=0

	"${@:2}" 2>said || status=$?
	[ $status = 2 ] && grep -qF "$1" said && [ "$(wc -l <said)" = 1 ] || {
		echo "${*:2}: expected status 2 and '$1', but got $status and:"
		cat said
		exit 1
	}
}
refused 'hdf5 needs a file' "$cohort" results -o - --output-format h5 cases.cohort
refused 'no/such/t.h5: it cannot be written' \
	"$cohort" results -o no/such/t.h5 cases.cohort
printf 'a\n\xff\n' >latin.csv
"$cohort" sweep --input latin.csv -- true 2>said
refused 'a value is not UTF-8' "$cohort" results -o t.h5 latin.cohort
same 'the old table is there' "$(sha256sum <again.h5)" "$(sha256sum <t.h5)"

# The widest table.
wide() {
	seq -s, "$1" | sed 's/[0-9]*/a&/g' >wide.csv
	seq -s, "$1" >>wide.csv
	"$cohort" sweep --input wide.csv --no-measures -o wide.h5 -- true
}
wide 3997 2>said
same 'its last column' '3997' "$(h5dump -y -w 0 -d a3997 wide.h5 |
	sed -n '/^ *DATA {/,/}/{ /DATA {/d; /}/d; s/ //g; p; }')"
refused 'the table has 4001 columns, and HDF5 takes at most 4000: use .csv' wide 3998

# Where the module for HDF5 is not there, nothing is run.
mkdir -p elsewhere/bin
cp "$cohort" elsewhere/bin/cohort
[ "$(elsewhere/bin/cohort info --json | grep -c '"hdf5": false')" = 1 ]
refused 'this cohort writes no HDF5 files' \
	elsewhere/bin/cohort sweep -o t.h5 -p a=1 -- touch ran
[ ! -e ran ] && [ ! -e touch.cohort ]
