#!/usr/bin/env bash
# Values in a script of --shell: where it is accepted each of them stays one word,
# whatever is in it, and where a shell would run it the script is refused.
#
#   shell.sh COHORT
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

# shellcheck source=tests/command/expect.sh
. "$(dirname "$0")/expect.sh"

cohort=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# What would make the file `hurt` if a shell read it in one of its ways, and what
# would end a quote, a comment or a here-document.
values=('$(touch hurt)' '`touch hurt`' "'\$(touch hurt)'" '"$(touch hurt)"'
	"' ; touch hurt; '" '" ; touch hurt; "' ') ; touch hurt; (' '} ; touch hurt; {'
	"\\' ; touch hurt; '" '\' '\\' '$HOME' '*' '~' '2' '' ' ' '-n' '#' 'a=1' 'if'
	'$((1 + 1))' "it's")
newline=$'\ntouch hurt\nE\ntouch hurt\n'
values+=("$newline" "x$newline")
echo v >values.csv
for value in "${values[@]}"; do
	printf '"%s"\n' "${value//\"/\"\"}" >>values.csv
	printf '<%s>\n' "$value" >>expected
done

# accepted SCRIPT: it prints the value between < and >, and cohort, dash and bash
# agree on that.
tried=0
accepted() {
	local shell

	"$cohort" sweep --dry-run --shell --input values.csv -- "$@" >lines 2>said &&
		"$cohort" sweep -n 1 --fresh --journal j --shell --input values.csv \
			-- "$@" >out 2>said || {
		echo "refused, or failed: $*: $(cat said)"
		exit 1
	}
	"$cohort" output j "${!values[@]}" >actual
	for shell in dash 'bash --posix'; do
		[[ $* != *COHORT_P_* ]] || continue
		command -v ${shell%% *} >found || continue
		sed "s/^sh -c/$shell -c/" lines >script
		sh script >>actual
		cat expected >>all
	done
	cat expected >>all
	cmp all actual || {
		echo "$*: $(diff all actual)"
		exit 1
	}
	rm all
	if [ -e hurt ]; then
		echo "a value was run: $*"
		exit 1
	fi
	tried=$((tried + 1))
}

# refused COLUMN PLACE SCRIPT
refused() {
	local status=0

	"$cohort" sweep --journal none --shell -p v=1 -- "$3" >out 2>said || status=$?
	same "the status of $3" 2 $status
	grep -qF -- "--shell: {v} at $1 of the script stands $2, where what is put in \
does not stay one word: write it outside of quotes, as in 'v '{v}, or as \"\$COHORT_P_v\"." \
		said || {
		echo "$3: expected '$2' at $1, but: $(cat said)"
		exit 1
	}
	[ ! -e none ] && [ ! -s out ]
	tried=$((tried + 1))
}

accepted "printf '<%s>\\n' {v}"
# A script that names such a variable gets no values behind it.
accepted 'printf "<%s>\n" "$COHORT_P_v"'
accepted "printf %s '<'{v}; echo '>'"
accepted "printf %s \"<\"{v}\">\"; echo"
accepted "printf '<%s>\\n' \"\$(printf '%s' ok >y; echo \"\$(cat y)\")\" {v} | tail -n +2"
accepted "x=\$(printf %s. {v}); printf '<%s>\\n' \"\${{x%.}}\""
accepted "# it's
printf '<%s>\\n' {v}"
accepted "echo a#it is >y; printf '<%s>\\n' {v}"
accepted "printf '<%s>\\n' {v} # \"it's"
accepted "(printf '<%s>\\n' {v})"
accepted "case {v} in '') printf '<>\\n' ;; *) printf '<%s>\\n' {v} ;; esac"
accepted "f() {{ printf '<%s>\\n' \"\$1\"; }}; f {v}"
accepted "y=\$((1 + (2)))\$#; printf '<%s>\\n' {v}"
accepted "echo \$\$'' \"\\\"\" \\' >y; printf '<%s>\\n' {v}"
accepted "empty=; printf '<%s>\\n' \$empty{v}"
accepted "printf '<%s>\\n' {v}>y; cat y"
accepted printf "'<%s>\\n'" '{v}' '|' cat
accepted "printf '<%s>\\n'"
accepted "y=\`date\`; printf '<%s>\\n' {v}"
accepted "printf '<%s>\\n' {v}; cat <<E >y
text
E"

# Each command line here made the file once.
for script in "echo '{v}'" 'echo "v {v}"'; do
	status 2 "$cohort" sweep --shell -p 'v=$(touch hurt)' -- "$script"
done
[ ! -e hurt ]
refused 'column 7' 'between single quotes' "echo '{v}'"
refused 'column 9' 'between double quotes' 'echo "v {v}"'
refused 'column 9' 'between single quotes' "echo é '{v}'"
refused 'line 3, column 8' 'between single quotes' "echo {v}
echo
echo 'v{v}'"
refused 'column 7' 'between double quotes' 'echo "{v}'
refused 'column 16' 'between double quotes' 'echo "$(printf {v})"'
refused 'column 15' 'between double quotes' 'echo "$(echo "{v}")"'
refused 'column 16' 'between double quotes' 'echo "$(echo "x{v}")"'
refused 'column 14' 'between double quotes' 'x=$(echo "it {v}")'
refused 'column 7' 'in a comment' 'true #{v}'
refused 'column 10' 'in a comment' 'true;# a {v}'
refused 'line 2, column 3' 'in a comment' 'true \
# {v}'
refused 'line 2, column 1' 'behind <<' 'cat <<E
{v}
E'
refused 'column 8' 'behind <<' 'cat <<<{v}'
refused 'column 7' 'between backquotes' 'echo `{v}`'
refused 'column 16' 'behind what stands between backquotes' 'echo `echo "x"`{v}'
refused 'column 7' 'behind a $' 'echo ${v}'
refused 'column 7' 'behind a backslash' 'echo \{v}'
refused 'column 8' 'between single quotes' "echo \$'{v}'"
refused 'column 14' "behind a backslash in \$' '" "echo \$'it\\'s'{v}"
refused 'column 9' 'in $(( ))' 'echo $(({v} + 1))'
refused 'column 14' 'in $(( ))' 'echo $((1 + ({v})))'
refused 'column 12' 'in ${ }' 'echo ${{x:-{v}}}'
refused 'column 18' 'behind what stands in ${ }' 'echo ${{x:-"}}"}}{v}'
refused 'column 3' 'behind ((' '(({v}))'
refused 'column 29' 'behind case in parentheses' 'x=$(case x in a) echo x;; b){v};; esac)'
refused 'column 8' 'behind $[' 'echo $[{v}]'
refused 'column 33' 'between single quotes' "echo \"\$\$( ' ) \" x ' ) \"x\"    it {v}"

# Where it has no place of its own, and what has no variable that a shell can name.
for script in "echo 'it" 'true # it' 'cat <<E'; do
	status 2 "$cohort" sweep --shell -p v=1 -- "$script"
	grep -q '^cohort sweep: --shell: {v} which follows a script without any placeholder, stands ' said
done
status 2 "$cohort" sweep --shell -p a-b=1 -- 'echo "{a-b}"'
grep -qF "as in 'v '{a-b}. A brace" said
status 2 "$cohort" sweep --shell -p a=1 -- 'echo "{rank}"'
grep -qF "as in 'v '{rank}. A brace" said
status 2 "$cohort" sweep --shell -p a=1 -- 'echo "{index}"'
grep -qF "as in 'v '{index}, or as \"\$COHORT_TASK_INDEX\"." said
echo "cohort sweep --shell: $tried scripts"
