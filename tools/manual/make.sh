#!/bin/sh
# Write the manual pages and the completions of the command, which prints them.
#
#   make.sh COHORT FOLDER
set -eu

cohort=$1
folder=$2
rm -rf "$folder.new"
mkdir -p "$folder.new/man1" "$folder.new/completions"
"$cohort" --man >"$folder.new/man1/cohort.1"
"$cohort" --help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' |
	while read -r name; do
		"$cohort" --man "$name" >"$folder.new/man1/cohort-$name.1"
	done
"$cohort" --completion bash >"$folder.new/completions/cohort"
"$cohort" --completion fish >"$folder.new/completions/cohort.fish"
"$cohort" --completion zsh >"$folder.new/completions/_cohort"
rm -rf "$folder"
mv "$folder.new" "$folder"
