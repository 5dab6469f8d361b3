/*
 * What cohort_open finds around it: options, variables, the launcher, and
 * whether a rank of another job has started this process (nesting.h).
 */
#ifndef COHORT_COMMON_CORE_SURROUNDINGS_H
#define COHORT_COMMON_CORE_SURROUNDINGS_H

#include "backend.h"
#include "config.h"
#include "launcher.h"
#include "nesting.h"

/* The configuration, and the launcher of this process: *launcher is `found`, or
 * NULL if none has started it. On failure *launcher is valid, and of *config
 * only the backend. */
COHORT_CHECKED cohort_status
surroundings_read(const cohort_options *options, struct config *config,
                  struct launcher *found, const struct launcher **launcher);

/* The configuration inside a task. The group is alone, as a program that the
 * task starts: COHORT_BACKEND, COHORT_SIZE and the progress line are meant for
 * the rank. */
COHORT_CHECKED cohort_status
surroundings_read_in_task(const cohort_options *options, struct config *config);

/* One of the two, by where this thread is; see there. */
COHORT_CHECKED cohort_status surroundings_read_anywhere(
    const cohort_options *options, struct config *config,
    struct launcher *found, const struct launcher **launcher);

/* Tell the programs that this process starts that they run inside a rank, so
 * that they neither join its job nor start ranks on all cores. */
void surroundings_leave(const struct nesting *own, const struct world *world,
                        bool launched);

/* The process is no rank any more. Under MPI's launcher it still is one for the
 * programs that it starts: its variables describe it. */
void surroundings_take_back(bool is_mpi);

#endif
