/* Watches an open whose other ranks may not come. */
#ifndef COHORT_MPI_OPEN_WATCH_H
#define COHORT_MPI_OPEN_WATCH_H

struct open_watch;

/*
 * The rank begins to meet the others. If that takes long, one line says so.
 * After `limit` seconds (0: none) the process ends, and the job with it. NULL
 * if there is no memory: then nobody watches.
 *
 * Some calls of MPI there have no deadline, and ranks of version 0.1 make
 * others.
 */
struct open_watch *open_watch_begin(double limit);

/* They have met, or will not. Accepts NULL. */
void open_watch_end(struct open_watch *watch);

#endif
