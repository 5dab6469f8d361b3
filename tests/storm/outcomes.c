#include "outcomes.h"

#include <stdio.h>
#include <stdlib.h>

void outcomes_add_time(struct outcomes *outcomes, double seconds)
{
	if (outcomes->count == outcomes->room) {
		outcomes->room = 2 * outcomes->room + 64;
		outcomes->times = realloc(
		    outcomes->times, outcomes->room * sizeof(*outcomes->times));
		if (!outcomes->times)
			exit(2);
	}
	outcomes->times[outcomes->count++] = seconds;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

double outcomes_quantile(struct outcomes *outcomes, double q)
{
	if (outcomes->count == 0)
		return 0;
	qsort(outcomes->times, outcomes->count, sizeof(*outcomes->times),
	      by_value);
	return outcomes
	    ->times[(size_t)(q * (double)(outcomes->count - 1) + 0.5)];
}

static void print_row(const char *name, struct outcomes *outcomes)
{
	printf("%-16s %6u %9u %9.2f %9.2f %9.2f %6u %6u\n", name,
	       outcomes->kills, outcomes->survivors,
	       1e3 * outcomes_quantile(outcomes, 0.5),
	       1e3 * outcomes_quantile(outcomes, 0.99),
	       1e3 * outcomes_quantile(outcomes, 1), outcomes->hangs,
	       outcomes->wrong);
}

void outcomes_print(struct outcomes kinds[], const char *const names[],
                    int count)
{
	struct outcomes *sum = &kinds[count];

	printf("\n%-16s %6s %9s %9s %9s %9s %6s %6s\n", "call", "kills",
	       "survivors", "median ms", "99 % ms", "worst ms", "hangs",
	       "wrong");
	for (int k = 0; k < count; k++) {
		print_row(names[k], &kinds[k]);
		sum->kills += kinds[k].kills;
		sum->survivors += kinds[k].survivors;
		sum->hangs += kinds[k].hangs;
		sum->wrong += kinds[k].wrong;
		for (size_t i = 0; i < kinds[k].count; i++)
			outcomes_add_time(sum, kinds[k].times[i]);
	}
	print_row("all", sum);
}
