/* A program that uses cohort: its root prints the backend, the number of ranks and
 * the arguments. */
#include <cohort.h>

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char *argv[])
{
	cohort *group;

	if (cohort_open(NULL, &group) != COHORT_OK) {
		fprintf(stderr, "%s\n", cohort_error());
		return EXIT_FAILURE;
	}
	if (cohort_is_root(group)) {
		printf("%s %d", cohort_backend(group), cohort_size(group));
		for (int i = 1; i < argc; i++)
			printf(" <%s>", argv[i]);
		printf("\n");
	}
	return cohort_close(group) == COHORT_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
