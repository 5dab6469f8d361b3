#ifndef TOOLS_SWEEP_VERDICT_H
#define TOOLS_SWEEP_VERDICT_H

#include "plan.h"
#include "task/process.h"
#include "task/record.h"

/* Fill in how the process of a task ended and what it used. `sentence` receives
 * the reason if the task did not succeed. `has_memory_group` says whether a
 * control group limits its memory, instead of RLIMIT_AS. */
void verdict_fill(const struct sweep_plan *plan, bool has_memory_group,
                  const struct process_result *result,
                  struct task_record *record, struct text *sentence);

#endif
