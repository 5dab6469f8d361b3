#!/usr/bin/env bash
# `cohort info` says what a program would get: compared with the machine, with limits
# that the test sets, and with what the launchers do.
#
#   info.sh COHORT LIBRARY MODULE_FOLDER CRASH [LAUNCHER MODULE]...
#
# MODULE_FOLDER is where modules lie, from the library's folder. CRASH is a library
# that crashes as it is loaded. Each launcher comes with the module for its MPI.
set -euo pipefail
. "$(dirname "$0")/expect.sh"
export LC_ALL=C
ulimit -c 0

cohort=$1 library=$2 modules=$3 crash=$4
shift 4
with_mpi=$#
docs=$(cd "$(dirname "$0")/../../docs" && pwd)/command.md
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
unset "${!COHORT_@}"

# value PATH: what the last report in JSON has there.
value() {
	sqlite3 :memory: "SELECT ifnull(json_extract(readfile('out'), '\$.$1'), 'null')"
}

# has PATH EXPECTED
has() {
	same "$1" "$2" "$(value "$1")"
}

# ---- the machine ----

status 0 "$cohort" info --json
has cores.usable "$(nproc)"
has cores.in_affinity_mask "$(nproc)"
mask=$(awk '/^Cpus_allowed_list:/ { print $2 }' /proc/self/status)
has cores.affinity_mask "$mask"
has cores.online "$(getconf _NPROCESSORS_ONLN)"
has cohort.library "$("$cohort" --version | cut -d' ' -f2)"
[ "$(realpath "$(value cohort.library_path)")" = "$(realpath "$library")" ] ||
	[ "$(realpath "$(value cohort.library_path)")" = "$(realpath "$cohort")" ]
has memory.machine_bytes $(($(awk '/^MemTotal/ { print $2 }' /proc/meminfo) * 1024))
has limits.descriptors "$(ulimit -Sn)"
has limits.core_file_bytes 0
has launcher.started_by null
has backend.problem null
first=${mask%%[-,]*}
status 0 taskset -c "$first" "$cohort" info --json
has cores.usable 1
has cores.affinity_mask "$first"
has backend.name serial
has backend.reason 'chosen because: no launcher, and one core'
status 0 bash -c 'ulimit -n 77; ulimit -Ss 4000; exec "$@"' bash "$cohort" info --json
has limits.descriptors 77
has limits.descriptors_hard 77
has limits.stack_bytes 4096000

# Control groups, if this test may have a folder in place of the machine's: the least
# limit of the group and all above it counts, in both versions.
if unshare -rm true 2>/dev/null; then
	cat >in_group <<-'END'
		set -e
		mount -t tmpfs none /sys/fs/cgroup
		cd /sys/fs/cgroup
		mkdir -p a/b memory/c pids/c cpu/c
		echo 123456789 >a/memory.max
		echo 223456789 >a/b/memory.max
		echo max >memory.max
		echo 55 >a/b/pids.max
		echo 150000 100000 >a/cpu.max
		echo 9223372036854771712 >memory/memory.limit_in_bytes
		echo 77777777 >memory/c/memory.limit_in_bytes
		echo 66 >pids/pids.max
		cd "$3"
		printf "$1" >groups
		mount --bind groups /proc/$$/cgroup
		exec "$2" info --json
	END
	status 0 unshare -rm sh in_group '0::/a/b\n' "$cohort" "$folder"
	has memory.cgroup_limit_bytes 123456789
	has limits.cgroup_processes 55
	has cores.cgroup_quota 2
	status 0 unshare -rm sh in_group '4:cpu,memory:/c\n3:pids:/c\n' "$cohort" "$folder"
	has memory.cgroup_limit_bytes 77777777
	has limits.cgroup_processes 66
	status 0 unshare -rm sh in_group '' "$cohort" "$folder"
	has memory.cgroup_limit_bytes null
else
	echo "not tested: limits of a control group (no mount namespaces here)"
fi

# ---- what is asked for ----

status 0 "$cohort" info --json --backend mp -n 3
has backend.name mp
has backend.ranks 3
has backend.reason 'asked for by options.backend'
status 0 "$cohort" info --json -n 1
has backend.name serial
status 0 env COHORT_BACKEND=mp COHORT_SIZE=5 "$cohort" info --json
has backend.ranks 5
has backend.reason 'asked for by COHORT_BACKEND'
has variables.COHORT_SIZE 5
status 0 "$cohort" info
for word in cohort backend cores launcher modules variables memory limits 'built with'; do
	grep -q "^$word" out || same "the section $word" there "$(cat out)"
done
grep -qE '^  name +(mp|serial)$' out
grep -qE '^  Open MPI$' out
status 0 "$cohort" info --help
grep -q -- '--json' out
! "$cohort" info >/dev/full 2>said
grep -q 'standard output cannot be written: No space left' said

