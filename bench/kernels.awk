# The rows of bench-kernels and the counts of callgrind's as tables, for
# bench/kernels.sh. How many times as long the narrow loop takes, by size.

BEGIN { FS = "," }

{
	split($4, part, ":")
	row = part[1] ":" part[2]
	if (!(row in seen)) {
		seen[row] = 1
		rows[++count] = row
	}
	if ($1 == "instructions") {
		size_of_counts = $5
		counted[row, part[3]] = $6
		next
	}
	if (!($5 in size_seen)) {
		size_seen[$5] = 1
		sizes[++columns] = $5
	}
	least[row, $5, part[3]] = $7
}

function ratio(a, b) {
	return b > 0 ? sprintf("%.2f", a / b) : "-"
}

function line(row, by) {
	text = sprintf("%-14s", row)
	for (i = 1; i <= columns; i++)
		text = text sprintf(" %9s", ratio(least[row, sizes[i], "narrow"],
		                                  least[row, sizes[i], by]))
	print text (by != "wide" ? "" : \
	            sprintf("   %7s %7s", per_line(row, "narrow"), \
	                    per_line(row, "wide")))
}

function per_line(row, width) {
	return (row, width) in counted ? \
	       sprintf("%.1f", counted[row, width] * 64 / size_of_counts) : "-"
}

END {
	print "time of the narrow loop over that of the wide one, by bytes of " \
	      "an operand;"
	print "instructions for 64 bytes of the result, narrow and wide"
	text = sprintf("%-14s", "")
	for (i = 1; i <= columns; i++)
		text = text sprintf(" %9s", sizes[i])
	print text "    narrow    wide"
	for (n = 1; n <= count; n++)
		line(rows[n], "wide")
	print ""
	print "the same over that of the C library's memcpy"
	line("copy:plain", "memcpy")
}
