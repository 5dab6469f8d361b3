#!/usr/bin/env bash
# One step of the package tests; CMakeLists.txt says which there are and sets
# the variables that they use.
set -euo pipefail

prefix=$WORK/moved
consumer=$WORK/consumer
warnings=(-Wall -Wextra -Wpedantic -Werror)

# Install a build folder, without the names of all files on the screen.
put() {
	"$CMAKE" --install "$@" >"$WORK/$step.log" || {
		cat "$WORK/$step.log"
		fail "cmake --install $*"
	}
}

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

# pkg-config, told by its own option that the tree was moved.
pc() {
	local folder
	folder=$(dirname "$(find "$prefix" -name cohort.pc)")
	PKG_CONFIG_PATH=$folder pkg-config --define-variable=prefix="$prefix" "$@"
}

library_folder() {
	dirname "$(find "$prefix" -name libcohort.so)"
}

# The names of all files in a folder, from that folder.
list_files() {
	(cd "$1" && find . ! -type d | sort)
}

# Configure and build in a folder of $WORK.
build() {
	local sources=$1 folder=$2
	shift 2
	"$CMAKE" -S "$sources" -B "$folder" -G "$GENERATOR" "$@"
	"$CMAKE" --build "$folder" --parallel 2
}

step_install() {
	rm -rf "$WORK"
	mkdir -p "$WORK"
	put "$BUILD" --prefix "$WORK/first"
	mv "$WORK/first" "$prefix"
	! grep -rIl -e "$WORK/first" -e "$BUILD" --include='*.cmake' "$prefix" ||
		fail "these files name the folder that they were built in"
	for file in LICENSE LICENSE.xxHash README.md docs/design.md \
		examples/ro_sweep.c; do
		[ -s "$(find "$prefix/share/doc" -path "*/$file")" ] ||
			fail "$file is not installed"
	done
	grep -q 'Yann Collet' "$(find "$prefix" -name LICENSE.xxHash)" ||
		fail "LICENSE.xxHash is not xxHash's notice"
}

