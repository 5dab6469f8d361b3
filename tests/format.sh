#!/usr/bin/env bash
# Checks that every source is laid out as .clang-format says, and names those that
# are not. `clang-format -i FILE` corrects one. It leaves comments as they are, so
# the lines of src and include that are longer than 80 columns are named too.
set -euo pipefail
clang_format=$1
cd "$2"

find . -path ./build -prune -o -path ./.git -prune -o -type f \
	\( -name '*.[ch]' -o -name '*.cpp' \) -print0 |
	xargs -0 "$clang_format" --dry-run -Werror --style=file 2>&1 |
	awk -F: '
		/clang-format-violations/ { files[$1] = 1; next }
		!/^ / { other = other $0 "\n" }
		END {
			for (file in files)
				print "to be laid out anew: " file
			if (!length(files))
				printf "%s", other
		}'

find src include tools python -name '*.[ch]' -print0 | xargs -0 awk '
	{
		line = $0
		while ((tab = index(line, "\t")) > 0)
			line = substr(line, 1, tab - 1) \
				sprintf("%" (8 - (tab - 1) % 8) "s", "") \
				substr(line, tab + 1)
		if (length(line) > 80) {
			print FILENAME ":" FNR ": longer than 80 columns"
			found = 1
		}
	}
	END { exit found }'
