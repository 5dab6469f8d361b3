/* The ranks of a machine: their order and their number, by the names of the hosts.
 * With COHORT_TEST_NODES one host counts as several machines. */
#define _POSIX_C_SOURCE 200809L
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_BYTES = 128 };

/* What the ranks of a machine have in common, and no others. */
static void name_machine(const struct run *run, char name[NAME_BYTES])
{
	const char *nodes = getenv("COHORT_TEST_NODES");
	char host[64] = "";

	gethostname(host, sizeof(host) - 1);
	const int node =
	    nodes && !run->ordered ? run->rank * atoi(nodes) / run->size : 0;
	memset(name, 0, NAME_BYTES);
	snprintf(name, NAME_BYTES, "%s %d", host, node);
}

void part_machines(const struct run *run)
{
	const size_t size = (size_t)run->size;
	char mine[NAME_BYTES];
	char(*names)[NAME_BYTES] = check_alloc(size * NAME_BYTES);
	size_t *counts = check_alloc(size * sizeof(*counts));
	int before = 0;
	int together = 0;

	check_case("ranks of a machine");
	name_machine(run, mine);
	for (size_t r = 0; r < size; r++)
		counts[r] = NAME_BYTES;
	MUST(cohort_allgatherv(run->group, mine, NAME_BYTES, names, counts,
	                       COHORT_INT8));
	for (int r = 0; r < run->size; r++) {
		const int here = !strcmp(names[r], mine);
		together += here;
		before += here && r < run->rank;
	}
	CHECK(cohort_local_rank(run->group) == before, "%d instead of %d",
	      cohort_local_rank(run->group), before);
	CHECK(cohort_local_size(run->group) == together, "%d instead of %d",
	      cohort_local_size(run->group), together);
	CHECK(cohort_local_rank(NULL) == -1, "%d", cohort_local_rank(NULL));
	CHECK(cohort_local_size(NULL) == -1, "%d", cohort_local_size(NULL));
	free(names);
	free(counts);
}
