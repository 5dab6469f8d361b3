# A part of a long list of cases. Each day draws another part: after as many days as
# there are parts, all cases have been run. Scripts source this before they unset the
# variables of the library.
#
#   COHORT_TEST_DRAW=N   the part that day N after 1970 draws, not today's
#   COHORT_TEST_ALL=1    all cases
# shellcheck shell=bash
draw=${COHORT_TEST_DRAW:-$(($(date +%s) / 86400))}
draw_all=${COHORT_TEST_ALL:-}

# drawn INDEX PARTS: whether the case with this number is in today's part.
drawn() {
	[ -n "$draw_all" ] || [ $((($1 + draw) % $2)) = 0 ]
}

# What is drawn, for a test's output.
drawn_from() {
	[ -n "$draw_all" ] && echo "all cases" ||
		echo "a part of the cases: COHORT_TEST_DRAW=$draw"
}
