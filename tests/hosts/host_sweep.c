/*
 * host_sweep KIND TASKS MS [SLOW]   a sweep whose tasks sleep
 *
 *   uniform   each task takes MS milliseconds
 *   bimodal   one in twenty takes ten times as long
 *   heavy     quantiles of a Pareto distribution of shape 1.5: a few take fifty
 *             times as long as most
 *
 * Each rank prints "running RANK" in its first task, and "ran RANK N" after the
 * sweep, with the number of its tasks. JOURNAL names the journal. The task with the index
 * ABORT_AT calls cohort_abort. With STOPPABLE, signals stop the sweep.
 *
 * On the host h1 each task takes SLOW times as long. Rank 0 prints
 *
 *   makespan S ideal S whole S busy B
 *
 * The makespan is from the begin of the first task to the end of the last one, by the
 * clock that the hosts share: the start of the job does not count. Ideal is that no rank
 * is idle before the end: the work, in seconds of a fast rank, divided by the speeds of
 * all ranks; or the longest task, if that is more. `whole` is the most that it would be if
 * no rank had been idle until the task that ended last began. Both are of the times that
 * the tasks took, which is longer than they ask for on a busy machine. B is the part of
 * the time of all ranks that they spent in tasks.
 *
 * A failure is printed, too, with the time that the call took on this rank. The exit
 * status is then the number of the status, or 0 with STATUS_0=1, since launchers kill the
 * other ranks otherwise. All this goes to the file LINES_TO if it is set, else to stdout.
 */
#define _POSIX_C_SOURCE 200809L
#include "clock.h"
#include "cohort.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct kind {
	const char *name;
	size_t tasks;
	double seconds;
	double slow;
	double factor; /* of this rank */
	bool began;    /* this rank has begun a task */
	int rank;
	size_t ran;      /* tasks of this rank */
	size_t abort_at; /* the task that calls cohort_abort; 0: none does */
	cohort *group;
};

static double task_seconds(const struct kind *kind, size_t i)
{
	double factor = 1;

	if (!strcmp(kind->name, "bimodal"))
		factor = i % 20 == 7 ? 10 : 1;
	if (!strcmp(kind->name, "heavy")) {
		/* The indices in an order that looks random. */
		const size_t k = (i * 2654435761u + 12345) % kind->tasks;
		factor =
		    pow(1 - ((double)k + 0.5) / (double)kind->tasks, -1 / 1.5);
		factor = (factor < 50 ? factor : 50) / 2.5;
	}
	return kind->seconds * factor;
}

/* What a task returns. */
struct ran {
	size_t square; /* of its index */
	double begin;  /* seconds of now() */
	double end;
	double slow; /* the factor of its rank */
};

static int sleep_in_task(cohort_task *task)
{
	struct kind *kind = cohort_task_state(task);
	const size_t i = cohort_task_index(task);
	struct ran *ran = cohort_task_result(task, sizeof(*ran));

	if (!ran)
		return 1;
	*ran =
	    (struct ran){.square = i * i, .begin = now(), .slow = kind->factor};
	if (!kind->began) {
		printf("running %d\n", kind->rank);
		fflush(stdout);
	}
	kind->began = true;
	kind->ran++;
	if (kind->abort_at > 0 && i == kind->abort_at)
		cohort_abort(kind->group, 7);
	nap(kind->factor * task_seconds(kind, i));
	ran->end = now();
	return 0;
}

static int fail_with(const char *what, cohort_status status, double seconds,
                     int rank)
{
	printf("rank %d: %s: %s after %.2f s: %s\n", rank, what,
	       cohort_status_name(status), seconds, cohort_error());
	fflush(stdout);
	return getenv("STATUS_0") ? 0 : (int)status;
}

/* The tasks of a sweep together. */
struct sum {
	double work;    /* seconds of a fast rank */
	double longest; /* the longest task, on a fast rank */
	double busy;    /* seconds that they took */
	double begin;   /* of the first one */
	double end;     /* of the last one */
	double last;    /* the work of that one */
	double slow;    /* the factor of its rank */
};

