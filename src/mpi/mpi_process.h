/* MPI starts once and ends once in a process, whatever the number of groups. */
#ifndef COHORT_MPI_MPI_PROCESS_H
#define COHORT_MPI_MPI_PROCESS_H

#include "common/core/backend.h"

/* Initialise MPI, as initialise.h says, unless the program has done so.
 * COHORT_ESTATE if MPI is finalised already, or is used by a process that this
 * one was forked from. */
COHORT_CHECKED cohort_status mpi_process_enter(const struct launcher *launcher,
                                               double timeout);

/* Count a group that opens; returns the number of groups opened before it. */
unsigned mpi_process_count_group(void);

/* Whether no group was opened yet. */
bool mpi_process_is_first(void);

/* Count a group that closes. `in_order`: all its ranks closed it together. If
 * one was closed otherwise, the exit of this process ends the job. */
void mpi_process_leave_group(bool in_order);

/* Whether MPI must not be called: it is finalised, or belongs to the process
 * that this one was forked from. */
bool mpi_process_without_mpi(void);

/* Whether a thread of the library may call MPI while the thread that uses the
 * group does not. */
bool mpi_process_allows_threads(void);

/* Whether a scoped group may be opened now: its close ends MPI. COHORT_ECONFIG
 * if the program has initialised MPI itself; COHORT_ESTATE if another group is
 * open. */
COHORT_CHECKED cohort_status mpi_process_check_scoped(void);

/* A scoped group was closed on this rank. `in_order`: finalise MPI; ranks other
 * than 0 leave the process here, with status 0. Otherwise these ranks end the
 * job, as their exit would, and rank 0 does that at its exit. Does nothing in a
 * process that was forked. */
void mpi_process_end(int rank, bool in_order);

/* From now on the exit handler does nothing: this process aborts. */
void mpi_process_forget(void);

/* The word of worlds that share MPI (struct world). NULL: any number of threads
 * may call MPI at once. */
world_caller *mpi_process_caller(void);

/* The call of those worlds. */
struct call *mpi_process_call(void);

#endif
