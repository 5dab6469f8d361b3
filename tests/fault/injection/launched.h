/*
 * The target as ranks of a launcher of MPI. MPI makes system calls of its own in the
 * same threads, which nothing tells apart from the library's, except that the
 * journals' folders and files are the library's alone. So strace traces, counts and
 * injects only calls that have one of these as an argument (-P).
 */
#ifndef COHORT_TESTS_INJECTION_LAUNCHED_H
#define COHORT_TESTS_INJECTION_LAUNCHED_H

#include "run.h"

struct launched {
	const char *launcher; /* its mpirun; NULL: no setting has one */
	const char *target;
	const char *trace; /* the file that strace appends to */
	const char *work;  /* the folder that the target works in */
	int verdict;       /* descriptor of this process's file */
};

/* Become the launcher, in the folder `work`. If `traced`, each rank is under
 * strace, which makes calls fail unless `injection` is NULL. */
_Noreturn void launched_run(const struct launched *how,
                            const struct setting *setting, bool traced,
                            const struct injection *injection);

#endif
