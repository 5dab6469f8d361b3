#include "speaker.h"

#include "failure.h"

#include <cohort.h>

#include <stdio.h>

bool speaker_is_here(void)
{
	cohort_prediction *prediction = NULL;
	bool is_first = true;

	if (cohort_predict(NULL, &prediction) == COHORT_OK)
		is_first = prediction->launcher_rank <= 0;
	cohort_prediction_free(prediction);
	return is_first;
}

void speaker_complain(const char *command)
{
	if (speaker_is_here())
		fprintf(stderr, "%s: %s\n", command, failure_sentence());
}
