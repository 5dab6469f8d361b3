# A table of times from the end of a task to its result, by contender; rows are
# sorted by both.
#	sort -t, -k1,1 -k2,2g LATENCIES.csv | awk -f latencies.awk

BEGIN {
	FS = ","
	split("waits openmpi-waits mpich-waits openmpi-nodes-waits" \
		" mpich-nodes-waits isolated-waits" \
		" openmpi-isolated-waits mpich-isolated-waits works" \
		" openmpi-works mpich-works latency-imap latency-completed", \
		order, " ")
	says["waits"] = "cohort, rank 0 has no tasks"
	says["isolated-waits"] = "cohort, isolated"
	says["works"] = "cohort, rank 0 has tasks"
	for (i = 1; i in order; i++) {
		if (order[i] ~ /^openmpi-/)
			says[order[i]] = "  over Open MPI"
		if (order[i] ~ /^mpich-/)
			says[order[i]] = "  over MPICH"
		if (order[i] ~ /-nodes-/)
			says[order[i]] = says[order[i]] ", from another node"
	}
	says["latency-imap"] = "Pool.imap_unordered"
	says["latency-completed"] = "as_completed"
}

{
	value[$1, ++count[$1]] = $2
}

# Nearest rank.
function part(who, q,    at) {
	at = int(q * count[who])
	at += at < q * count[who]
	return value[who, at]
}

END {
	if (NR == 0)
		exit
	print "\nuniform tasks: microseconds from the end of a task to its result"
	printf "  %-34s %7s %9s %9s %9s\n", "", "results", "median", "99 %", \
		"most"
	for (i = 1; i in order; i++)
		if (order[i] in count)
			printf "  %-34s %7d %9.0f %9.0f %9.0f\n", \
				says[order[i]], count[order[i]], \
				part(order[i], 0.5), part(order[i], 0.99), \
				part(order[i], 1)
}
