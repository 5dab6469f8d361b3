# What scripts/bench measured, as tables.
#
#	awk -v cores=N -v summary=FILE -f statistics.awk -f report.awk TIMES.csv
#
# Rows: contender, round, ranks, call, bytes, value. A figure is the median over
# rounds. `ahead` is the better MPI's over cohort's, round by round: the median
# of that, and between which values eight in ten lay. `floor` is cohort's over
# what the machine asks at least. The file `summary` gets the figures in CSV,
# for the picture.

BEGIN {
	FS = ","
	OFS = ","
	calls_count = split("barrier bcast gatherv allgatherv allreduce", calls, " ")
	columns_count = split("cohort-shm cohort-alloc cohort-socket openmpi mpich", \
	                      columns, " ")
	mpis_count = split("openmpi mpich", mpis, " ")
	for (i = 1; i <= calls_count; i++)
		is_call[calls[i]] = 1
	if (!cores)
		cores = 1
}

# ---- reading ----

{
	key = $1 SUBSEP $3 SUBSEP $4 SUBSEP $5
	if (!((key, "n") in n)) {
		n[key, "n"] = 0
		keys[++keys_count] = key
	}
	value[key, ++n[key, "n"]] = $6 + 0
	round[key, n[key, "n"]] = $2
	at_round[key, $2] = $6 + 0
	if (is_call[$4] && $1 != "floor" && !($3 in seen_ranks)) {
		seen_ranks[$3] = 1
		ranks[++ranks_count] = $3 + 0
	}
	if (is_call[$4] && $5 > 0 && !($5 in seen_bytes)) {
		seen_bytes[$5] = 1
		sizes[++sizes_count] = $5 + 0
	}
}

# ---- arithmetic ----

# The figure of a row; -1 if it was not measured.
function figure(who, p, call, bytes,    key, i, list, count) {
	key = who SUBSEP p SUBSEP call SUBSEP bytes
	if (!((key, "n") in n))
		return -1
	if (key in known)
		return known[key]
	count = n[key, "n"]
	for (i = 1; i <= count; i++)
		list[i] = value[key, i]
	return known[key] = median(list, count)
}

# Fills ours and theirs with the values of the rounds that both have; their
# number.
function pair_up(who, other, p, call, bytes,    a, b, i, count) {
	a = who SUBSEP p SUBSEP call SUBSEP bytes
	b = other SUBSEP p SUBSEP call SUBSEP bytes
	count = 0
	for (i = 1; ((a, "n") in n) && i <= n[a, "n"]; i++)
		if ((b, round[a, i]) in at_round) {
			ours[++count] = value[a, i]
			theirs[count] = at_round[b, round[a, i]]
		}
	return count
}

function better_mpi(p, call, bytes,    i, best, who, us) {
	best = -1
	who = ""
	for (i = 1; i <= mpis_count; i++) {
		us = figure(mpis[i], p, call, bytes)
		if (us >= 0 && (best < 0 || us < best)) {
			best = us
			who = mpis[i]
		}
	}
	return who
}

# Sets ratio, low and high; 0 if there is nothing to compare.
function compare(who, other, p, call, bytes,    pairs, i, list, count, tenth) {
	pairs = pair_up(who, other, p, call, bytes)
	count = 0
	for (i = 1; i <= pairs; i++)
		if (ours[i] > 0)
			list[++count] = theirs[i] / ours[i]
	if (count == 0)
		return 0
	ratio = median(list, count)
	tenth = int((count - 1) / 10 + 0.5)
	low = list[1 + tenth]
	high = list[count - tenth]
	return 1
}

# By how much the other takes longer, round by round: the median.
function difference(who, other, p, call, bytes,    count, i, list) {
	count = pair_up(who, other, p, call, bytes)
	for (i = 1; i <= count; i++)
		list[i] = theirs[i] - ours[i]
	return median(list, count)
}

function copy_floor(bytes,    a, b) {
	a = figure("floor", 2, "memcpy", bytes)
	b = figure("floor", 2, "copy", bytes)
	return b >= 0 && b < a ? b : a
}

# The least time that a call can take: a rendezvous of all ranks, and the copies
# of the busiest core. With one core for each rank, a rendezvous is two flags.
# With fewer cores every rank of a core must run once; the rank that runs last in
# one call may run first in the next.
function floor_of(p, call, bytes,    turns, rendezvous, copies) {
	turns = int((p + cores - 1) / cores)
	rendezvous = turns == 1 ? figure("floor", 2, "flags", 0) \
	                        : (turns - 1) * figure("floor", 2, "switch", 0)
	if (rendezvous < 0)
		return -1
	if (call == "barrier" || bytes <= 48)
		return rendezvous
	if (copy_floor(bytes) < 0)
		return -1
	copies = call == "bcast" ? 1 + turns : call == "gatherv" ? p : \
	         call == "allgatherv" ? p * turns : 2 * turns
	return rendezvous + copies * copy_floor(bytes)
}

# ---- words ----

