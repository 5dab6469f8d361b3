/* mpi_stranger: a program that contains an MPI of an unknown family. It must
 * export its names (-rdynamic). */
#include "cohort.h"

#include <stdio.h>

int MPI_Init(int *argc, char ***argv);
int MPI_Initialized(int *flag);

int MPI_Init(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

int MPI_Initialized(int *flag)
{
	*flag = 1;
	return 0;
}

int main(void)
{
	cohort *group = NULL;
	const cohort_status status = cohort_open(NULL, &group);

	printf("%s: %s\n", cohort_status_name(status), cohort_error());
	return status != COHORT_EBACKEND;
}
