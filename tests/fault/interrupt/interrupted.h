/* What the rank that is interrupted does, and what all files of this program
 * share. */
#ifndef FAULT_INTERRUPTED_H
#define FAULT_INTERRUPTED_H

#include "cohort.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { LARGE = 1 << 20 };

/* Seconds until a rank gives up, times the pace. */
static const double patience = 60;

extern struct here {
	cohort *group;
	cohort *other;
	int rank;
	int size;
	int victim;
	const char *scene;
	bool by_handler;
	bool by_thread;
	bool is_mp;
	_Atomic double when; /* of the interrupt; 0: not yet */
	_Atomic bool handles_signals;
	double *numbers;
	size_t *counts;
} here;

/* Tasks that this rank has run. */
extern size_t executed;

/* End the program with a line in the file unless it holds. */
#define EXPECT(holds) expect(holds, #holds, __LINE__)
void expect(bool holds, const char *what, int line);

/* A file that exists when the victim's call has returned. */
const char *marker(void);

/* A file that exists when on_result has interrupted the sweep, on mpi. */
const char *came(void);

void interrupt_now(void);

/* Some hundred groups, in each of which rank 0 is interrupted at a random moment of
 * short calls. Returns the program's status. */
int interrupt_windows(void);

/* ---- the calls ---- */

cohort_status call_barrier(void);
cohort_status call_bcast(void);
cohort_status call_gatherv(void);
cohort_status call_allgatherv(void);
cohort_status call_allreduce(void);
cohort_status call_sum(void);
cohort_status call_bcast_object(void);
cohort_status call_objects(void);
cohort_status call_open(void);
cohort_status call_close(void);
cohort_status call_gather(void);
/* In no call: the next one returns it. */
cohort_status call_between(void);

/* ---- sweeps, which every rank calls at once ---- */

cohort_status call_in_task(void);
cohort_status call_waiting(void);
cohort_status call_isolated(void);
/* The sweep is stopped before it is interrupted. */
cohort_status call_signalled(void);
cohort_status call_on_result(void);
cohort_status call_on_result_isolated(void);

#endif