function size_text(bytes) {
	if (bytes == 0)
		return ""
	if (bytes % 1048576 == 0)
		return bytes / 1048576 " MiB"
	if (bytes % 1024 == 0)
		return bytes / 1024 " KiB"
	return bytes " B"
}

function number(x) {
	if (x < 0)
		return "-"
	return sprintf(x < 10 ? "%.2f" : x < 100 ? "%.1f" : "%.0f", x)
}

function heading(text) {
	printf "\n%s\n", text
}

function name_of(who) {
	return who == "openmpi" ? "Open MPI" : who == "mpich" ? "MPICH" : who
}

# ---- tables ----

function judge(p, call, bytes, other,    words) {
	words = sprintf("%s%s, %d ranks: %.2f times as fast as %s " \
	                "(%.2f to %.2f)", call, \
	                bytes ? " of " size_text(bytes) : "", p, ratio, \
	                name_of(other), low, high)
	if (ratio <= 1)
		behind[++behind_count] = words
	else if (ratio < 2)
		close_by[++close_count] = words
	compared++
}

function print_row(p, call, bytes,    i, other, text, floor, us) {
	text = sprintf("%-11s%7s", call, size_text(bytes))
	for (i = 1; i <= columns_count; i++)
		text = text sprintf("%8s", number(figure(columns[i], p, call, bytes)))
	other = better_mpi(p, call, bytes)
	if (other != "" && compare("cohort-shm", other, p, call, bytes)) {
		text = text sprintf("%7.2f %-12s", ratio, \
		                    sprintf("(%.1f-%.1f)", low, high))
		judge(p, call, bytes, other)
	} else {
		text = text sprintf("%7s %-12s", "-", "")
	}
	us = figure("cohort-shm", p, call, bytes)
	floor = floor_of(p, call, bytes)
	print text sprintf("%5s", us > 0 && floor > 0 ? number(us / floor) : "-")
}

function print_calls(p,    i, k) {
	heading(p " ranks, microseconds per call")
	printf "%-11s%7s%8s%8s%8s%8s%8s%7s %-12s%5s\n", "call", "bytes", "shm", \
	       "alloc", "socket", "openmpi", "mpich", "ahead", "(10%-90%)", "floor"
	for (i = 1; i <= calls_count; i++) {
		if (calls[i] == "barrier" && measured(p, "barrier", 0))
			print_row(p, "barrier", 0)
		for (k = 1; k <= sizes_count; k++)
			if (measured(p, calls[i], sizes[k]))
				print_row(p, calls[i], sizes[k])
	}
}

function measured(p, call, bytes,    i) {
	for (i = 1; i <= columns_count; i++)
		if (figure(columns[i], p, call, bytes) >= 0)
			return 1
	return 0
}

function print_list(title, list, count,    i) {
	if (count == 0)
		return
	heading(title)
	for (i = 1; i <= count; i++)
		print "  " list[i]
}

function print_floors(    names, count, i, k, us) {
	if (figure("floor", 2, "fork", 0) < 0)
		return
	heading("floors, microseconds")
	count = split("trip flags switch futex futex1 fork", names, " ")
	for (i = 1; i <= count; i++) {
		us = figure("floor", 2, names[i], 0)
		if (us >= 0)
			printf "%-8s%10s\n", names[i], us < 1 ? sprintf("%.3f", us) \
			                                      : number(us)
	}
	printf "%-8s%10s%10s%10s\n", "copies", "memcpy", "loop", "fetch"
	for (k = 1; k <= sizes_count; k++)
		if (figure("floor", 2, "memcpy", sizes[k]) >= 0)
			printf "%-8s%10s%10s%10s\n", size_text(sizes[k]), \
			       number(figure("floor", 2, "memcpy", sizes[k])), \
			       number(figure("floor", 2, "copy", sizes[k])), \
			       number(figure("floor", 2, "fetch", sizes[k]))
}

# Nanoseconds with p ranks: MPI's, cohort's, and the difference.
function wrapper_times(mpi, p, call, bytes,    row) {
	row = "wrapper:" call
	if (!pair_up(mpi, "cohort-" mpi, p, row, bytes))
		return sprintf("%7s%7s%7s", "-", "-", "-")
	return sprintf("%7.1f%7.1f%+7.1f", figure(mpi, p, row, bytes), \
	               figure("cohort-" mpi, p, row, bytes), \
	               difference(mpi, "cohort-" mpi, p, row, bytes))
}

# MPI's and what cohort adds with one rank, and cohort's own with two.
function wrapper_counts(mpi, call, bytes,    row, raw, over) {
	row = "instructions:" call
	raw = figure(mpi, 1, row, bytes)
	over = figure("cohort-" mpi, 1, row, bytes)
	row = raw < 0 || over < 0 ? "-" : sprintf("%.0f%+.0f", raw, over - raw)
	return sprintf("%13s%7s", row, \
	               number(figure("cohort-" mpi, 2, "own:" call, bytes)))
}

