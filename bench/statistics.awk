# Functions that the reports share: awk -f statistics.awk -f REPORT.awk ...

# Sorts list[1] to list[count], the least first.
function sort(list, count,    i, k, held) {
	for (i = 2; i <= count; i++) {
		held = list[i]
		for (k = i - 1; k >= 1 && list[k] > held; k--)
			list[k + 1] = list[k]
		list[k + 1] = held
	}
}

# The median of list[1] to list[count], which it sorts.
function median(list, count) {
	sort(list, count)
	return (list[int((count + 1) / 2)] + list[int(count / 2) + 1]) / 2
}