# refused 'PART OF THE SENTENCE' COMMAND...: status 2, and nothing is printed.
refused() {
	status 2 "${@:2}"
	grep -qF -- "$1" said || same "the sentence of ${*:2}" "$1" "$(cat said)"
	same "lines of ${*:2}" 1 "$(wc -l <said)"
}
refused 'did you mean --backend?' "$cohort" info --bakend mp
refused 'expected auto, serial, mp or mpi; did you mean serial?' "$cohort" info --backend serail
refused '--ranks x: expected a whole number' "$cohort" info -n x
refused '--ranks 0: expected a whole number' "$cohort" info --ranks 0
refused "'mp' is no option, and nothing else is expected" "$cohort" info mp
refused 'COHORT_SIZE is "x"' env COHORT_SIZE=x "$cohort" info

# ---- modules ----

mkdir -p copy
cp "$library" copy/libcohort.so.0
status 1 env LD_LIBRARY_PATH=copy "$cohort" info --json --backend mpi
grep -qF 'there is no module (cohort-mpi-*.so) in' said
grep -qF "cohort-mpi-openmpi.so is not in $folder/copy/$modules" \
	<<<"$(value 'modules."Open MPI".problem')"
has 'modules."Open MPI".library' null
status 0 env LD_LIBRARY_PATH=copy "$cohort" info --json
mkdir -p "copy/$modules"
# A module whose MPI is not installed, as docs/command.md shows it.
openmpi=$(dirname "$library")/$modules/cohort-mpi-openmpi.so
if [ -e "$openmpi" ]; then
	sed 's/libmpi\.so\.40/libnoo.so.40/' "$openmpi" >"copy/$modules/cohort-mpi-openmpi.so"
	status 1 env LD_LIBRARY_PATH=copy "$cohort" info --backend mpi
	expected=$(grep '^cohort info: mpi cannot be had:' "$docs")
	expected=${expected//./\\.}
	expected=${expected//\\.\\.\\./.*}
	grep -q "^${expected/libmpi/libnoo}" said || same 'docs/command.md' "$expected" "$(cat said)"
fi
echo 'no library' >"copy/$modules/cohort-mpi-openmpi.so"
cp "$crash" "copy/$modules/cohort-mpi-mpich.so"
status 1 env LD_LIBRARY_PATH=copy "$cohort" info --json --backend mpi
grep -qE '^cohort info: mpi cannot be had: .*: install the MPI' said
grep -qE 'cohort-mpi-openmpi.so: (file too short|invalid ELF header)' \
	<<<"$(value 'modules."Open MPI".problem')"
has modules.MPICH.problem 'it crashed, or did not answer, as it loaded'
has backend.module null
status 1 env LD_LIBRARY_PATH=copy COHORT_BACKEND=mpi "$cohort" info

while [ $# -gt 0 ]; do
	launcher=$1 module=$2
	shift 2
	name=MPICH
	[[ $module == *openmpi* ]] && name='Open MPI'
	status 0 "$cohort" info --json --backend mpi
	has backend.ranks 1
	has "modules.\"$name\".module" "$(realpath "$module")"
	has "modules.\"$name\".problem" null
	linked=$(ldd "$module" | sed -nE 's/.*libmpi(ch)?\.so.* => ([^ ]*) .*/\2/p')
	same "the library of $name" "$(realpath "$linked")" \
		"$(realpath "$(value "modules.\"$name\".library")")"
	[[ $(value "modules.\"$name\".version") == "$name "*[0-9].[0-9]* ]]
	# Under the launcher one process prints, and the launcher's MPI decides.
	status 0 "$launcher" -n 2 "$cohort" info --json
	has launcher.rank 0
	has launcher.processes 2
	has backend.name mpi
	has backend.ranks 2
	has backend.module "$(realpath "$module")"
	grep -q "$(value launcher.known_by) is set ($(value launcher.started_by))" \
		<<<"$(value backend.reason)"
	"$launcher" -n 2 "$cohort" info --backend nothing >out 2>said && exit 1
	same 'bad usage' 1 "$(grep -cF 'expected auto, serial' said)"
	"$launcher" -n 2 env COHORT_BACKEND=mp "$cohort" info >out 2>said && exit 1
	same 'mp in a job' 1 "$(grep -cF 'cannot open an mp group' said)"
	grep -qE '^  problem +cannot open an mp group' out
done

# ---- docs/command.md: the commands of its section ----

block=$(sed -n '/^## What a program would get here/,/^## /p' "$docs" |
	sed -n '/^```/,/^```/p' | grep -E '^cohort info( |$)')
[ "$(wc -l <<<"$block")" = 2 ]
while read -r line; do
	[[ $line == *mpi* && $with_mpi = 0 ]] && continue
	status 0 eval "\"$cohort\" ${line#cohort }"
	grep -qE '^  name +[a-z]+$|"name": *"mpi"' out || same "docs/command.md: $line" \
		'a report' "$(cat out)"
done <<<"$block"
echo "cohort info: all cases passed"
