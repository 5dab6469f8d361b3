#!/usr/bin/env bash
# What --all-measures adds: when tasks began, and their CPU time, which they say
# themselves, too (the builtin `times` of bash).
#
#   measures.sh COHORT
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

# shellcheck source=tests/command/expect.sh
. "$(dirname "$0")/expect.sh"

cohort=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# task KIND: prints at its end its CPU time so far, in seconds, that of its children
# included.
cat >task <<'END'
#!/usr/bin/env bash
case $1 in
user) for ((i = 0; i < 150000; i++)); do :; done ;;
system) head -c 600000000 /dev/zero | head -c 600000000 >/dev/null ;;
child) awk 'BEGIN { for (i = 0; i < 10000000; i++) s += i }' ;;
sleep) sleep 0.3 ;;
esac
times >"spent-$1"
sed 's/[ms]/ /g' "spent-$1" | awk '
	{ user += 60 * $1 + $2; kernel += 60 * $3 + $4 }
	END { printf "{\"user\": %.3f, \"system\": %.3f}\n", user, kernel }'
END
chmod +x task

own=status,exit,signal,seconds,attempts,max_rss,rank
before=$(date +%s.%N)
status 0 "$cohort" sweep -n 2 --parse json --all-measures -o t.csv \
	-p kind=user,system,child,sleep -- ./task
after=$(date +%s.%N)
same 'the columns' "kind,$own,started,user_seconds,system_seconds,user,system" \
	"$(head -1 t.csv)"

# The task's end costs it some milliseconds more than it says.
awk -F, -v before="$before" -v after="$after" '
	function wrong(what) { print $1 ": " what ": " $0; bad = 1 }
	NR == 1 { next }
	$9 < before || $9 + $5 > after { wrong("it did not begin then") }
	$10 < $12 - 0.0011 || $10 > $12 + 0.2 { wrong("user time") }
	$11 < $13 - 0.0011 || $11 > $13 + 0.2 { wrong("system time") }
	$1 ~ /user|child/ && $10 < 0.05 { wrong("it has computed") }
	$1 ~ /user|child/ && $10 < 2 * $11 { wrong("it was not in the kernel") }
	$1 == "system" && $11 < 0.02 { wrong("it was in the kernel") }
	$1 == "sleep" && $10 + $11 > 0.5 * $5 { wrong("it has slept") }
	END { exit bad }' t.csv || {
	cat said
	exit 1
}

# ---- the journal has them ----

"$cohort" results task.cohort --all-measures -o again.csv
cmp t.csv again.csv
same 'without being asked' "kind,$own,user,system" \
	"$("$cohort" results task.cohort | head -1)"
same 'without measures' kind,status,exit,signal,user,system \
	"$("$cohort" results task.cohort --no-measures | head -1)"
"$cohort" results task.cohort --all-measures -o t.sqlite
same 'as numbers' real "$(sqlite3 t.sqlite \
	'SELECT DISTINCT typeof(user_seconds) FROM results')"
same 'the means in the status' "$(awk -F, 'NR > 1 { user += $10; kernel += $11; n++ }
	END { printf "%.3f s user, %.3f s system", user / n, kernel / n }' t.csv)" \
	"$("$cohort" status task.cohort | sed -n 's/^mean time .*; CPU time: //p')"

# ---- a task that was not run has none ----

status 1 "$cohort" sweep -n 1 --halt soon,fail=1 --all-measures -o t.csv -p a=1,2 -- false
same 'not run' '2,not run,,,,,,,,,' "$(sed -n 3p t.csv)"

# ---- refusals ----

for name in started user_seconds system_seconds; do
	status 2 "$cohort" sweep -p $name=1 -- touch ran
	grep -qF "a parameter is called '$name'" said
done
for command in 'results task.cohort' 'sweep -p a=1 -- touch'; do
	# shellcheck disable=SC2086
	status 2 "$cohort" ${command%% *} --no-measures --all-measures ${command#* }
	grep -qF -- '--no-measures leaves columns out and --all-measures adds some' said
done
[ ! -e ran ] && [ ! -e touch.cohort ]
