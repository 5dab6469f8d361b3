/* What a rank has for all its tasks, made from the command line. */
#ifndef TOOLS_SWEEP_WORKSHOP_H
#define TOOLS_SWEEP_WORKSHOP_H

#include "attempt.h"
#include "setup.h"

/* Make everything of a workshop that can be wrong. False with a sentence; it is
 * released in either case. */
bool workshop_prepare(struct workshop *shop, const struct sweep_plan *plan,
                      const struct table *names);

void workshop_release(struct workshop *shop);

/* Check on this rank, before the sweep, that the command can be started here,
 * and set setup->ties. False with a sentence. */
bool workshop_check(const struct sweep_plan *plan, struct sweep_setup *setup);

#endif
