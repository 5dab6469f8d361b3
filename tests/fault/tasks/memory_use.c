#include "memory_use.h"

#include "check.h"

#include <stdio.h>

/* This process's part of all its memory, in KiB; less than 0 if the kernel does
 * not tell. */
static double own_memory(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "re");
	char line[256];
	double kib = -1;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Pss: %lf kB", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib;
}

double memory_of_all(void)
{
	double least = 0;

	/* A page counts in parts for all processes that have mapped it: the
	 * others must have mapped it by now. */
	barrier();
	double kib = own_memory();
	MUST(cohort_allreduce(here.group, &kib, &least, 1, COHORT_DOUBLE,
	                      COHORT_MIN));
	MUST(cohort_allreduce(here.group, COHORT_IN_PLACE, &kib, 1,
	                      COHORT_DOUBLE, COHORT_SUM));
	return least < 0 ? -1 : kib;
}