static void add_task(struct sum *sum, const struct ran *ran)
{
	const double seconds = (ran->end - ran->begin) / ran->slow;

	sum->work += seconds;
	sum->longest = fmax(sum->longest, seconds);
	sum->busy += ran->end - ran->begin;
	if (sum->begin == 0 || ran->begin < sum->begin)
		sum->begin = ran->begin;
	if (ran->end < sum->end)
		return;
	sum->end = ran->end;
	sum->last = seconds;
	sum->slow = ran->slow;
}

static struct sum check_results(const cohort_results *results, size_t tasks)
{
	struct sum sum = {0};
	size_t count = 0;
	const cohort_result *all = cohort_results_all(results, &count);

	for (size_t i = 0; i < tasks; i++) {
		const struct ran *ran = i < count ? all[i].data : NULL;
		if (!ran || all[i].status != COHORT_OK ||
		    ran->square != i * i) {
			fprintf(stderr, "WRONG: result %zu\n", i);
			exit(99);
		}
		add_task(&sum, ran);
	}
	return sum;
}

static void print_makespan(const struct sum *sum, double speeds, int ranks)
{
	const double makespan = sum->end - sum->begin;
	const double ideal = fmax(sum->work / speeds, sum->longest);
	const double whole =
	    (sum->work - sum->last) / speeds + sum->last * sum->slow;

	printf("makespan %.3f ideal %.3f whole %.3f busy %.3f\n", makespan,
	       ideal, fmax(ideal, whole), sum->busy / makespan / ranks);
}

static int sweep(cohort *group, struct kind *kind)
{
	const cohort_job job = {.execute = sleep_in_task,
	                        .arg = kind,
	                        .journal = getenv("JOURNAL")};
	double speed = 1 / kind->factor;
	double speeds = 0;
	cohort_results *results = NULL;
	const int rank = cohort_rank(group);
	kind->rank = rank;
	kind->group = group;
	size_t *params = calloc(kind->tasks, sizeof(*params));

	if (!params)
		return 1;
	cohort_status status = cohort_allreduce(group, &speed, &speeds, 1,
	                                        COHORT_DOUBLE, COHORT_SUM);
	double begin = now();
	if (status == COHORT_OK)
		status = cohort_scatter(group, &job, params, kind->tasks);
	const double took = now() - begin;
	printf("ran %d %zu\n", rank, kind->ran);
	free(params);
	if (status != COHORT_OK && status != COHORT_ESTOPPED)
		return fail_with("cohort_scatter", status, took, rank);
	if (status == COHORT_ESTOPPED)
		fail_with("stopped", status, took, rank);
	const bool stopped = status == COHORT_ESTOPPED;
	begin = now();
	status = cohort_gather_to_root(group, &results);
	if (status != COHORT_OK)
		return fail_with("cohort_gather", status, now() - begin, rank);
	if (rank == 0 && !stopped) {
		const struct sum sum = check_results(results, kind->tasks);
		print_makespan(&sum, speeds, cohort_size(group));
	}
	cohort_results_free(results);
	return 0;
}

int main(int argc, char *argv[])
{
	char host[64] = "";
	cohort *group = NULL;
	const char *abort_at = getenv("ABORT_AT");
	const char *lines = getenv("LINES_TO");

	if (argc < 4)
		return 2;
	struct kind kind = {
	    .name = argv[1],
	    .tasks = strtoul(argv[2], NULL, 10),
	    .seconds = strtod(argv[3], NULL) / 1e3,
	    .slow = argc > 4 ? strtod(argv[4], NULL) : 1,
	    .abort_at = abort_at ? strtoul(abort_at, NULL, 10) : 0,
	};
	/* A launcher may keep the last lines for itself if MPI_Finalize hangs. */
	if (lines && !freopen(lines, "a", stdout))
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	gethostname(host, sizeof(host) - 1);
	kind.factor = !strcmp(host, "h1") ? kind.slow : 1;
	cohort_status status = cohort_open(NULL, &group);
	if (status != COHORT_OK)
		return fail_with("cohort_open", status, 0, -1);
	if (getenv("STOPPABLE"))
		status = cohort_stop_on_signals(group);
	const int result = sweep(group, &kind);
	/* The first rank that exits ends the job. */
	if (getenv("LINGER"))
		nap(strtod(getenv("LINGER"), NULL));
	status = cohort_close(group);
	if (status != COHORT_OK)
		return fail_with("cohort_close", status, 0, -1);
	puts("closed");
	fflush(stdout);
	return result;
}
