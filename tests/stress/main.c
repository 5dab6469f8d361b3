/*
 * stress [OPTION...]   a long random sequence of collective calls, the same on
 * all ranks, with random delays on random ranks, every byte checked everywhere.
 *
 *   --operations N   how many (20000)
 *   --seed S         another sequence (1)
 *   --large N        of a thousand operations, so many have some MiB (2)
 *   --cores N        the library believes that there are so many cores
 *   --one-core       after the opening all ranks run on one core
 *
 * Runs on the backend that the environment chooses. Rank 0's last line sums up
 * the run; a failure names its rank, operation and seed.
 */
#define _GNU_SOURCE /* getopt_long, sched_setaffinity, MAP_ANONYMOUS */
#include "run.h"

#include "clock.h"
#include "cores.h"

#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct options {
	uint64_t operations;
	uint64_t seed;
	uint64_t large;
	bool one_core;
};

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: stress [--operations N] [--seed S] [--large N] "
	                "[--cores N] [--one-core]\n");
	exit(2);
}

static uint64_t number(const char *text)
{
	char *end;
	const unsigned long long value = strtoull(text, &end, 10);

	if (end == text || *end)
		usage();
	return value;
}

static struct options read_options(int argc, char *argv[])
{
	static const struct option table[] = {
	    {"operations", required_argument, NULL, 'n'},
	    {"seed", required_argument, NULL, 's'},
	    {"large", required_argument, NULL, 'l'},
	    {"cores", required_argument, NULL, 'c'},
	    {"one-core", no_argument, NULL, '1'},
	    {NULL, 0, NULL, 0}};
	struct options out = {.operations = 20000, .seed = 1, .large = 2};
	int option;

	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'n':
			out.operations = number(optarg);
			break;
		case 's':
			out.seed = number(optarg);
			break;
		case 'l':
			out.large = number(optarg);
			break;
		case 'c':
			cores_pretend(number(optarg));
			break;
		case '1':
			out.one_core = true;
			break;
		default:
			usage();
		}
	}
	if (optind < argc)
		usage();
	return out;
}

/* The last of the cores that this process may use: the first is often busy. */
static void confine(const struct run *run)
{
	cpu_set_t usable;
	cpu_set_t one;
	size_t core = CPU_SETSIZE - 1;

	cores_pretend(0);
	CPU_ZERO(&one);
	if (sched_getaffinity(0, sizeof(usable), &usable))
		run_fail(run, "no affinity is known");
	while (core > 0 && !CPU_ISSET(core, &usable))
		core--;
	CPU_SET(core, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		run_fail(run, "cannot stay on core %zu", core);
}

static void run_open(struct run *run, const struct options *options)
{
	void *page =
	    mmap(NULL, RANKS_MOST * sizeof(*run->arrived),
	         PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	*run = (struct run){.seed = options->seed,
	                    .large = options->large,
	                    .root = ANY_ROOT,
	                    .name = "opening"};
	run_must(run, cohort_open(NULL, &run->group));
	run->rank = cohort_rank(run->group);
	run->size = cohort_size(run->group);
	if (run->size > RANKS_MOST)
		run_fail(run, "too many ranks");
	if (page != MAP_FAILED && !strcmp(cohort_backend(run->group), "mp"))
		run->arrived = page;
	run_prepare(run);
	if (options->one_core)
		confine(run);
}

int main(int argc, char *argv[])
{
	const struct options options = read_options(argc, argv);
	struct run run;

	run_open(&run, &options);
	const char *backend = cohort_backend(run.group);
	const double begin = now();
	while (run.operation < options.operations)
		run_next(&run);
	const double seconds = now() - begin;
	run_release(&run);
	run.name = "closing";
	run_must(&run, cohort_close(run.group));
	if (run.rank == 0)
		printf("stress: passed %llu operations in %.1f s, ranks=%d "
		       "backend=%s seed=%llu\n",
		       (unsigned long long)run.operation, seconds, run.size,
		       backend, (unsigned long long)run.seed);
	return EXIT_SUCCESS;
}
