/* Counts and times of attacks, and the table of them. */
#ifndef STORM_OUTCOMES_H
#define STORM_OUTCOMES_H

#include <stddef.h>

/* Of the attacks of one kind. */
struct outcomes {
	unsigned kills;
	unsigned survivors; /* ranks that were told */
	unsigned late;      /* told later than promised on a machine so busy */
	unsigned hangs;
	unsigned left; /* runs with processes or files that were left */
	unsigned wrong;
	double *times; /* seconds from the kill to each survivor's report */
	size_t count;
	size_t room;
};

void outcomes_add_time(struct outcomes *outcomes, double seconds);

/* The time, in seconds, that a share q of all times does not exceed; 0 if there
 * are no times. Sorts the times. */
double outcomes_quantile(struct outcomes *outcomes, double q);

/* Print a row for each of `count` kinds of attacks under this title. Add all of
 * them to kinds[count], and print that row last. */
void outcomes_print(const char *title, struct outcomes kinds[],
                    const char *const names[], int count);

#endif