# What cohort's mpi backend adds to a call of MPI's.
function print_wrapper(    i, k, text, bytes, any) {
	for (i = 1; i <= mpis_count; i++) {
		for (k = 1; k <= calls_count; k++) {
			bytes = calls[k] == "barrier" ? 0 : 8
			text = wrapper_times(mpis[i], 1, calls[k], bytes) \
			       wrapper_times(mpis[i], 2, calls[k], bytes) \
			       wrapper_counts(mpis[i], calls[k], bytes)
			if (text !~ /[0-9]/)
				continue
			if (!any++) {
				heading("cohort over MPI's own call, 8 bytes")
				printf "%-18s%21s%21s\n", "", "1 rank, ns", "2 ranks, ns"
				printf "%-18s%7s%7s%7s%7s%7s%7s%13s%7s\n", "", "MPI", \
				       "cohort", "more", "MPI", "cohort", "more", \
				       "instructions", "own"
			}
			printf "%-8s%-10s%s\n", mpis[i], calls[k], text
		}
	}
}

# One figure, by contender and number of ranks.
function print_by_ranks(title, call, divisor, format,    p, k, part, any) {
	for (p = 1; p <= most_plain; p++) {
		for (k = 1; k <= keys_count; k++) {
			split(keys[k], part, SUBSEP)
			if (part[3] != call || part[1] == "floor" || part[2] != p)
				continue
			if (!any++)
				heading(title)
			printf "%-16s%6d ranks" format "\n", part[1], p, \
			       figure(part[1], p, call, part[4]) / divisor
		}
	}
}

function print_tasks() {
	print_by_ranks("an empty task, nanoseconds: scatter", "task", 0.001, \
	               "%10.0f")
	print_by_ranks("an empty task, nanoseconds: scatter and gather", \
	               "task+gather", 0.001, "%10.0f")
	print_by_ranks("an empty task with a set of 1000 bytes, nanoseconds: " \
	               "cohort_scatter", "sets", 0.001, "%10.0f")
	print_by_ranks("the same: cohort_scatter_objects", "objects", 0.001, \
	               "%10.0f")
	print_by_ranks("10^6 values on each rank, nanoseconds a value: " \
	               "cohort_sum", "sum", 0.001, "%10.2f")
	print_by_ranks("the same: a plain loop, without the other ranks", \
	               "loop", 0.001, "%10.2f")
	print_by_ranks("tasks of uneven length: time over what they need", \
	               "skew", 1, "%10.3f")
}

function print_many(    i, k, p, any) {
	for (i = 1; i <= ranks_count; i++) {
		p = ranks[i]
		if (p <= most_plain)
			continue
		if (!any++) {
			heading("many ranks over shared memory, 8 bytes")
			printf "%6s%9s%9s%9s%9s%9s%9s%9s%10s\n", "ranks", "open ms", \
			       "barrier", "bcast", "gather", "allgath.", "allred.", \
			       "close ms", "KiB/rank"
		}
		printf "%6d%9s", p, number(figure("cohort-shm", p, "open", 0) / 1000)
		for (k = 1; k <= calls_count; k++)
			printf "%9s", number(figure("cohort-shm", p, calls[k], \
			                            calls[k] == "barrier" ? 0 : 8))
		printf "%9s%10s\n", \
		       number(figure("cohort-shm", p, "close", 0) / 1000), \
		       number(figure("cohort-shm", p, "memory", 0))
	}
}

function write_summary(    k, part, i, us) {
	print "contender", "ranks", "call", "bytes", "us" >summary
	for (i = 1; i <= ranks_count; i++)
		for (k = 1; k <= keys_count; k++) {
			split(keys[k], part, SUBSEP)
			us = figure(part[1], part[2], part[3], part[4])
			if (part[1] != "floor" && part[2] == ranks[i] && is_call[part[3]])
				print part[1], part[2], part[3], part[4], us >summary
		}
	for (i = 1; i <= ranks_count; i++)
		for (k = 1; k <= calls_count; k++)
			write_floors(ranks[i], calls[k])
}

function write_floors(p, call,    i, us) {
	for (i = call == "barrier" ? sizes_count : 1; i <= sizes_count; i++) {
		us = floor_of(p, call, sizes[i])
		if (us >= 0)
			print "floor", p, call, call == "barrier" ? 0 : sizes[i], us >summary
	}
}

END {
	most_plain = 32
	sort(ranks, ranks_count)
	sort(sizes, sizes_count)
	print_floors()
	for (r = 1; r <= ranks_count; r++)
		if (ranks[r] <= most_plain)
			print_calls(ranks[r])
	if (compared) {
		heading(sprintf("%d rows have an MPI to compare with: ahead in %d, " \
		                "by twice or more in %d", compared, \
		                compared - behind_count, \
		                compared - behind_count - close_count))
		print_list("Not ahead:", behind, behind_count)
		print_list("Ahead by less than twice:", close_by, close_count)
	}
	print_wrapper()
	print_by_ranks("start, one barrier, end: milliseconds", "start", 1000, \
	               "%10.1f")
	print_by_ranks("memory once open, KiB per rank", "memory", 1, "%10.0f")
	print_tasks()
	print_many()
	if (summary)
		write_summary()
}
