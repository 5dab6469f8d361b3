#!/usr/bin/env bash
# `cohort run` starts programs that use cohort: the variables that its options set, what
# it says, the launcher that it takes, and command lines that it refuses.
#
#   run.sh COHORT LIBRARY MODULE_FOLDER SOLVER [LAUNCHER]...
#
# MODULE_FOLDER is where modules lie, from the library's folder. SOLVER prints backend,
# number of ranks and arguments. With launchers, programs are started by each of them,
# too.
set -euo pipefail
export LC_ALL=C

cohort=$1 library=$2 modules=$3 solver=$4
shift 4
docs=$(cd "$(dirname "$0")/../../docs" && pwd)/command.md
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
ln -s "$solver" solver
printf 'no program\n' >plain
printf '#!/no/such/interpreter\n' >script
chmod +x script

# same WHAT EXPECTED ACTUAL
same() {
	[ "$2" = "$3" ] && return
	printf '%s: expected\n%s\nbut got\n%s\n' "$1" "$2" "$3"
	cat said 2>/dev/null
	exit 1
}

# runs STATUS ARGUMENT...: output goes to the files out and said. The words of
# `before` come before the command.
before=()
runs() {
	local status=0

	"${before[@]}" "$cohort" run "${@:2}" >out 2>said || status=$?
	[ $status = "$1" ] || {
		echo "cohort run ${*:2}: expected status $1, but got $status"
		cat out said
		exit 1
	}
}

# says WORDS: one line on standard error, with these words.
says() {
	[ "$(wc -l <said)" = 1 ] && grep -qF -- "$1" said || {
		echo "expected one line with '$1', but got"
		cat said
		exit 1
	}
}

# refuses 'PART OF THE SENTENCE' ARGUMENT...: status 2, or 3 if $refusal says so.
refuses() {
	runs "${refusal:-2}" "${@:2}"
	says "$1"
	same "output of $*" '' "$(cat out)"
	tried=$((tried + 1))
}
tried=0

# ---- every option ----

# The variables that a program gets.
variables=(sh -c 'env | grep ^COHORT_ | grep -v ^COHORT_TEST | sort | paste -sd" "')
while read -r variable options; do
	runs 0 $options -- "${variables[@]}"
	same "$options" "$variable" "$(cat out)"
done <<'END'
COHORT_SIZE=3 -n 3
COHORT_SIZE=3 --ranks 3
COHORT_BACKEND=serial --backend serial
COHORT_BACKEND=auto --backend auto
COHORT_TRANSPORT=socket --transport socket
COHORT_TIMEOUT=7.5 --timeout 7.5
COHORT_CHECK=1 --check
COHORT_SCHEDULE=guided,4 --schedule guided,4
COHORT_ISOLATE=1 --isolate
COHORT_JOURNAL_UNLOCKED=1 --journal-unlocked
COHORT_PROGRESS=always --progress always
COHORT_LOG=error --log error
END
COHORT_SIZE=9 COHORT_LOG=error runs 0 -n 2 -- "${variables[@]}"
same 'an option and the environment' 'COHORT_LOG=error COHORT_SIZE=2' "$(cat out)"

runs 0 -n 3 -- ./solver 'a b' "it's" ''
same 'arguments' "mp 3 <a b> <it's> <>" "$(cat out)"
says 'cohort run: ./solver: mp, 3 ranks, chosen because: no launcher'
runs 0 -n 3 --backend serial --log error -- ./solver
same 'serial' 'serial 1' "$(cat out)"
says 'cohort run: ./solver: serial, 1 rank, asked for by --backend'
COHORT_BACKEND=serial runs 0 -- ./solver
says 'serial, 1 rank, asked for by COHORT_BACKEND'
runs 0 --quiet -n 2 -- ./solver
same 'quiet' '' "$(cat said)"
runs 0 -v -n 2 --timeout 9 -- ./solver 'a b'
grep -qxF "cohort run: COHORT_SIZE=2 COHORT_TIMEOUT=9 ./solver 'a b'" said
runs 0 --dry-run -n 2 --isolate -- ./solver 'a b' '$x'
same 'a dry run' "COHORT_SIZE=2 COHORT_ISOLATE=1 ./solver 'a b' '\$x'" "$(cat out)"
same 'a dry run runs nothing and says nothing else' '' "$(cat said)"
same 'its command runs' "mp 2 <a b> <\$x>" "$(x=1 bash -c "$(cat out)")"
runs 7 -- sh -c 'exit 7'
echo input | "$cohort" run -q -- cat | grep -qx input
runs 0 --help
for option in ranks backend launcher launcher-argument transport timeout check \
	schedule isolate journal-unlocked progress log dry-run verbose quiet; do
	grep -q -- "--$option" out
