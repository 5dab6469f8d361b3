#!/usr/bin/env bash
# One step of the package tests; CMakeLists.txt says which there are and sets
# the variables that they use.
set -euo pipefail

prefix=$WORK/moved
consumer=$WORK/consumer
warnings=(-Wall -Wextra -Wpedantic -Werror)

fail() {
	printf 'failed: %s\n' "$*" >&2
	exit 1
}

# Run a program, and compare all that it prints.
expect() {
	local wanted=$1 got
	shift
	got=$("$@") || fail "$*: status $?"
	[ "$got" = "$wanted" ] || fail "$*: \"$got\", not \"$wanted\""
	printf '%s: %s\n' "${*##*/}" "$got"
}

# The sum of the squares below 10 is 285.
expect_both() {
	expect "serial 1 285" env COHORT_BACKEND=serial "$@"
	expect "mp 3 285" env COHORT_BACKEND=mp COHORT_SIZE=3 "$@"
}

pc() {
	local folder
	folder=$(dirname "$(find "$prefix" -name cohort.pc)")
	PKG_CONFIG_PATH=$folder pkg-config "$@"
}

library_folder() {
	dirname "$(find "$prefix" -name libcohort.so)"
}

step_install() {
	rm -rf "$WORK"
	mkdir -p "$WORK"
	"$CMAKE" --install "$BUILD" --prefix "$WORK/first"
	mv "$WORK/first" "$prefix"
	! grep -rIl -e "$WORK/first" -e "$BUILD" --include='*.cmake' \
		--include='*.pc' "$prefix" ||
		fail "these files name the folder that they were built in"
}

step_cmake() {
	rm -rf "$consumer"
	"$CMAKE" -S "$SOURCES/tests/package/consumer" -B "$consumer" \
		-DCMAKE_PREFIX_PATH="$prefix" -DVERSION="$VERSION" \
		-DSTATIC_LOCALIZED="${STATIC_LOCALIZED:-0}"
	"$CMAKE" --build "$consumer"
}

step_run() {
	local program
	for program in c_shared c_static cxx_shared cxx_static; do
		expect_both "$consumer/$program"
	done
	[ -z "${STATIC_LOCALIZED:-}" ] || expect_both "$consumer/clash"
}

# The module is to come from the tree that was moved, not from one that is
# installed on this machine: the dynamic linker's own words decide.
step_mpi() {
	local family=$1 mpirun=$2 module
	module=$(library_folder)/cohort/cohort-mpi-$family.so
	rm -f "$WORK/loaded-$family".*
	expect "mpi 2 285" env LD_DEBUG=files LD_DEBUG_OUTPUT="$WORK/loaded-$family" \
		"$mpirun" -n 2 "$consumer/c_shared"
	grep -qF "$module" "$WORK/loaded-$family".* || fail "$module was not loaded"
	rm -f "$WORK/loaded-$family".*
	expect "mpi 2 285" "$mpirun" -n 2 "$consumer/cxx_shared"
}

step_pkg_config() {
	[ "$(pc --modversion cohort)" = "$VERSION" ] || fail "the version"
	# shellcheck disable=SC2046,SC2086
	"$CC" -std=c11 "${warnings[@]}" ${CFLAGS:-} $(pc --cflags cohort) \
		"$SOURCES/tests/package/consumer/program.c" -o "$WORK/pc_shared" \
		$(pc --libs cohort)
	expect_both env LD_LIBRARY_PATH="$(library_folder)" "$WORK/pc_shared"
}

step_pkg_config_static() {
	# shellcheck disable=SC2046,SC2086
	"$CC" -std=c11 "${warnings[@]}" ${CFLAGS:-} $(pc --cflags cohort) \
		"$SOURCES/tests/package/consumer/program.c" -o "$WORK/pc_static" \
		-Wl,-Bstatic $(pc --libs cohort) -Wl,-Bdynamic \
		$(pc --static --libs-only-l cohort | sed 's/-lcohort//')
	! readelf -d "$WORK/pc_static" | grep 'NEEDED.*libcohort' ||
		fail "linked with libcohort.so"
	expect_both "$WORK/pc_static"
}

# docs/start.md: its program compiles, and prints what the page says.
step_start() {
	local page=$SOURCES/docs/start.md command
	if [ ! -e "$page" ]; then
		echo "skipped: there is no docs/start.md"
		exit 77
	fi
	awk '
		/^```/ { if (inside && whole) { printf "%s", text; exit }
			inside = $0 == "```c" && !inside
			text = ""; whole = 0; next }
		inside { text = text $0 "\n" }
		inside && /int main/ { whole = 1 }
	' "$page" >"$WORK/roots.c"
	[ -s "$WORK/roots.c" ] || fail "docs/start.md has no complete C program"
	# shellcheck disable=SC2046,SC2086
	"$CC" -std=c11 "${warnings[@]}" ${CFLAGS:-} $(pc --cflags cohort) \
		"$WORK/roots.c" -o "$WORK/roots" $(pc --libs cohort) -lm
	export LD_LIBRARY_PATH
	LD_LIBRARY_PATH=$(library_folder)
	for command in "COHORT_BACKEND=serial ./roots" \
		"COHORT_BACKEND=mp COHORT_SIZE=3 ./roots"; do
		awk -v command="$ $command" '
			/^(\$ |```)/ { inside = $0 == command; next }
			inside' "$page" >"$WORK/roots.page"
		[ -s "$WORK/roots.page" ] || fail "docs/start.md lacks: $command"
		(cd "$WORK" && env ${command% *} ./roots) >"$WORK/roots.said"
		diff "$WORK/roots.page" "$WORK/roots.said" ||
			fail "docs/start.md does not show what $command prints"
	done
}

# A program compiled against version 0.1's header runs with this library.
step_from_0_1() {
	local program=$WORK/from_0_1 backend
	# shellcheck disable=SC2086
	"$CC" -std=c11 "${warnings[@]}" ${CFLAGS:-} \
		"$SOURCES/tests/package/0.1/program.c" -o "$program" \
		-L"$(library_folder)" -lcohort
	export LD_LIBRARY_PATH
	LD_LIBRARY_PATH=$(library_folder)
	for backend in "serial 1" "mp 3"; do
		rm -rf "$WORK/journal_0_1"
		expect "$backend 276"$'\n'"$backend 276" env \
			COHORT_BACKEND="${backend% *}" \
			COHORT_SIZE="${backend#* }" "$program" "$WORK/journal_0_1"
	done
}

# A program compiled against a later version's header, whose structs have grown,
# runs with this library as long as it leaves the new fields 0.
step_newer() {
	local program=$WORK/newer
	mkdir -p "$WORK/later"
	sed -E 's/^\} cohort_(options|job|counts|result);/\tuint64_t later;\n&/' \
		"$SOURCES/include/cohort.h" > "$WORK/later/cohort.h"
	[ "$(grep -c 'uint64_t later;' "$WORK/later/cohort.h")" = 4 ] ||
		fail "four structs were to grow"
	# shellcheck disable=SC2086
	"$CC" -std=c11 "${warnings[@]}" ${CFLAGS:-} -I"$WORK/later" \
		"$SOURCES/tests/package/newer.c" -o "$program" \
		-L"$(library_folder)" -lcohort
	export LD_LIBRARY_PATH
	LD_LIBRARY_PATH=$(library_folder)
	expect "serial 1 9" env COHORT_BACKEND=serial "$program"
	expect "mp 3 9" env COHORT_BACKEND=mp COHORT_SIZE=3 "$program"
}

step=$1
shift
"step_$step" "$@"
