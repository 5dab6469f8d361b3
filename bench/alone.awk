# What scripts/bench measured with each contender alone, as a table.
#
#	awk -v buffers=TEXT -f statistics.awk -f distance.awk -f alone.awk ALONE.csv
#
# Rows: contender, launch * 1000 + block, ranks, call, bytes, microseconds, and with
# two ranks the trip of a cache line before and after the block, in microseconds. Blocks
# on near and on far cores have tables of their own; those between which the machine
# moved its cores are left out. The figure of a launch is the median of its blocks, the
# figure of a contender the median of its launches. `ahead` is the best MPI's over
# cohort's, of those two figures; beside it the least and the greatest ratio of
# launches of one number.

BEGIN {
	FS = ","
	columns_count = split("cohort-shm cohort-alloc openmpi mpich", columns, " ")
	for (i = 1; i <= columns_count; i++)
		is_column[columns[i]] = 1
	calls_count = split("barrier bcast gatherv allgatherv allreduce", calls, " ")
	for (i = 1; i <= calls_count; i++)
		is_call[calls[i]] = 1
	distances_count = split("any near far", distances, " ")
	text_of_distance["any"] = ""
	text_of_distance["near"] = " on near cores"
	text_of_distance["far"] = " on far cores"
}

!is_call[$4] { next }

{
	if (!($1 in is_column)) {
		is_column[$1] = 1
		columns[++columns_count] = $1
	}
	all_blocks[$3]++
	distance = distance_of($7)
	if (distance != distance_of($8)) {
		moved[$3]++
		next
	}
	launch = int($2 / 1000)
	key = distance SUBSEP $1 SUBSEP $3 SUBSEP $4 SUBSEP $5
	has_table[distance, $3] = 1
	block[key, launch, ++blocks[key, launch]] = $6 + 0
	if (launch > launches)
		launches = launch
	if (!seen_ranks[$3]++)
		ranks[++ranks_count] = $3 + 0
	if ($5 > 0 && !seen_bytes[$5]++)
		sizes[++sizes_count] = $5 + 0
}

# Of one launch, at the distance `at`; -1 if there is none.
function of_launch(who, p, call, bytes, launch,    key, i, list) {
	key = at SUBSEP who SUBSEP p SUBSEP call SUBSEP bytes
	if (!((key, launch) in blocks))
		return -1
	for (i = 1; i <= blocks[key, launch]; i++)
		list[i] = block[key, launch, i]
	return median(list, blocks[key, launch])
}

function figure(who, p, call, bytes,    i, us, list, count) {
	count = 0
	for (i = 1; i <= launches; i++)
		if ((us = of_launch(who, p, call, bytes, i)) >= 0)
			list[++count] = us
	return count ? median(list, count) : -1
}

function text_of(us) {
	if (us < 0)
		return "-"
	return sprintf(us < 10 ? "%.2f" : us < 1000 ? "%.1f" : "%.0f", us)
}

function width_of(column) {
	return length(column) > 9 ? length(column) : 9
}

function head_of(column) {
	sub(/^cohort-/, "", column)
	return column
}

function print_row(p, call, bytes,    i, us, own, best, who, low, high, a, b) {
	best = -1
	own = figure("cohort-shm", p, call, bytes)
	printf("%-11s %9s", call, bytes ? bytes : "")
	for (i = 1; i <= columns_count; i++) {
		us = figure(columns[i], p, call, bytes)
		printf(" %*s", width_of(columns[i]), text_of(us))
		if (columns[i] !~ /^cohort/ && us >= 0 && (best < 0 || us < best)) {
			best = us
			who = columns[i]
		}
	}
	if (best > 0 && own > 0) {
		low = high = best / own
		for (i = 1; i <= launches; i++) {
			a = of_launch("cohort-shm", p, call, bytes, i)
			b = of_launch(who, p, call, bytes, i)
			if (a <= 0 || b < 0)
				continue
			if (b / a < low)
				low = b / a
			if (b / a > high)
				high = b / a
		}
		printf("  %6.2f  %5.2f to %.2f", best / own, low, high)
		logs += log(best / own)
		points++
		slower += best < own
	}
	print ""
}

function print_table(p,    i, k) {
	logs = points = slower = 0
	printf("\neach contender alone, %s; %d ranks%s; microseconds\n", \
	       buffers, p, text_of_distance[at])
	printf("%-11s %9s", "call", "bytes")
	for (i = 1; i <= columns_count; i++)
		printf(" %*s", width_of(columns[i]), head_of(columns[i]))
	print "   ahead  launches"
	print_row(p, "barrier", 0)
	for (k = 2; k <= calls_count; k++)
		for (i = 1; i <= sizes_count; i++)
			print_row(p, calls[k], sizes[i])
	if (points)
		printf("ahead, geometric mean of %d: %.2f; slower in %d\n", \
		       points, exp(logs / points), slower)
}

END {
	sort(ranks, ranks_count)
	sort(sizes, sizes_count)
	for (r = 1; r <= ranks_count; r++) {
		for (d = 1; d <= distances_count; d++) {
			at = distances[d]
			if ((at, ranks[r]) in has_table)
				print_table(ranks[r])
		}
		if (moved[ranks[r]])
			printf("left out, because the cores moved meanwhile: " \
			       "%d of %d blocks\n", moved[ranks[r]], \
			       all_blocks[ranks[r]])
	}
}
