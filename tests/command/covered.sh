#!/usr/bin/env bash
# Every option of the subcommands for sweeps is given in a script of this folder, which
# the subcommand does not refuse.
#
#   covered.sh COHORT
set -euo pipefail
export LC_ALL=C

cohort=$1
folder=$(cd "$(dirname "$0")" && pwd)
# These scripts give options that are refused, or only named.
scripts=()
for script in "$folder"/*.sh; do
	case ${script##*/} in
	refusals.sh | manual.sh | covered.sh) ;;
	*) scripts+=("$script") ;;
	esac
done

# Lines that go on are joined, comments left out.
given=$(sed -e ':a' -e '/\\$/N; s/\\\n//; ta' "${scripts[@]}" | grep -v '^[[:space:]]*#')
tried=0
missing=0
for subcommand in sweep status results output; do
	options=$("$cohort" $subcommand --help | sed -n \
		's/^  \(-\([a-z]\), \)\{0,1\}--\([a-z-]*\).*/\3 \2/p')
	[ -n "$options" ]
	while read -r name letter; do
		tried=$((tried + 1))
		pattern="--$name([ =\"']|\$)${letter:+|[ (]-$letter[ =]}"
		grep -qE -e "(^|[ (\"'])$pattern" <<<"$given" || {
			echo "no test gives --$name to cohort $subcommand"
			missing=$((missing + 1))
		}
	done <<<"$options"
done
echo "$tried options, $missing without a test"
[ $tried -ge 40 ] && [ $missing = 0 ]
