/* MPI is a thing of the whole process: it starts once and ends once. */
#ifndef COHORT_MPI_MPI_PROCESS_H
#define COHORT_MPI_MPI_PROCESS_H

#include "cohort.h"

/* MPI is up when this returns COHORT_OK: initialised now, unless the program
 * has done so. COHORT_ESTATE if it is finalised already, or was initialised in
 * the process that this one was forked from. */
COHORT_CHECKED cohort_status process_enter(void);

/* A group more; the number of groups that there were before it. */
unsigned process_count(void);

/* That group is gone. `in_order`: all its ranks left together. If not, the job
 * ends when this process does. */
void process_leave(bool in_order);

/* Whether MPI is gone, or belongs to the process that this one was forked
 * from: then nothing of it may be called. */
bool process_without_mpi(void);

/* Whether a thread of the library's own may call MPI, while the one that uses
 * the group does not. */
bool process_lends_threads(void);

/* This process is about to abort: its exit handler is to leave MPI alone. */
void process_forget(void);

#endif
