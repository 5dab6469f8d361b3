#define _POSIX_C_SOURCE 200809L
#include "speaker.h"

#include "failure.h"

#include <cohort.h>

#include <stdio.h>
#include <time.h>

/* So long at most lives a process that has nothing to say. */
static const struct timespec SILENCE = {1, 0};

bool speaker_is_here(void)
{
	cohort_prediction *prediction = NULL;
	bool is_first = true;

	if (cohort_predict(NULL, &prediction) == COHORT_OK)
		is_first = prediction->launcher_rank <= 0;
	cohort_prediction_free(prediction);
	return is_first;
}

void speaker_complain_if(bool speaks, const char *command)
{
	if (speaks)
		fprintf(stderr, "%s: %s\n", command, failure_sentence());
	else
		nanosleep(&SILENCE, NULL);
}

void speaker_complain(const char *command)
{
	speaker_complain_if(speaker_is_here(), command);
}
