/*
 * What version 0.1 could do already, for bench/versions.sh, which compiles this
 * program with the header and the library of each version.
 *
 * usage: bench-versions sweeps JOURNAL   empty tasks, and gathers of 10^6 results;
 *                                        journals are JOURNAL-0, JOURNAL-1, ...
 *        bench-versions calls            collective calls
 *        bench-versions opens            open, barrier and close of a new program
 *
 * Variables (COHORT_BACKEND and others) choose backend, ranks and transport. The
 * root prints rows: what was timed and nanoseconds, of a task, a result, a call or a
 * program. The least of three rounds, but for `opens` the median of nine.
 */
#define _POSIX_C_SOURCE 200809L
#include "machine.h"

#include <cohort.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 3, OPENS = 9, TASKS = 1000 * 1000, WRITTEN = 100 * 1000 };

static cohort *group;
static int journals;

static void check(cohort_status status)
{
	if (status == COHORT_OK)
		return;
	fprintf(stderr, "%s: %s\n", cohort_status_name(status), cohort_error());
	cohort_abort(group, EXIT_FAILURE);
}

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "bench-versions: %s\n", what);
	cohort_abort(group, EXIT_FAILURE);
}

static void print_row(const char *name, double seconds, size_t count)
{
	if (cohort_is_root(group))
		printf("%s %.3f\n", name, seconds * 1e9 / (double)count);
}

/* ---- sweeps ---- */

static int execute_empty(cohort_task *task)
{
	(void)task;
	return 0;
}

static void time_gather(double *least, bool to_root)
{
	cohort_results *results;
	size_t count;

	check(cohort_barrier(group));
	const double start = machine_seconds();
	check(to_root ? cohort_gather_to_root(group, &results)
	              : cohort_gather(group, &results));
	if (!to_root || cohort_is_root(group)) {
		cohort_results_all(results, &count);
		require(count == TASKS, "results are missing");
	}
	check(cohort_barrier(group));
	*least = fmin(*least, machine_seconds() - start);
	cohort_results_free(results);
}

static const struct {
	const char *name;
	cohort_schedule schedule;
	bool isolated, journaled;
} kinds[] = {
    {"dynamic", COHORT_DYNAMIC, false, false},
    {"static", COHORT_STATIC, false, false},
    {"guided", COHORT_GUIDED, false, false},
    {"isolated", COHORT_DYNAMIC, true, false},
    {"journal", COHORT_DYNAMIC, false, true},
    {"isolated+journal", COHORT_DYNAMIC, true, true},
};
enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

static double time_sweep(int kind, const char *journal)
{
	char path[4096];
	const cohort_job job = {
	    .execute = execute_empty,
	    .schedule = kinds[kind].schedule,
	    .isolate = kinds[kind].isolated,
	    .journal = kinds[kind].journaled ? path : NULL,
	};

	snprintf(path, sizeof(path), "%s-%d", journal, journals);
	journals += kinds[kind].journaled;
	check(cohort_barrier(group));
	const double start = machine_seconds();
	check(cohort_scatter(group, &job, NULL,
	                     kinds[kind].journaled ? WRITTEN : TASKS));
	check(cohort_barrier(group));
	return machine_seconds() - start;
}

static void time_sweeps(const char *journal)
{
	double least[KINDS];
	double gather = INFINITY;
	double to_root = INFINITY;

	for (int kind = 0; kind < KINDS; kind++)
		least[kind] = INFINITY;
	for (int round = 0; round < ROUNDS; round++)
		for (int kind = 0; kind < KINDS; kind++) {
			least[kind] =
			    fmin(least[kind], time_sweep(kind, journal));
			if (kind)
				continue;
			time_gather(&gather, false);
			time_gather(&to_root, true);
		}
	for (int kind = 0; kind < KINDS; kind++)
		print_row(kinds[kind].name, least[kind],
		          kinds[kind].journaled ? WRITTEN : TASKS);
	print_row("gather", gather, TASKS);
	print_row("gather_to_root", to_root, TASKS);
}

/* ---- collective calls ---- */

enum { LARGE = 65536, SMALL = 8 };
static unsigned char *own; /* LARGE bytes */
static unsigned char *all; /* LARGE bytes for each rank */
static size_t *counts;     /* of each rank */

static void call_barrier(size_t bytes)
{
	(void)bytes;
	check(cohort_barrier(group));
}

