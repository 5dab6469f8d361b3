/* Scoped groups that cannot be opened, or that end badly. */
#include "mpi_scoped.h"

#include "mpi_ranks.h"

static const cohort_options scoped = {.scoped = true};

/* One rank asks for a scoped group, the others do not. */
int run_scoped_mixed(char *arguments[])
{
	cohort *group = open_group();
	cohort *second = NULL;
	const int rank = cohort_rank(group);

	(void)arguments;
	CHECK(cohort_close(group) == COHORT_OK);
	CHECK(cohort_open(rank == 1 ? &scoped : NULL, &second) ==
	      COHORT_EMISMATCH);
	puts(cohort_error());
	return 0;
}

/* Not beside another group, but after it. What is opened in it ends with it. */
int run_scoped_beside(char *arguments[])
{
	cohort *group = open_group();
	cohort *second = NULL;
	cohort *inner = NULL;

	(void)arguments;
	CHECK(cohort_open(&scoped, &second) == COHORT_ESTATE);
	puts(cohort_error());
	CHECK(cohort_close(group) == COHORT_OK);
	CHECK(cohort_open(&scoped, &second) == COHORT_OK);
	CHECK(cohort_open(NULL, &inner) == COHORT_OK);
	CHECK(cohort_barrier(inner) == COHORT_OK);
	CHECK(cohort_close(second) == COHORT_OK);
	CHECK(cohort_rank(inner) == -1);
	CHECK(cohort_close(inner) == COHORT_ESTATE);
	puts("alone");
	return 0;
}

/* The job ends, as if a rank left with a broken group. */
int run_scoped_broken(char *arguments[])
{
	cohort_options options = scoped;
	cohort *group = NULL;
	int32_t number = 0;

	(void)arguments;
	options.timeout = 30;
	CHECK(cohort_open(&options, &group) == COHORT_OK);
	const int rank = cohort_rank(group);
	CHECK((rank == 1 ? cohort_barrier(group)
	                 : cohort_bcast(group, &number, 1, COHORT_INT32, 0)) ==
	      COHORT_EMISMATCH);
	CHECK(cohort_close(group) == COHORT_OK);
	CHECK(rank == 0);
	CHECK(cohort_open(&options, &group) == COHORT_ESTATE);
	return 0;
}
