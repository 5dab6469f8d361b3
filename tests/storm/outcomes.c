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
	printf("%-16s %6u %9u %9.2f %9.2f %9.2f %5u %6u %5u %6u\n", name,
	       outcomes->kills, outcomes->survivors,
	       1e3 * outcomes_quantile(outcomes, 0.5),
	       1e3 * outcomes_quantile(outcomes, 0.99),
	       1e3 * outcomes_quantile(outcomes, 1), outcomes->late,
	       outcomes->hangs, outcomes->left, outcomes->wrong);
}

static void add(struct outcomes *sum, const struct outcomes *kind)
{
	sum->kills += kind->kills;
	sum->survivors += kind->survivors;
	sum->late += kind->late;
	sum->hangs += kind->hangs;
	sum->left += kind->left;
	sum->wrong += kind->wrong;
	for (size_t i = 0; i < kind->count; i++)
		outcomes_add_time(sum, kind->times[i]);
}

void outcomes_print(const char *title, struct outcomes kinds[],
                    const char *const names[], int count)
{
	printf("\n%-16s %6s %9s %9s %9s %9s %5s %6s %5s %6s\n", title, "kills",
	       "survivors", "median ms", "99 % ms", "worst ms", "late", "hangs",
	       "left", "wrong");
	for (int k = 0; k < count; k++) {
		print_row(names[k], &kinds[k]);
		add(&kinds[count], &kinds[k]);
	}
	print_row("all", &kinds[count]);
}
