/* How a worker gets tasks. */
#ifndef COHORT_COMMON_SWEEP_SCHEDULER_H
#define COHORT_COMMON_SWEEP_SCHEDULER_H

#include "cursor.h"
#include "sweep_run.h"
#include "ticket_request.h"

struct scheduler {
	const struct sweep_run *run;
	/* A child asks its rank for tickets here; NULL: claims itself. */
	const struct ticket_channel *channel;
	uint64_t ran;   /* tasks since the last claim */
	double seconds; /* that they took */
};

/* Number of tickets that the sweep needs; 0: none, the schedule is static. */
uint64_t scheduler_tickets(const struct sweep_run *run);

/* Claim the next tasks: sets cursor->next and cursor->end, to the same number
 * if no task is left. All tasks claimed before have been run. */
COHORT_CHECKED cohort_status scheduler_next(struct scheduler *scheduler,
                                            struct cursor *cursor);

/* A task was run. */
static inline void scheduler_ran(struct scheduler *scheduler, double seconds)
{
	scheduler->ran++;
	scheduler->seconds += seconds;
}

#endif
