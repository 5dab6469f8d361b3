/* How far a group's sweep is. */
#ifndef COHORT_COMMON_SWEEP_PROGRESS_H
#define COHORT_COMMON_SWEEP_PROGRESS_H

#include "common/base/double_buffer.h"
#include "common/core/backend.h"

/* Part of a group. The rank's own thread writes it, any thread reads it. */
struct progress {
	struct double_buffer figures; /* empty before the first sweep */
	uint32_t sweeps;              /* that the group has begun */
};

/* Tasks are about to run: clears this rank's counters. Every rank calls it, and
 * only after all ranks have ended the sweep before. */
void progress_begin(struct progress *progress, const struct world *world,
                    uint64_t total, uint64_t resumed);

/* No rank runs tasks any more: keeps the figures. */
void progress_end(struct progress *progress, const struct world *world);

/* All 0 before the first sweep. Any thread may call it at any time; it does not
 * wait. */
cohort_counts progress_read(const struct progress *progress,
                            const struct world *world);

/* Log one line about the sweep that has ended, at `info`. */
void progress_log(const struct progress *progress, const struct world *world);

#endif
