# A table of what results as they come cost, for each empty task.
#	awk -f ../statistics.awk -f costs.awk COSTS.csv

BEGIN {
	FS = ","
	split("plain on_result ordered discard", ways, " ")
	split("cost isolated-cost openmpi-cost mpich-cost openmpi-nodes-cost " \
		"mpich-nodes-cost", order, " ")
	says["cost"] = "cohort"
	says["isolated-cost"] = "cohort, isolated"
	says["openmpi-cost"] = "cohort over Open MPI"
	says["mpich-cost"] = "cohort over MPICH"
	says["openmpi-nodes-cost"] = "Open MPI, two nodes"
	says["mpich-nodes-cost"] = "MPICH, two nodes"
}

{
	n = ++count[$1, $2]
	wall[$1, $2, n] = $3
	used[$1, $2, n] = $4
	others[$1, $2, n] = $5
}

function median_of(values, who, way,    i, list) {
	for (i = 1; i <= count[who, way]; i++)
		list[i] = values[who, way, i]
	return median(list, count[who, way])
}

function table(title, values,    i) {
	print "\nempty tasks, nanoseconds for each, medians: " title
	printf "  %-22s %9s %10s %9s %20s\n", "", "plain", "on_result", \
		"ordered", "ordered and discard"
	for (i = 1; i in order; i++)
		if ((order[i], "plain") in count)
			printf "  %-22s %9.0f %10.0f %9.0f %20.0f\n", \
				says[order[i]], \
				median_of(values, order[i], "plain"), \
				median_of(values, order[i], "on_result"), \
				median_of(values, order[i], "ordered"), \
				median_of(values, order[i], "discard")
}

END {
	if (NR == 0)
		exit
	table("of the sweep", wall)
	table("of all processors together", used)
	table("of the other ranks' processors, rank 0 has no tasks", others)
}
