# A table of what results as they come cost, for each empty task.
#	awk -f ../statistics.awk -f costs.awk COSTS.csv

BEGIN {
	FS = ","
	split("plain on_result ordered discard", ways, " ")
	split("cost isolated-cost openmpi-cost", order, " ")
	says["cost"] = "cohort"
	says["isolated-cost"] = "cohort, isolated"
	says["openmpi-cost"] = "cohort over Open MPI"
}

{
	value[$1, $2, ++count[$1, $2]] = $3
}

function median_of(who, way,    i, list) {
	for (i = 1; i <= count[who, way]; i++)
		list[i] = value[who, way, i]
	return median(list, count[who, way])
}

END {
	if (NR == 0)
		exit
	print "\nempty tasks: nanoseconds of the sweep for each, medians"
	printf "  %-22s %9s %10s %9s %20s\n", "", "plain", "on_result", \
		"ordered", "ordered and discard"
	for (i = 1; i in order; i++)
		if ((order[i], "plain") in count)
			printf "  %-22s %9.0f %10.0f %9.0f %20.0f\n", \
				says[order[i]], median_of(order[i], "plain"), \
				median_of(order[i], "on_result"), \
				median_of(order[i], "ordered"), \
				median_of(order[i], "discard")
}
