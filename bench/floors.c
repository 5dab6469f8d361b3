/*
 * The cost, on this machine, of the operations that collectives consist of, in
 * the same form as the times of the calls (bench/main.c):
 *
 *	trip       a cache line, from one core to another
 *	flags      two cores tell each other that they have arrived
 *	switch     from one process to another on the same core, by sched_yield
 *	futex      wake a process that sleeps on another core
 *	futex1     the same on one core
 *	memcpy     a copy of so many bytes by the C library, source just written
 *	copy       the same by a loop over vectors
 *	fetch      that loop, when another core has just written the source
 *	fork       fork a process, which ends, and reap it
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "floors.h"
#include "machine.h"

#include <popt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const size_t page = 4096;

static int launch = 1;

static void print_row(const char *name, size_t bytes, double seconds[])
{
	printf("floor,%d,2,%s,%zu,%.4f\n", launch, name, bytes,
	       machine_summary(seconds, BLOCKS).median * 1e6);
	fflush(stdout);
}

static void *map(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		perror("mmap");
		exit(EXIT_FAILURE);
	}
	return memory;
}

static void time_size(struct shared *shared, size_t bytes, int cores)
{
	const size_t rounded = (bytes + page - 1) / page * page;
	/* Some 20 MB a block, and not few of the large ones. */
	const size_t fit = 20 * 1000 * 1000 / bytes + 3;
	const uint32_t count = fit < 50000 ? (uint32_t)fit : 50000;
	const struct pair fetch = {"fetch", pair_fetch, 1, count, 1};
	copier *volatile library = memcpy; /* not one of the compiler's */
	double seconds[BLOCKS];

	shared->bytes = bytes;
	shared->data = map(rounded);
	shared->copy = map(rounded);
	memset(shared->copy, 1, bytes);
	copy_time(shared, library, count, seconds);
	print_row("memcpy", bytes, seconds);
	if (bytes % LINE == 0) {
		copy_time(shared, copy_lines, count, seconds);
		print_row("copy", bytes, seconds);
	}
	if (bytes % LINE == 0 && cores > 1) {
		pair_time(shared, &fetch, seconds);
		print_row("fetch", bytes, seconds);
	}
	munmap(shared->data, rounded);
	munmap(shared->copy, rounded);
	shared->bytes = 0;
}

static void time_fork(void)
{
	enum { FORKS = 5 };
	double seconds[BLOCKS];

	for (int i = 0; i < BLOCKS; i++) {
		const double start = machine_seconds();
		for (int k = 0; k < FORKS; k++) {
			const pid_t child = fork();
			if (child == 0)
				_exit(EXIT_SUCCESS);
			if (child > 0)
				waitpid(child, NULL, 0);
		}
		seconds[i] = (machine_seconds() - start) / FORKS;
	}
	print_row("fork", 0, seconds);
}

static void time_all(const char *sizes)
{
	static const struct pair pairs[] = {
	    {"switch", pair_switch, 0, 2000, 2},
	    {"futex1", pair_futex, 0, 500, 2},
	    {"trip", pair_trip, 1, 50000, 2},
	    {"flags", pair_flags, 1, 100000, 1},
	    {"futex", pair_futex, 1, 200, 2},
	};
	struct shared *shared = map(sizeof(*shared));
	const int cores = machine_cores();
	char *end;

	machine_pin(0);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		double seconds[BLOCKS];
		if (pairs[i].core >= cores)
			continue;
		pair_time(shared, &pairs[i], seconds);
		print_row(pairs[i].name, 0, seconds);
	}
	time_fork();
	for (const char *at = sizes; *at; at = end + (*end == ',')) {
		const size_t bytes = (size_t)strtoull(at, &end, 10);
		if (end == at || (*end && *end != ',') || bytes == 0) {
			fprintf(stderr, "--bytes: numbers, with commas "
			                "between\n");
			exit(EXIT_FAILURE);
		}
		time_size(shared, bytes, cores);
	}
}

int main(int argc, char **argv)
{
	char *sizes = NULL;
	const struct poptOption table[] = {
	    {"bytes", 'b', POPT_ARG_STRING, &sizes, 0, "sizes of copies",
	     "BYTES,..."},
	    {"launch", 'l', POPT_ARG_INT, &launch, 0, "the second column",
	     "NUMBER"},
	    POPT_AUTOHELP POPT_TABLEEND};
	poptContext context =
	    poptGetContext(NULL, argc, (const char **)argv, table, 0);
	const int code = poptGetNextOpt(context);

	if (code < -1 || poptPeekArg(context)) {
		fprintf(stderr, "%s: what is %s? try --help\n", argv[0],
		        code < -1 ? poptBadOption(context, 0)
		                  : poptPeekArg(context));
		return EXIT_FAILURE;
	}
	poptFreeContext(context);
	time_all(sizes ? sizes : "8,8192,65536,1048576,16777216");
	return EXIT_SUCCESS;
}
