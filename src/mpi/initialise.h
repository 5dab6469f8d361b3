/* The start of MPI in this process. */
#ifndef COHORT_MPI_INITIALISE_H
#define COHORT_MPI_INITIALISE_H

#include "common/core/backend.h"

/* How long, with this timeout, a rank waits for those that start; 0: no
 * limit. */
double initialise_limit(double timeout);

/* After how many seconds a rank says that it waits for others. A job of
 * thousands may need some time, and not all of its ranks should say so: the
 * later ones wait longer. */
double initialise_seconds_until_told(int rank);

/* End the process, which waits inside MPI, and the job. */
_Noreturn void initialise_end_job(void);

/*
 * Call MPI_Init_thread, which waits for all processes of the job. *provided
 * receives the level of thread support. Returns MPI's error code.
 *
 * Some may never come: they were told to use another backend, or to open no
 * group. If MPI_Init_thread takes long, one line says so. With a `timeout` (in
 * seconds; 0: none) the process ends when it has waited for that long and for
 * a minute at least, and the job with it: MPI_Init_thread cannot be left.
 *
 *   launcher  of this process; NULL: none, then it waits for nobody
 */
int initialise_bounded(const struct launcher *launcher, double timeout,
                       int *provided);

#endif