# Each file belongs to one component.
step_components() {
	local component parts=$WORK/parts
	rm -rf "$parts"
	for component in runtime devel static tools doc python $FAMILIES; do
		put "$BUILD" --prefix "$parts/$component" \
			--component "$component"
	done
	diff <(list_files "$prefix") <(for component in "$parts"/*; do
		list_files "$component"
	done | sort) || fail "these files are in no component, or in two"
	! list_files "$parts/runtime" | grep -vE 'libcohort\.so\.|LICENSE' ||
		fail "runtime has more than the library and licences"
	list_files "$parts/devel" | grep -q 'libcohort\.so$' ||
		fail "devel has no libcohort.so"
	[ ! -e "$parts/tools/bin/cohort" ] || check_command "$parts/tools"
}

# The command, its pages and completions in a tree of their own, but for a module. The
# library is in another one.
check_command() {
	local page name shell pages=share/man/man1 said=$WORK/said
	diff <({
		echo ./bin/cohort
		for name in '' -bench -info -output -results -run -status -sweep; do
			echo ./$pages/cohort$name.1
		done
		for name in bash-completion/completions/cohort \
			fish/vendor_completions.d/cohort.fish zsh/site-functions/_cohort; do
			echo ./share/$name
		done
	} | sort) <(list_files "$1" | grep -v 'cohort-hdf5\.so$') || fail "the files of tools"
	for page in "$1/$pages"/*; do
		man -l "$page" >"$said" 2>&1 && grep -q '^NAME' "$said" || fail "man -l $page"
		mandoc -T lint -W warning "$page" || fail "mandoc -T lint $page"
	done
	for shell in bash fish zsh; do
		case $shell in
		bash) set -- "$1" -c '. "$1" && complete -p cohort' \
			bash "$1/share/bash-completion/completions/cohort" ;;
		fish) set -- "$1" --no-config -c 'source $argv[1] && complete -C "cohort sw"' \
			"$1/share/fish/vendor_completions.d/cohort.fish" ;;
		zsh) set -- "$1" -f -c 'fpath=($1 $fpath) && autoload -Uz compinit &&
			compinit -D && [ "$_comps[cohort]" = _cohort ] && echo cohort' \
			zsh "$1/share/zsh/site-functions" ;;
		esac
		HOME=$WORK "$shell" "${@:2}" >"$said" 2>&1 && grep -q . "$said" ||
			fail "the completion for $shell: $(cat "$said")"
	done
}

# As a packager stages it, for a prefix where nothing is written.
step_destdir() {
	local stage=$WORK/stage
	rm -rf "$stage"
	(export DESTDIR=$stage && put "$BUILD" --prefix /usr)
	diff <(list_files "$prefix") <(list_files "$stage/usr") ||
		fail "DESTDIR changes what is installed"
	[ "$(ls "$stage")" = usr ] || fail "files were installed beside usr"
	command -v pkg-config >/dev/null || return 0
	expect "" env PKG_CONFIG_PATH="$(dirname "$(find "$stage" -name cohort.pc)")" \
		pkg-config --cflags cohort
}

step_cmake() {
	rm -rf "$consumer"
	build "$SOURCES/tests/package/consumer" "$consumer" \
		-DCMAKE_PREFIX_PATH="$prefix" -DVERSION="$VERSION" \
		-DFAMILIES="${FAMILIES// /;}" \
		-DSTATIC_LOCALIZED="${STATIC_LOCALIZED:-0}"
}

step_run() {
	local program
	for program in c_shared c_static cxx_shared cxx_static; do
		[ ! -e "$consumer/$program" ] || expect_both "$consumer/$program"
	done
	[ -z "${STATIC_LOCALIZED:-}" ] || expect_both "$consumer/clash"
}

# The module must come from the tree that was moved, not from one that is
# installed on this machine. The dynamic linker's own messages show it.
step_mpi() {
	local family=$1 mpirun=$2 module
	module=$(library_folder)/cohort/${VERSION%.*}/cohort-mpi-$family.so
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

# The first block of C in docs/start.md with a line that matches.
block_of_start() {
	awk -v wanted="$1" '
		/^```/ { if (inside && found) { printf "%s", text; exit }
			inside = $0 == "```c" && !inside
			text = ""; found = 0; next }
		inside { text = text $0 "\n" }
		inside && $0 ~ wanted { found = 1 }
	' "$SOURCES/docs/start.md"
}

# Compiles WORK/NAME.c, and sets how it finds the library.
compile_of_start() {
	[ -s "$WORK/$1.c" ] || fail "docs/start.md lacks the code of $1"
	# shellcheck disable=SC2046,SC2086
	"$CC" -std=c11 "${warnings[@]}" ${CFLAGS:-} $(pc --cflags cohort) \
		"$WORK/$1.c" -o "$WORK/$1" $(pc --libs cohort) -lm
	export LD_LIBRARY_PATH
	LD_LIBRARY_PATH=$(library_folder)
}

need_start() {
	if [ ! -e "$SOURCES/docs/start.md" ]; then
		echo "skipped: there is no docs/start.md"
		exit 77
	fi
}

# docs/start.md: its program compiles, and prints what the page says.
step_start() {
	local page=$SOURCES/docs/start.md command
	need_start
	block_of_start '^int main' >"$WORK/roots.c"
	compile_of_start roots
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

# The same with its function that gets results as they come.
step_start_on_result() {
	need_start
	{
		block_of_start '^int main' | sed '/^int main/,$d'
		block_of_start 'print_root'
		block_of_start '^int main' | sed -n '/^int main/,$p' |
			sed 's/\.execute = execute,/& .on_result = print_root, .ordered = true,/'
	} >"$WORK/ordered.c"
	compile_of_start ordered
	grep -E '^[0-9]+: ' "$SOURCES/docs/start.md" >"$WORK/ordered.page"
	[ -s "$WORK/ordered.page" ] || fail "docs/start.md shows no results"
	COHORT_BACKEND=mp COHORT_SIZE=3 "$WORK/ordered" |
		sed -n 1,4p | diff "$WORK/ordered.page" - ||
		fail "docs/start.md does not show what print_root prints"
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
	sed -E -e 's/^\} cohort_(options|job|counts);/\tuint64_t later;\n&/' \
		-e '/^struct cohort_result \{/,/^\};/s/^\};/\tuint64_t later;\n&/' \
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

# The installed examples are a project of their own.
step_examples() {
	local folder=$WORK/examples sources
	rm -rf "$folder"
	sources=$(find "$prefix/share/doc" -name examples)
	build "$sources" "$folder" -DCMAKE_PREFIX_PATH="$prefix"
	echo 'echo it works' >"$folder/cases.txt"
	COHORT_BACKEND=mp COHORT_SIZE=2 "$folder/commands" "$folder/cases.txt" |
		grep 'it works' || fail "the example commands"
}

# One library without the other: by BUILD_SHARED_LIBS, then by cohort's options.
# With debug information, as it is installed: no file of it names the folders that it
# was built from and in.
step_alone() {
	local folder=$WORK/alone kind library found
	local build_options=(-DCMAKE_BUILD_TYPE=RelWithDebInfo
		-DCMAKE_C_FLAGS_RELWITHDEBINFO="-O0 -g1" -DCOHORT_TESTS=OFF
		-DCOHORT_EXAMPLES=OFF -DCOHORT_BENCH=OFF)
	rm -rf "$folder"
	build "$SOURCES" "$folder/build" "${build_options[@]}" \
		-DBUILD_SHARED_LIBS=OFF
	(export DESTDIR=$folder/static && put "$folder/build" --prefix /usr)
	build "$SOURCES" "$folder/build" "${build_options[@]}" \
		-DCOHORT_SHARED=ON -DCOHORT_STATIC=OFF
	(export DESTDIR=$folder/shared && put "$folder/build" --prefix /usr)

	for kind in static shared; do
		prefix=$folder/$kind/usr
		found=$(list_files "$prefix" | grep -c 'libcohort\.') || true
		library=$(find "$prefix" -name 'libcohort.*' -type f)
		case $kind in
		static) [ "$found" = 1 ] && [ -z "${library##*.a}" ] ;;
		shared) [ -z "${library##*.so*}" ] ;;
		esac || fail "$kind: $library"
		! grep -rlF -e "$folder/build" -e "$SOURCES" "$prefix" ||
			fail "$kind: these name the folder they were built in"
		build "$SOURCES/tests/package/consumer" "$folder/use-$kind" \
			-DCMAKE_PREFIX_PATH="$prefix" -DVERSION="$VERSION" \
			-DFAMILIES="${FAMILIES// /;}" -DSTATIC_LOCALIZED=0
		expect_both "$folder/use-$kind/c_any"
		command -v pkg-config >/dev/null || continue
		# shellcheck disable=SC2046
		"$CC" -std=c11 $(pc --cflags cohort) \
			"$SOURCES/tests/package/consumer/program.c" \
			-o "$folder/pc-$kind" $(pc --libs cohort)
		expect_both env LD_LIBRARY_PATH="$(dirname "$library")" \
			"$folder/pc-$kind"
	done
}

# As a part of another project: the modules are where the library looks for
# them, and only COHORT_INSTALL makes cohort a part of what is installed.
step_subproject() {
	local folder=$WORK/subproject program mpirun file mpi=AUTO
	[ -n "$FAMILIES" ] || mpi=OFF
	rm -rf "$folder"
	build "$SOURCES/tests/package/subproject" "$folder/build" \
		-DCOHORT_SOURCES="$SOURCES" -DCOHORT_MPI=$mpi
	for program in outer_shared outer_static; do
		expect_both "$folder/build/$program"
		for mpirun; do
			expect "mpi 2 285" "$mpirun" -n 2 \
				"$folder/build/$program"
		done
	done
	put "$folder/build" --prefix "$folder/plain"
	expect "./bin/outer_shared" list_files "$folder/plain"

	build "$SOURCES/tests/package/subproject" "$folder/build" \
		-DCOHORT_INSTALL=ON
	put "$folder/build" --prefix "$folder/full"
	list_files "$folder/full" >"$folder/files"
	for file in cohort.h libcohort.so libcohort.a cohort-config.cmake \
		cohort.pc outer_shared; do
		grep -q "/$file\$" "$folder/files" || fail "no $file is installed"
	done
	[ "$(grep -c cohort-mpi- "$folder/files")" = "$(wc -w <<<"$FAMILIES")" ] ||
		fail "not all modules are installed"
}

step=$1
shift
"step_$step" "$@"
