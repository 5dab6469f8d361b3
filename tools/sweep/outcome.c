#include "outcome.h"

struct task_record outcome_record(const struct outcome *outcome)
{
	struct task_record record;

	if (outcome->is_known &&
	    task_record_read(outcome->data, outcome->bytes, &record))
		return record;
	return (struct task_record){
	    .end = outcome->is_known ? TASK_FAILED : TASK_NOT_RUN,
	    .exit_status = -1,
	    .rank = -1,
	};
}
