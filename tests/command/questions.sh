#!/usr/bin/env bash
# The commands of docs/command_tasks.md, but for those that need a cluster or a
# program that is not here.
#
#   questions.sh COHORT [LAUNCHER]
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

cohort=$1
docs=$(cd "$(dirname "$0")/../../docs" && pwd)/command_tasks.md
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir bin
ln -s "$cohort" bin/cohort
PATH=$folder/bin:$PATH

# lines HEADING: the commands of that part, one a line.
lines() {
	sed -n "/^## $1/,/^## /p" "$docs" | sed -n '/^```/,/^```/p' | grep -v '^```'
}

# run HEADING [START]: these commands, without those that need more than this. One that
# begins with START has a task that fails, and the status 1.
run() {
	lines "$1" | grep -vE 'mpirun|#SBATCH' >commands
	: >out
	: >said
	while read -r line; do
		local status=0 expected=0
		[ -z "${2-}" ] || [ "${line#"$2"}" = "$line" ] || expected=1
		bash -c "$line" >>out 2>>said </dev/null || status=$?
		[ $status = $expected ] || {
			echo "status $status: $line"
			cat out said
			exit 1
		}
	done <commands
}

cat >solver <<'END'
#!/bin/sh
echo "$1 at $2"
END
chmod +x solver
printf 'one\ntwo words\n' >names.txt
echo 1 >one
echo 2 >'two words'
printf 'mesh,tol\ncoarse,1e-2\n' >cases.csv
run 'How do I replace GNU parallel'
[ "$(zcat one.gz 'two words.gz' | paste -sd' ')" = '1 2' ]
[ "$(cohort output cases.cohort 0)" = 'coarse at 1e-2' ]
rm -r cases.cohort
# On as many cores as there are here.
if [ -n "${2-}" ]; then
	export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
	cores=$(nproc)
	[ "$cores" -lt 4 ] || cores=4
	printf '#!/bin/sh\nexec "%s" "$@"\n' "$2" >bin/mpirun
	chmod +x bin/mpirun
	lines 'My task is an MPI program' >commands
	[ "$(wc -l <commands)" = 1 ]
	bash -c "$(sed "s/--cpus 4 /--cpus $cores /; s/-n 4 /-n $cores /" commands)" 2>said || {
		cat commands said
		exit 1
	}
	[ "$(cohort output cases.cohort 0 | grep -c '^coarse at')" = "$cores" ]
	rm -r cases.cohort
else
	echo "not tested: tasks that call mpirun (there is none)"
fi
run 'My cases are in a spreadsheet'
[ "$(cat out)" = "./solver 'coarse, quick' 1e-2
./solver fine 1e-4" ]
[ "$(cut -d, -f1-4 table.csv | tail -n 1)" = 'fine,1e-4,ok,0' ]
run 'How do I look at a sweep while it runs'
grep -q '^2 of 2 tasks were run: 2 ok' out
grep -qx 'coarse, quick 1e-2' out
grep -q '</svg>' so-far.svg
cmp so-far.csv table.csv
run 'What failed, and how do I run it again' 'cohort sweep -p n='
grep -q '^4 of 4 tasks were run: 3 ok, 1 failed' out
grep -q '  1: exit status 4; as task 2' out
grep -qx 'no mesh for 3' said

# Every option that the page names is one.
cohort sweep --help >options
cohort results --help >>options
for option in $(sed -n '/^## How do I replace GNU/,/^## My task/p' "$docs" |
	grep -v mpirun | sed 's/^| [^|]*|//' | grep -o -- '`[^`]*`' | grep -o -- '--[a-z-][a-z-]*' | sort -u); do
	grep -q -- "$option" options || {
		echo "there is no $option"
		exit 1
	}
done
