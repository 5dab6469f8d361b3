/*
 * rounds JOURNAL   a program that calls the library again and again
 * rounds           once, and then in other ways: under a launcher of MPI
 *
 * Everything is printed once, by the process that the caller of the library is.
 */
#include "roots.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { TASKS = 200, STOP = 100 };

static double results[TASKS];

static void check(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "not so: %s; %s\n", what, cohort_error());
	exit(EXIT_FAILURE);
}

static size_t count_right(void)
{
	size_t right = 0;

	for (int i = 0; i < TASKS; i++)
		right += fabs(results[i] - sqrt((double)i)) == 0;
	return right;
}

/* The first round with a journal is stopped, each further one goes on with it. */
static void call_rounds(const char *journal)
{
	static const int sizes[] = {3, 1, 2, 5, 3};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct roots_call call = {
		    .ranks = sizes[i],
		    .journal = journal,
		    .stop = i == 0 ? STOP : 0,
		};
		size_t resumed = 0;
		cohort_status status = roots(&call, TASKS, results, &resumed);
		const size_t right = count_right();
		printf("round %zu: %s\n", i, cohort_status_name(status));
		check(i == 0 ? status == COHORT_ESTOPPED && right > 0
		             : status == COHORT_OK && right == TASKS,
		      "all results");
		check(i > 1 ? resumed == TASKS : (resumed > 0) == (i > 0),
		      "the journal's results");
		call.journal = NULL;
		call.stop = 0;
		status = roots(&call, TASKS, results, &resumed);
		check(status == COHORT_OK && count_right() == TASKS,
		      "all results without a journal");
	}
}

static void open_again(const char *backend)
{
	const cohort_options options = {
	    .backend = backend, .size = 1, .scoped = true};
	cohort *group;
	const cohort_status status = cohort_open(&options, &group);

	printf("%s again: %s\n", backend ? backend : "auto",
	       status == COHORT_OK ? "opened" : cohort_error());
	if (status == COHORT_OK)
		check(cohort_close(group) == COHORT_OK, "close");
}

static void print_at_exit(void)
{
	puts("exit");
}

int main(int argc, char *argv[])
{
	const struct roots_call call = {0};
	size_t resumed;

	atexit(print_at_exit);
	puts("begin");
	if (argc > 1) {
		call_rounds(argv[1]);
		return EXIT_SUCCESS;
	}
	check(roots(&call, TASKS, results, &resumed) == COHORT_OK, "roots");
	printf("all of %zu\n", count_right());
	open_again(NULL);
	open_again("serial");
	open_again("mp");
	return EXIT_SUCCESS;
}
