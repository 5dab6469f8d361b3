# How many steps each task has, one a line; the same at any time.
#	awk -v shape=SHAPE -v count=COUNT -f table.awk
#
#	empty    none
#	uniform  all the same, about a millisecond
#	bimodal  one in twenty is ten times as long
#	heavy    quantiles of a Pareto distribution of shape 1.5, mean about the
#	         same: the longest of a thousand is some fifty times the mean
#
# Where the long ones stand tells nothing: 7919 is a prime, and no count that
# it does not divide is stepped through in order.
BEGIN {
	unit = 500000
	for (i = 0; i < count; i++) {
		mixed = i * 7919 % count
		if (shape == "empty")
			steps = 0
		else if (shape == "uniform")
			steps = unit
		else if (shape == "bimodal")
			steps = mixed % 20 ? unit : 10 * unit
		else if (shape == "heavy")
			steps = unit / 3 * (1 - (mixed + 0.5) / count) ^ (-1 / 1.5)
		else
			exit 1
		printf "%d\n", steps
	}
}
