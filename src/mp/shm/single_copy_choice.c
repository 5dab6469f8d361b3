#include "single_copy_choice.h"

/* To read has to take so much less time: the other way keeps nobody in the call
 * for longer than its own part takes, which the reader does not see. */
static const double reading_gain = 1.1;

unsigned single_copy_class(size_t bytes)
{
	unsigned class = 0;

	while (class < SINGLE_COPY_CLASSES - 1 &&
	       bytes >= (size_t)SINGLE_COPY_FROM << (class + 1))
		class ++;
	return class;
}

static enum single_copy_way
faster_choice(const double byte_seconds[SINGLE_COPY_WAYS])
{
	return byte_seconds[SINGLE_COPY_YES] > 0 &&
	               byte_seconds[SINGLE_COPY_NO] >
	                   reading_gain * byte_seconds[SINGLE_COPY_YES]
	           ? SINGLE_COPY_YES
	           : SINGLE_COPY_NO;
}

static enum single_copy_way opposite(enum single_copy_way way)
{
	return way == SINGLE_COPY_NO ? SINGLE_COPY_YES : SINGLE_COPY_NO;
}

static const struct trial_plan trial_plan = {
    .least = SINGLE_COPY_WAIT_LEAST,
    .length = SINGLE_COPY_TRIAL,
    .most = SINGLE_COPY_WAIT_MOST,
};

static void choose_reading(struct single_copy_choice *choice)
{
	const enum single_copy_way way = faster_choice(choice->byte_seconds);

	if (way == choice->way)
		return;
	choice->way = way;
	choice->trials = (struct trials){0};
}

/* A shorter time counts in full. A longer one counts a quarter: a rank may have
 * been interrupted. */
enum single_copy_way single_copy_learn(struct single_copy_choice *choice,
                                       enum single_copy_way way,
                                       double byte_seconds)
{
	double *known = &choice->byte_seconds[way];

	*known = *known == 0 || byte_seconds < *known
	             ? byte_seconds
	             : (3 * *known + byte_seconds) / 4;
	trials_advance(&choice->trials, &trial_plan, 1);
	if (!trials_under_way(&choice->trials, &trial_plan))
		choose_reading(choice);
	return trials_under_way(&choice->trials, &trial_plan)
	           ? opposite(choice->way)
	           : choice->way;
}
