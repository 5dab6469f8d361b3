#!/usr/bin/env bash
# A locale with a decimal comma, and the program in it.
#
#   comma.sh SURROUNDINGS
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if ! why=$(localedef -i de_DE -f UTF-8 "$folder/de_DE.UTF-8" 2>&1); then
	echo "skipped: localedef cannot make de_DE.UTF-8 (Debian: package" \
		"locales): ${why##*$'\n'}"
	exit 77
fi
LOCPATH=$folder "$1" comma
