/* Pictures of a sweep: `cohort results --plot`. */
#ifndef TOOLS_PLOT_PLOT_H
#define TOOLS_PLOT_PLOT_H

#include "sweep/report.h"

struct plot {
	const char *path;
	const char *title;
	const char *over; /* columns "X" or "X,Y"; NULL: time */
	const char *of;   /* column; NULL: the first number that --parse took,
	                   * else `seconds` */
};

/* Each task as a bar from its beginning to its end, on a line for each rank. If
 * there were several runs, the next one begins where the one before ends. */
bool plot_times(const struct plot *plot, const struct report *report);

/* A column over one or two others: points, or a map whose squares have the mean
 * of the tasks there. Tasks without a value are crosses. */
bool plot_values(const struct plot *plot, const struct report *report);

#endif