static void call_bcast(size_t bytes)
{
	check(cohort_bcast(group, own, bytes, COHORT_UINT8, 0));
}

static void call_gatherv(size_t bytes)
{
	check(cohort_gatherv(group, own, bytes, all, counts, COHORT_UINT8, 0));
}

static void call_allgatherv(size_t bytes)
{
	check(cohort_allgatherv(group, own, bytes, all, counts, COHORT_UINT8));
}

static void call_allreduce(size_t bytes)
{
	check(cohort_allreduce(group, own, all, bytes / sizeof(double),
	                       COHORT_DOUBLE, COHORT_SUM));
}

static void call_object(size_t bytes)
{
	cohort_blob object = {own, bytes};

	check(cohort_bcast_object(group, &object, 0));
	if (!cohort_is_root(group))
		free(object.data);
}

static const struct {
	const char *name;
	void (*make)(size_t bytes);
	size_t bytes;
} calls[] = {
    {"barrier", call_barrier, 0},
    {"bcast,8", call_bcast, SMALL},
    {"bcast,64K", call_bcast, LARGE},
    {"gatherv,8", call_gatherv, SMALL},
    {"gatherv,64K", call_gatherv, LARGE},
    {"allgatherv,8", call_allgatherv, SMALL},
    {"allreduce,8", call_allreduce, SMALL},
    {"allreduce,64K", call_allreduce, LARGE},
    {"bcast_object,8", call_object, SMALL},
};

static double time_calls(size_t which, int number)
{
	check(cohort_barrier(group));
	const double start = machine_seconds();
	for (int i = 0; i < number; i++)
		calls[which].make(calls[which].bytes);
	check(cohort_barrier(group));
	return machine_seconds() - start;
}

/* As many as take about a fiftieth of a second. */
static int number_of_calls(size_t which)
{
	time_calls(which, 10);
	int number = (int)fmin(0.02 / (time_calls(which, 20) / 20), 100000);

	number = number < 10 ? 10 : number;
	check(cohort_bcast(group, &number, 1, COHORT_INT32, 0));
	return number;
}

static void time_all_calls(void)
{
	const size_t size = (size_t)cohort_size(group);

	own = calloc(1, LARGE);
	all = calloc(size, LARGE);
	counts = calloc(size, sizeof(*counts));
	require(own && all && counts, "no memory");
	for (size_t which = 0; which < sizeof(calls) / sizeof(*calls);
	     which++) {
		for (size_t rank = 0; rank < size; rank++)
			counts[rank] = calls[which].bytes;
		const int number = number_of_calls(which);
		double least = INFINITY;
		for (int round = 0; round < ROUNDS; round++)
			least = fmin(least, time_calls(which, number));
		print_row(calls[which].name, least, (size_t)number);
	}
	free(own);
	free(all);
	free(counts);
}

/* ---- opens ---- */

static void open_and_close(void)
{
	check(cohort_open(NULL, &group));
	check(cohort_barrier(group));
	check(cohort_close(group));
}

/* A new process for each, so that each forks its ranks. */
static void time_opens(void)
{
	double times[OPENS];

	for (int i = 0; i < OPENS; i++) {
		int status;
		const double start = machine_seconds();
		const pid_t child = fork();
		if (child == 0) {
			open_and_close();
			exit(EXIT_SUCCESS);
		}
		require(child > 0 && waitpid(child, &status, 0) == child &&
		            status == 0,
		        "a program that opens has failed");
		times[i] = machine_seconds() - start;
	}
	printf("open+barrier+close %.3f\n",
	       machine_summary(times, OPENS).median * 1e9);
}

int main(int argc, char **argv)
{
	const char *part = argc > 1 ? argv[1] : "";

	if (!strcmp(part, "opens") && argc == 2) {
		time_opens();
		return EXIT_SUCCESS;
	}
	const bool sweeps = !strcmp(part, "sweeps") && argc == 3;
	if (!sweeps && (strcmp(part, "calls") || argc != 2)) {
		fputs("usage: bench-versions sweeps JOURNAL | calls | opens\n",
		      stderr);
		return 2;
	}
	machine_cores();
	check(cohort_open(NULL, &group));
	if (machine_pin(cohort_rank(group)))
		perror("cannot keep a rank on one core");
	if (sweeps)
		time_sweeps(argv[2]);
	else
		time_all_calls();
	check(cohort_close(group));
	return EXIT_SUCCESS;
}