done

# ---- command lines that are refused ----

refuses 'there is no program: it follows --'
refuses 'there is no program' -n 3
refuses 'did you mean --backend?' --bakend mp -- ./solver
refuses '--timeout' --timeout
refuses 'expected auto, serial, mp or mpi; did you mean serial?' --backend seriall -- ./solver
refuses 'expected shm or socket; did you mean socket?' --transport sockets -- ./solver
refuses 'expected auto, always or never; did you mean always?' --progress allways -- ./solver
refuses 'expected error, warn, info or debug; did you mean debug?' --log debg -- ./solver
refuses '--ranks: COHORT_SIZE is "x"' -n x -- ./solver
refuses '--ranks: COHORT_SIZE is "0"' -n 0 -- ./solver
refuses '--ranks: COHORT_SIZE' -n 5000 -- ./solver
refuses '--ranks: the value is empty' -n '' -- ./solver
refuses '--timeout: COHORT_TIMEOUT is "-1"' --timeout -1 -- ./solver
refuses '--schedule: COHORT_SCHEDULE is "static,3"' --schedule static,3 -- ./solver
COHORT_LOG=loud refuses 'cohort run: COHORT_LOG is "loud"' -- ./solver
refuses 'the command no-such-program is not in PATH' -- no-such-program
refuses './nothing cannot be started: No such file' -- ./nothing
refuses './plain cannot be started: Permission denied' -- ./plain
refuses 'the command is empty' -- ''
refuses '--launcher is for --backend mpi' --launcher sh -- ./solver
refuses '--launcher-argument is for --backend mpi' --launcher-argument -v -- ./solver
# That a program's interpreter is missing is known when it starts.
runs 2 -q -- ./script
says './script cannot be started: No such file or directory (the interpreter'

# ---- mpi ----

# With a copy of the library beside which there is no module.
cp "$library" libcohort.so.0
refusal=3 LD_LIBRARY_PATH=$folder refuses 'there is no module (cohort-mpi-*.so) in' \
	--backend mpi -- ./solver

for launcher in "$@"; do
	runs 0 -n 2 --backend mpi --launcher "$launcher" -- ./solver 'a b'
	same "$launcher" 'mpi 2 <a b>' "$(cat out)"
	says "mpi, 2 ranks, asked for by --backend; started by $launcher"
	runs 0 -n 2 --backend mpi --launcher "$launcher" --timeout 30 \
		--launcher-argument -n --launcher-argument 3 --dry-run -- ./solver
	passed=
	[[ $("$launcher" --version) == *Open* ]] &&
		passed=' -x COHORT_BACKEND -x COHORT_SIZE -x COHORT_TIMEOUT'
	same 'the command of mpi' \
		"COHORT_BACKEND=mpi COHORT_SIZE=2 COHORT_TIMEOUT=30 $launcher -n 2$passed -n 3 ./solver" \
		"$(cat out)"
	# A launcher has started it already, and one rank speaks.
	"$launcher" -n 2 "$cohort" run --timeout 60 -- ./solver x >out 2>said
	same "under $launcher" 'mpi 2 <x>' "$(cat out)"
	says 'cohort run: ./solver: mpi, 2 ranks, chosen because:'
	"$launcher" -n 2 "$cohort" run -n 3 -- ./solver >out 2>said && exit 1
	same 'another number of ranks' 1 "$(grep -cF 'has started 2 processes: leave -n' said)"
	"$launcher" -n 2 "$cohort" run --launcher sh -- ./solver >out 2>said && exit 1
	same 'two launchers' 1 "$(grep -cF -- '--launcher is for --backend mpi without' said)"
	"$launcher" -n 2 "$cohort" run --nonsense >out 2>said && exit 1
	same 'bad usage' 1 "$(grep -cF 'unknown option' said)"
	# The search finds it under the first of its names.
	mkdir -p bin
	ln -sf "$launcher" bin/mpiexec
	before=(env PATH="$folder/bin:/nowhere")
	runs 0 --backend mpi --dry-run -- ./solver
	before=()
	grep -qF "$folder/bin/mpiexec -n " out
	refuses 'the command no-launcher is not in PATH' --backend mpi \
		--launcher no-launcher -- ./solver
