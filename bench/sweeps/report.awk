# Tables as text from the rows of scripts/bench-sweeps, and their figures as
# CSV for plot.gp: contender, tasks, microseconds a task, over ideal.
#	awk -v workers=N -v summary=FILE -f ../statistics.awk -f report.awk ROWS.csv

BEGIN {
	FS = ","
	split("empty uniform bimodal heavy", order, " ")
	split("cohort static guided isolate journal both openmpi pool pool-1 " \
		"imap futures mpi4py xargs parallel", contenders, " ")
	says["cohort"] = "cohort"
	says["static"] = "cohort, static"
	says["guided"] = "cohort, guided"
	says["isolate"] = "cohort, isolated"
	says["journal"] = "cohort, journal"
	says["both"] = "cohort, isolated, journal"
	says["openmpi"] = "cohort over Open MPI"
	says["pool"] = "Pool.map"
	says["pool-1"] = "Pool.map, chunksize=1"
	says["imap"] = "Pool.imap_unordered"
	says["futures"] = "ProcessPoolExecutor"
	says["mpi4py"] = "MPIPoolExecutor"
	says["xargs"] = "xargs -P"
	says["parallel"] = "GNU parallel"
	printf "" >summary
}

{
	key = $1 "," $3
	ran[$1]
	n = ++rounds[key]
	count[key] = $4
	seconds[key, n] = $5
	ideal = $6 / workers > $7 ? $6 / workers : $7
	over[key, n] = $3 == "empty" ? 0 : $5 / ideal
	task[key, n] = $6 / $4
	start[key, n] = $8 - $5
	# The least: what no other process held up.
	if (!($3 in longest) || $7 < longest[$3])
		longest[$3] = $7
}

# The value of a key at the fraction q, from 0 to 1, of its values in order;
# between two values, the mean of both.
function quantile(values, key, q,    n, i, sorted) {
	n = rounds[key]
	for (i = 1; i <= n; i++)
		sorted[i] = values[key, i]
	sort(sorted, n)
	i = 1 + q * (n - 1)
	return (sorted[int(i)] + sorted[int(i + 0.999999)]) / 2
}

function median_of(values, key) {
	return quantile(values, key, 0.5)
}

# Three digits that count.
function short(x) {
	return sprintf(x < 10 ? "%.2f" : x < 100 ? "%.1f" : "%.0f", x)
}

function table_empty(i, key, us, base) {
	print "\nempty tasks: time of the sweep over their number"
	printf "  %-26s %9s %12s %15s %8s\n", "", "tasks", "us a task", \
		"(least, most)", "ratio"
	base = median_of(seconds, "cohort,empty")
	if (base)
		base *= 1e6 / count["cohort,empty"]
	for (i = 1; i in contenders; i++) {
		key = contenders[i] ",empty"
		if (!(key in rounds))
			continue
		us = 1e6 / count[key]
		value["empty", contenders[i]] = median_of(seconds, key) * us
		printf "  %-26s %9d %12s %15s %8s\n", says[contenders[i]], \
			count[key], short(median_of(seconds, key) * us), \
			"(" short(quantile(seconds, key, 0) * us) ", " \
			short(quantile(seconds, key, 1) * us) ")", \
			base ? short(median_of(seconds, key) * us / base) : "-"
		print contenders[i] ",empty," median_of(seconds, key) * us "," \
			>summary
	}
}

function table_full(shape, i, key) {
	printf "\n%s tasks, the longest %s ms\n", shape, \
		short(longest[shape] * 1e3)
	printf "  %-26s %6s %8s %11s %15s %8s %8s\n", "", "tasks", "seconds", \
		"over ideal", "(least, most)", "ms/task", "start s"
	for (i = 1; i in contenders; i++) {
		key = contenders[i] "," shape
		if (!(key in rounds))
			continue
		value[shape, contenders[i]] = median_of(seconds, key)
		printf "  %-26s %6d %8s %11.3f %15s %8.3f %8s\n", \
			says[contenders[i]], count[key], \
			sprintf("%.3f", median_of(seconds, key)), \
			median_of(over, key), \
			sprintf("(%.3f, %.3f)", quantile(over, key, 0), \
				quantile(over, key, 1)), \
			median_of(task, key) * 1e3, \
			contenders[i] ~ /^(xargs|parallel)$/ ? "-" : \
				sprintf("%.2f", median_of(start, key))
		printf "%s,%s,%g,%g\n", contenders[i], shape, \
			median_of(seconds, key) * 1e6 / count[key], \
			median_of(over, key) >summary
	}
}

# The other tools that cohort's plain sweep is not at least a hundredth ahead
# of.
function list_behind(i, j, shape, who, base, line, any) {
	print "\nnot ahead: cohort takes more than 0.99 of the other's time"
	for (i = 1; i in order; i++) {
		shape = order[i]
		base = value[shape, "cohort"]
		line = ""
		for (j = 1; base && j in contenders; j++) {
			who = contenders[j]
			if (says[who] !~ /^cohort/ && (shape, who) in value && \
				base > 0.99 * value[shape, who])
				line = line (line ? "; " : "") says[who] " " \
					sprintf("%.3f", base / value[shape, who])
		}
		if (line)
			print "  " shape ": " line
		any = any line
	}
	if (!any)
		print "  none"
}

END {
	for (i = 1; i in order; i++)
		seen[order[i]] = order[i] in longest
	if (seen["empty"])
		table_empty()
	for (i = 2; i in order; i++)
		if (seen[order[i]])
			table_full(order[i])
	if ("cohort" in ran)
		list_behind()
}
