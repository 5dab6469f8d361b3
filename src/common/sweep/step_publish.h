/*
 * The words of steps.h in the memory that all ranks share: each rank publishes
 * its own step, and rank 0 its decisions.
 */
#ifndef COHORT_COMMON_SWEEP_STEP_PUBLISH_H
#define COHORT_COMMON_SWEEP_STEP_PUBLISH_H

#include "steps.h"
#include "sweep_run.h"

struct rank_state;

struct rank_state *step_state(const struct world *world, int r);

/* Whether this backend can go on without ranks that die. If not, nothing is
 * published. */
bool step_takes_part(const struct sweep_run *run);

/* Other ranks sleep and wait for words only after the world has failed. */
void step_wake_if_failed(struct world *world);

/* Publish where this rank's results end, and whether a task has destroyed some.
 * The rank has run its share. */
void step_publish_end(const struct sweep_run *run);

/* Publish this rank's step, after run->serial decisions. */
void step_publish(struct sweep_run *run, enum step step);

/* On rank 0: publish its decision with this serial number. */
void decision_publish(struct sweep_run *run, unsigned serial,
                      enum decision decision);

/* Whether rank 0 has decided REFUSED, or has left without a decision. */
bool decision_is_refused(const struct sweep_run *run);

#endif
