/*
 * A group's sweeps: the last one's results, the progress of the current one,
 * and whether signals stop them. The group holds it as its extension; most
 * groups only make collective calls and never have one.
 */
#ifndef COHORT_COMMON_SWEEP_GROUP_SWEEPS_H
#define COHORT_COMMON_SWEEP_GROUP_SWEEPS_H

#include "common/core/group.h"
#include "progress.h"
#include "signal_stop.h"
#include "sweep.h"

struct group_sweeps {
	struct group_extension extension;
	/* The last sweep that ran tasks; NULL before the first. */
	struct sweep *last;
	struct progress progress;
	/* Number of the sweep under way; 0: none. Any thread may read it. */
	_Atomic uint64_t current;
	struct stop_listener listener;
};

/* Attach it to the group if there is none yet. NULL, with the sentence of
 * `function` written, if there is no memory. */
struct group_sweeps *group_sweeps_attach(cohort *group, const char *function);

/* NULL if none is attached. Any thread may call it. */
struct group_sweeps *group_sweeps_find(const cohort *group);

#endif
