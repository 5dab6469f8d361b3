#include "delivery_halt.h"

#include "common/base/rank_states.h"
#include "common/base/stop_word.h"

void delivery_halt(struct delivery *delivery)
{
	const struct sweep_run *run = delivery->run;

	delivery->halted = true;
	stop_word_write(&run->group->world->states->stop,
	                stop_word_of_call(run->number, STOP_BY_RESULT));
}

void delivery_lack_memory(struct delivery *delivery, const char *to, int error)
{
	if (!delivery->lack) {
		delivery->lack = to;
		delivery->lack_error = error;
	}
	delivery_halt(delivery);
}
