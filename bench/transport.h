/*
 * The calls that are timed, in one table. over_cohort.c fills it with calls of
 * cohort, over_mpi.c with calls of MPI, so that the loops around the calls are
 * the same object code for all contenders.
 *
 * Data are doubles; every rank of a gather brings equally many. A call that
 * fails says why on stderr and ends the job.
 */
#ifndef BENCH_TRANSPORT_H
#define BENCH_TRANSPORT_H

#include <stddef.h>

enum { ABOUT_BYTES = 128 };

struct transport {
	void (*about)(char text[ABOUT_BYTES]); /* may come before open */
	void (*open)(void);
	void (*close)(void);
	void (*abort)(void); /* does not return */
	int (*rank)(void);
	int (*size)(void);
	/* Memory that the library provides; NULL if there is none. */
	void *(*alloc)(size_t bytes);
	void (*free)(void *memory);
	/* The next gathers have `count` doubles from each rank. The transport
	 * computes their counts and displacements here, outside the timing. */
	void (*plan)(size_t count);

	void (*barrier)(void);
	void (*bcast)(double *data, size_t count, int root);
	void (*gatherv)(const double *send, size_t count, double *recv,
	                int root);
	void (*allgatherv)(const double *send, size_t count, double *recv);
	void (*allreduce)(const double *send, double *recv, size_t count);
	/* Not timed: the largest of everybody's, in place. */
	void (*largest)(double *values, size_t count);
};

/* The one that this program is linked with. */
extern const struct transport transport;

#endif
