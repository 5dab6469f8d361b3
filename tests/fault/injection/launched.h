/*
 * The target as ranks of a launcher of MPI. MPI makes system calls of its own in the
 * same threads. So each rank is traced by a program that knows which calls are the
 * library's (catch.c), and not by strace.
 */
#ifndef COHORT_TESTS_INJECTION_LAUNCHED_H
#define COHORT_TESTS_INJECTION_LAUNCHED_H

#include "run.h"

struct launched {
	const char *launcher; /* its mpirun; NULL: no setting has one */
	const char *catcher;  /* the program of catch.c */
	const char *marks;    /* the library that the catcher preloads */
	const char *target;
	const char *trace; /* the file that the catcher appends to */
	int verdict;       /* descriptor of this process's file */
};

/* Become the launcher. If `traced`, each rank is traced, and calls fail unless
 * `injection` is NULL. */
_Noreturn void launched_run(const struct launched *how,
                            const struct setting *setting, bool traced,
                            const struct injection *injection);

#endif
