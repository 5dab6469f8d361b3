#ifndef TOOLS_SWEEP_VERDICT_H
#define TOOLS_SWEEP_VERDICT_H

#include "plan.h"
#include "task/process.h"
#include "task/record.h"

/* Fill in how the process of a task ended and what it used. `sentence` receives
 * the reason if the task did not succeed. */
void verdict_fill(const struct sweep_plan *plan,
                  const struct process_result *result,
                  struct task_record *record, struct text *sentence);

#endif
