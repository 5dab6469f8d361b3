#!/usr/bin/env bash
# Fuzz the journal's reader with clang's libFuzzer, with the sanitizers on.
#
# usage: tests/fuzz/run.sh [SECONDS | link]    default: 60
#
#   link  only find out whether the programs can be built
#
# The first inputs are the corpus and those that `replay --seeds` makes. At the
# end inputs that reach new code are added to the corpus, and inputs that reach
# nothing else than others are removed. An input that fails is written to
# tests/fuzz/crash-*, and the exit status is not 0.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:-60}
case $seconds in
link) ;;
*[!0-9]* | '')
	sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"
	exit 2
	;;
esac
clang=$(command -v clang || command -v clang-14) || {
	echo "tests/fuzz/run.sh: clang is missing (Debian's clang)" >&2
	exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# base and journal need no other folder.
sources=(../../src/common/{base,journal}/*.c)
flags=(-std=c11 -g -O1 -I../../include -I../../src
	-fsanitize=address,undefined -fno-sanitize-recover=all
	-Wno-pass-failed)
libraries=(-pthread -lm -ldl)

if [ "$seconds" = link ]; then
	"$clang" -std=c11 -O0 -I../../include -I../../src replay.c journal.c \
		"${sources[@]}" "${libraries[@]}" -o "$work/replay"
	exit
fi
"$clang" "${flags[@]}" replay.c journal.c "${sources[@]}" "${libraries[@]}" \
	-o "$work/replay"
"$clang" "${flags[@]}" -fsanitize=fuzzer mutate.c journal.c "${sources[@]}" \
	"${libraries[@]}" -o "$work/fuzz"
mkdir "$work/seeds" "$work/found" "$work/least"
"$work/replay" --seeds "$work/seeds"
"$work/fuzz" -max_total_time="$seconds" -max_len=1024 -timeout=10 \
	-print_final_stats=1 "$work/found" corpus "$work/seeds"
"$work/fuzz" -merge=1 -max_len=1024 "$work/least" corpus "$work/seeds" \
	"$work/found"
rm -f corpus/*
cp "$work/least"/* corpus/
echo "corpus: $(find corpus -type f | wc -l) inputs," \
	"$(du -bc corpus/* | tail -n 1 | cut -f 1) bytes"
