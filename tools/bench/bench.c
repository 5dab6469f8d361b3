/* `cohort bench`. Every rank reads the command line and makes all calls; the
 * root prints. */
#include "bench.h"

#include "base/exit_status.h"
#include "base/failure.h"
#include "base/library_sentence.h"
#include "base/memory.h"
#include "base/speaker.h"
#include "measure.h"
#include "options.h"
#include "plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Columns as the OSU benchmarks have them. */
enum { SIZE_WIDTH = 10, TIME_WIDTH = 18, COUNT_WIDTH = 12 };

struct bench {
	const struct bench_plan *plan;
	cohort *group;
};

static int cohort_failed(void)
{
	failure("%s", library_sentence());
	return EXIT_SYSTEM;
}

static void print_head(const struct bench *bench, const struct bench_call *call)
{
	static const char *const size_names[] = {
	    [BENCH_BYTES] = "# Size",
	    [BENCH_FLOATS] = "# Size",
	    [BENCH_TASKS] = "# Tasks",
	};
	const bool has_size = call->unit != BENCH_NOTHING;
	const int ranks = cohort_size(bench->group);

	printf("\n# cohort %s: %s, %s, %d rank%s\n", cohort_version(),
	       call->name, cohort_backend(bench->group), ranks,
	       ranks == 1 ? "" : "s");
	if (has_size)
		printf("%-*s", SIZE_WIDTH, size_names[call->unit]);
	else
		putchar('#');
	printf("%*s%*s%*s%*s\n", TIME_WIDTH - !has_size, "Avg Latency(us)",
	       TIME_WIDTH, "Min Latency(us)", TIME_WIDTH, "Max Latency(us)",
	       COUNT_WIDTH, "Iterations");
}

static void print_row(const struct bench_call *call, size_t size,
                      const struct bench_times *times)
{
	const int digits = call->unit == BENCH_TASKS ? 4 : 2;

	if (call->unit != BENCH_NOTHING)
		printf("%-*zu", SIZE_WIDTH, size);
	printf("%*.*f%*.*f%*.*f%*zu\n", TIME_WIDTH, digits, times->average,
	       TIME_WIDTH, digits, times->least, TIME_WIDTH, digits,
	       times->greatest, COUNT_WIDTH, times->iterations);
	fflush(stdout);
}

static int time_size(const struct bench *bench, const struct bench_call *call,
                     size_t size)
{
	const int ranks = cohort_size(bench->group);
	const bool is_task = call->unit == BENCH_TASKS;
	struct bench_data data = {
	    .group = bench->group,
	    .size = size,
	    .send = memory_new(is_task ? 1 : size, 1),
	    .recv = memory_new(bench_recv_bytes(call, size, ranks), 1),
	    .counts = memory_new((size_t)ranks, sizeof(size_t)),
	};
	struct bench_times times;

	for (int r = 0; r < ranks; r++)
		data.counts[r] = size;
	const cohort_status status = bench_measure(
	    call, &data, bench->plan->seconds, bench->plan->iterations, &times);
	if (status == COHORT_OK && cohort_is_root(bench->group))
		print_row(call, size, &times);
	free(data.send);
	free(data.recv);
	free(data.counts);
	return status == COHORT_OK ? EXIT_DONE : cohort_failed();
}

/* Sizes of allreduce are those of whole floats. */
static bool fits(const struct bench_call *call, size_t size)
{
	return call->unit != BENCH_FLOATS || size % sizeof(float) == 0;
}

static int time_call(const struct bench *bench, const struct bench_call *call)
{
	static const struct size_list once = {{1}, 1};
	const struct size_list *sizes = &bench->plan->bytes;
	int status = EXIT_DONE;

	if (call->unit == BENCH_NOTHING)
		sizes = &once;
	else if (call->unit == BENCH_TASKS)
		sizes = &bench->plan->tasks;
	if (cohort_is_root(bench->group))
		print_head(bench, call);
	for (size_t i = 0; i < sizes->count && status == EXIT_DONE; i++)
		if (fits(call, sizes->values[i]))
			status = time_size(bench, call, sizes->values[i]);
	return status;
}

static int run_plan(const struct bench_plan *plan)
{
	struct bench bench = {.plan = plan};
	const cohort_status opened = cohort_open(&plan->group, &bench.group);
	int status = EXIT_DONE;

	if (opened != COHORT_OK) {
		status = cohort_failed();
		return opened == COHORT_ECONFIG ? EXIT_USAGE : status;
	}
	const bool is_root = cohort_is_root(bench.group);
	for (size_t i = 0; i < BENCH_CALLS && status == EXIT_DONE; i++)
		if (plan->has_call[i])
			status = time_call(&bench, &bench_calls[i]);
	if (cohort_close(bench.group) != COHORT_OK && status == EXIT_DONE)
		status = cohort_failed();
	if (is_root && (fflush(stdout) || ferror(stdout)) &&
	    status == EXIT_DONE) {
		failure("standard output cannot be written: %s",
		        strerror(errno));
		status = EXIT_SYSTEM;
	}
	return status;
}

int bench_main(int argc, char *argv[])
{
	struct bench_options options = {0};
	struct bench_plan plan = {0};
	int status = EXIT_USAGE;

	if (!options_parse(&bench_option_set, argc, argv, &options,
	                   &options.rest) ||
	    (!options.help && !bench_plan_make(&options, &plan))) {
		speaker_complain("cohort bench");
	} else if (options.help) {
		options_help(&bench_option_set, stdout);
		status = EXIT_DONE;
	} else {
		status = run_plan(&plan);
		if (status != EXIT_DONE)
			fprintf(stderr, "cohort bench: %s\n",
			        failure_sentence());
	}
	options_free(&bench_option_set, &options, &options.rest);
	return status;
}
