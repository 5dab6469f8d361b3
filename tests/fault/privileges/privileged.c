/*
 * privileged [BACKEND]   opens a group, and says what came of it and whether an
 * MPI is in the process. privileges.sh runs a set-user-ID copy.
 */
#include "cohort.h"

#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

static int mpi_is_mapped(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[4096];
	int found = !maps;

	while (maps && fgets(line, sizeof(line), maps))
		found = found || strstr(line, "/libmpi") ||
		        strstr(line, "cohort-mpi-");
	if (maps)
		fclose(maps);
	return found;
}

int main(int argc, char **argv)
{
	const cohort_options options = {.backend = argc > 1 ? argv[1] : NULL};
	cohort *group = NULL;
	cohort_status status = cohort_open(&options, &group);

	if (status == COHORT_OK ? cohort_is_root(group) : 1)
		printf("privileged %lu, status %s, backend %s, size %d, MPI "
		       "%s: %s\n",
		       getauxval(AT_SECURE), cohort_status_name(status),
		       cohort_backend(group), cohort_size(group),
		       mpi_is_mapped() ? "loaded" : "absent", cohort_error());
	return cohort_close(group) == COHORT_OK ? 0 : 1;
}
