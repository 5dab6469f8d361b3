/*
 * conformance [--quick | --slow] [--cores N] [PART...]   these parts, or all
 * conformance [--cores N] --mismatch KIND                calls that do not match
 *
 * --quick: fewer cases. --slow: fewer still, where instructions and forks take a
 * hundred times as long.
 * --cores: the library believes that there are so many.
 *
 * The environment decides what it runs as: one process, peers on this machine, or
 * ranks of an MPI job. Rank 0's last line names the number of ranks and the
 * backend that have passed.
 */
#include "cores.h"
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	void (*checks)(const struct run *run);
} parts[] = {
#define ROW(name) {#name, part_##name},
    PARTS_MAP(ROW)
#undef ROW
};

enum { PARTS = sizeof(parts) / sizeof(*parts) };

static bool wanted(const char *name, int count, char *names[])
{
	for (int i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return true;
	return count == 0;
}

static bool known(const char *name)
{
	for (size_t i = 0; i < PARTS; i++)
		if (!strcmp(parts[i].name, name))
			return true;
	return false;
}

/* The group is what was predicted. */
static void check_prediction(cohort_prediction *prediction, const cohort *group)
{
	const int ranks = prediction->ranks;

	CHECK(prediction->status == COHORT_OK && !*prediction->error, "%s",
	      prediction->error);
	CHECK(!strcmp(prediction->backend, cohort_backend(group)), "%s",
	      prediction->backend);
	CHECK(ranks == cohort_size(group) || ranks == -1, "%d ranks", ranks);
	CHECK(prediction->launcher_rank == -1 ||
	          prediction->launcher_rank == cohort_rank(group) ||
	          strcmp(prediction->backend, "mpi") != 0,
	      "rank %d", prediction->launcher_rank);
	cohort_prediction_free(prediction);
}

static int run_parts(struct run run, int count, char *names[])
{
	cohort *group = NULL;
	cohort_prediction *prediction = NULL;

	check_case("opening");
	check_begin(NULL);
	MUST(cohort_predict(NULL, &prediction));
	MUST(cohort_open(NULL, &group));
	check_begin(group);
	check_prediction(prediction, group);

	run.group = group;
	run.rank = cohort_rank(group);
	run.size = cohort_size(group);
	const char *backend = cohort_backend(group);
	run.ordered = strcmp(backend, "mpi") != 0;
	for (size_t i = 0; i < PARTS; i++) {
		if (!wanted(parts[i].name, count, names))
			continue;
		const double begin = now();
		check_case("%s", parts[i].name);
		parts[i].checks(&run);
		if (run.rank == 0)
			printf("%-12s %6.2f s\n", parts[i].name, now() - begin);
	}
	check_case("closing");
	check_begin(NULL);
	MUST(cohort_close(group));
	if (run.rank == 0)
		printf("conformance: passed %llu checks, ranks=%d backend=%s\n",
		       check_count(), run.size, backend);
	return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
	struct run run = {.group = NULL};
	int first = 1;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (first < argc && (!strcmp(argv[first], "--quick") ||
	                     !strcmp(argv[first], "--slow"))) {
		run.quick = true;
		run.slow = !strcmp(argv[first], "--slow");
		first++;
	}
	if (first + 1 < argc && !strcmp(argv[first], "--cores")) {
		cores_pretend(strtoul(argv[first + 1], NULL, 10));
		first += 2;
	}
	if (first + 2 == argc && !strcmp(argv[first], "--mismatch")) {
		if (mismatch(argv[first + 1]))
			return EXIT_SUCCESS;
		fprintf(stderr, "conformance: no mismatch is called %s\n",
		        argv[first + 1]);
		return EXIT_FAILURE;
	}
	for (int i = first; i < argc; i++)
		if (!known(argv[i])) {
			fprintf(stderr, "conformance: no part is called %s\n",
			        argv[i]);
			return EXIT_FAILURE;
		}
	return run_parts(run, argc - first, argv + first);
}
