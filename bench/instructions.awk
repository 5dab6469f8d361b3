# One dump of callgrind's: a row of CSV with the instructions of a call, all of
# them (row "instructions") or those of cohort's library and module ("own").
#	awk -v calls=N -v contender=NAME -v ranks=N -v row=ROW -f ... DUMP

/^desc: Trigger: Client Request: / {
	call = $5
	bytes = $6
}
/^ob=/ { ours = /libcohort\.so|cohort-mpi-/ }
# The line after calls= is the callee's cost.
/^calls=/ {
	skip = 1
	next
}
/^[0-9+*-]/ {
	if (!skip) {
		total += $2
		if (ours)
			own += $2
	}
	skip = 0
}
END {
	if (call != "")
		printf "%s,1,%d,%s:%s,%d,%.1f\n", contender, ranks, row, call, \
		       bytes, (row == "own" ? own : total) / calls
}