done
# The search goes on to a launcher whose MPI has a module.
if [ $# = 2 ]; then
	mkdir -p "$modules" both alone
	cp "$(dirname "$library")/$modules/cohort-mpi-openmpi.so" "$modules"
	for launcher; do
		if [[ $("$launcher" --version) == *Open* ]]; then
			ln -s "$launcher" both/mpiexec
		else
			ln -s "$launcher" both/mpirun
			ln -s "$launcher" alone/mpirun
		fi
	done
	before=("$(type -P env)" PATH="$folder/both" LD_LIBRARY_PATH="$folder")
	runs 0 --backend mpi --dry-run -- ./solver
	grep -qF " $folder/both/mpiexec -n " out
	before=("$(type -P env)" PATH="$folder/alone" LD_LIBRARY_PATH="$folder")
	refusal=3 refuses 'alone/mpirun starts jobs of MPICH, and cohort has no module' \
		--backend mpi -- ./solver
	refuses 'starts jobs of MPICH, and cohort has no module for it: cohort-mpi-mpich.so' \
		--backend mpi --launcher mpirun -- ./solver
	before=()
fi
if [ $# -gt 0 ]; then
	before=("$(type -P env)" PATH=/nowhere)
	refusal=3 refuses 'no launcher of Open MPI or MPICH is in PATH' \
		--backend mpi -- ./solver
	before=()
	# One that is of no MPI is taken if it is named, and is told the number.
	printf '#!/bin/sh\necho "words: $*"\n' >other
	chmod +x other
	runs 0 -n 4 --backend mpi --launcher ./other -- ./solver y
	same 'another launcher' 'words: -n 4 ./solver y' "$(cat out)"
fi

# ---- docs/command.md: the commands of its section, as they stand there ----

first=
block=$(sed -n '/^## Run a program that uses cohort/,/^## /p' "$docs" |
	sed -n '/^```/,/^```/p' | grep -v '^```')
[ "$(wc -l <<<"$block")" -ge 3 ]
while read -r line; do
	[[ $line == *mpi* && $# = 0 ]] && continue
	eval "\"$cohort\" ${line#cohort }" >out 2>said
	grep -qE '^(mp 4|mpi 4|COHORT_SIZE=4 .*./solver)' out || {
		echo "docs/command.md: $line"
		cat out said
		exit 1
	}
	[ -n "$first" ] || first=$(cat said)
done <<<"$block"
# What it says the first one prints.
same 'the line of the first one' "$first" "$(tr '\n' ' ' <"$docs" |
	grep -o 'The first line prints `[^`]*`' | cut -d'`' -f2)"
line=$(grep -o '^`mpirun -n 4 cohort run [^`]*`' "$docs" | tr -d '`')
for launcher in "$@"; do
	words=${line/#mpirun/\"$launcher\"}
	eval "${words/ cohort / \"$cohort\" }" >out 2>said
	same "$line by $launcher" 'mpi 4' "$(cat out)"
done
echo "cohort run: all cases passed, $tried command lines were refused"
