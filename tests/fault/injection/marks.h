/*
 * Numbers of system calls that no kernel has. With these the ranks of a launcher
 * (target.c, mpi_marks.c) tell the program that traces them (catch.c) which calls are
 * the library's.
 */
#ifndef COHORT_TESTS_INJECTION_MARKS_H
#define COHORT_TESTS_INJECTION_MARKS_H

enum mark {
	MARK_BEGIN = 4001, /* all that follows is the library's */
	MARK_ENTER,        /* this thread calls a function of MPI */
	MARK_LEAVE,        /* which has returned */
	MARK_END,          /* the process has left its exit handlers */
};

#endif
