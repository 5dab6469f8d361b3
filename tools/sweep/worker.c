/* The functions of the sweep's job: a worker is what one rank has for all its
 * tasks, from build to teardown. */
#define _GNU_SOURCE /* cpu_set_t, sigabbrev_np */
#include "worker.h"

#include "attempt.h"
#include "base/clock.h"
#include "base/exit_status.h"
#include "base/failure.h"
#include "base/library_sentence.h"
#include "base/memory.h"
#include "halt.h"
#include "note.h"
#include "prepare.h"
#include "task/gpus.h"
#include "task/pause.h"
#include "workshop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct worker {
	struct worker_setup *setup;
	struct workshop shop;
	struct task_keys keys;
	struct text row; /* of the task under way */
	struct note_writer note;
	cohort_task *task; /* under way */
	double stopped; /* when the sweep was stopped, by pause_clock; 0: it was
	                 * not */
	struct text sentence;
};

/* What SIGTERM leaves to tasks that run. Open MPI's mpirun sends it after
 * Ctrl-C, and ends the ranks a second later. */
static void print_grace(double grace, char *text, size_t bytes)
{
	if (getenv("OMPI_COMM_WORLD_RANK"))
		snprintf(text, bytes,
		         "end with mpirun, if that has sent it (Open MPI's "
		         "waits no --grace)");
	else
		snprintf(text, bytes, "have %g s (--grace)", grace);
}

/* On the root, once. The line of progress may stand on a terminal. */
static void say_stopping(const struct worker *worker, int signal)
{
	enum { GRACE_BYTES = 80 };
	const char *start = isatty(STDERR_FILENO) ? "\n" : "";
	char time[GRACE_BYTES] = "are finished";

	if (!worker->setup->root)
		return;
	if (signal == SIGTERM)
		print_grace(worker->setup->plan->grace, time, sizeof(time));
	fprintf(stderr,
	        "%scohort sweep: SIG%s: tasks that run %s, the others are left "
	        "for the next time; a second signal ends them all\n",
	        start, sigabbrev_np(signal), time);
}

/* Programs that run have the time of --grace after SIGTERM, and no limit after
 * Ctrl-C; --halt now ends them. */
static bool must_stop(void *arg)
{
	struct worker *worker = arg;
	const struct sweep_plan *plan = worker->setup->plan;

	note_again(&worker->note);
	cohort_task_keep_doubted(worker->task);
	if (halt_is_due(worker->setup, 0)) {
		halt_sweep(worker->setup);
		if (plan->halt == HALT_NOW)
			return true;
	}
	const int signal = cohort_stop_signal(worker->setup->group);
	/* Another rank, perhaps of another machine, has seen that --halt is
	 * due: nothing else stops a sweep so. */
	if (!signal)
		return plan->halt == HALT_NOW &&
		       cohort_is_stopped(worker->setup->group);
	if (worker->stopped <= 0) {
		worker->stopped = pause_clock();
		say_stopping(worker, signal);
	}
	return signal == SIGTERM &&
	       pause_clock() - worker->stopped >= plan->grace;
}

/* ---- build ---- */

static void prepare_environment(struct worker *worker)
{
	enum { POOLS = 4 };
	static const char *const pools[POOLS] = {
	    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
	    "BLIS_NUM_THREADS"};
	const struct sweep_plan *plan = worker->setup->plan;
	struct task_environment *environment = &worker->shop.environment;
	const int slot = cohort_local_rank(worker->setup->group);
	char number[24];

	task_environment_init(environment);
	snprintf(number, sizeof(number), "%d", plan->cpus);
	for (int i = 0; plan->cpus > 0 && i < POOLS; i++)
		task_environment_default(environment, pools[i], number);
	if (plan->deals_gpus)
		gpus_deal(environment, slot, plan->gpus);
}

static bool prepare_cores(struct worker *worker)
{
	const cpu_set_t *own = &worker->setup->setup->cores.own;

	if (worker->setup->plan->cpus == 0)
		return true;
	worker->shop.cores = own;
	/* The sweep has said so before it began. */
	return CPU_COUNT(own) > 0 || failure("%s", "");
}

static bool prepare_files(struct worker *worker)
{
	const struct worker_setup *setup = worker->setup;
	struct workshop *shop = &worker->shop;
	const char *temporary = getenv("TMPDIR");
	struct text path = {0};

	if (setup->plan->options->temporary)
		text_print(&path, "%s", temporary ? temporary : "/tmp");
	else
		text_print(&path, "%s/tasks", setup->plan->journal);
	shop->folders = memory_text(path.bytes, path.length);
	text_clear(&path);
	text_print(&path, "%s/output-%llu-%d", setup->plan->journal,
	           (unsigned long long)setup->setup->run,
	           cohort_rank(setup->group));
	task_output_open(&shop->output, setup->plan, text_string(&path));
	text_free(&path);
	shop->nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return shop->nothing >= 0 ||
	       failure_of_system("/dev/null cannot be opened: %s",
	                         strerror(errno));
}

/* On the root: the library has made the directory. */
static bool note(const struct worker *worker)
{
	const struct worker_setup *setup = worker->setup;

	return !setup->root || prepare_note(setup->plan->journal, setup->setup,
	                                    setup->description, setup->root);
}

int worker_build(void *arg, void **state)
{
	struct worker *worker = memory_new(1, sizeof(*worker));

	worker->setup = arg;
	note_writer_init(&worker->note);
	task_keys_open(&worker->keys, &worker->setup->setup->names,
	               worker->setup->setup->ties);
	*state = worker;
	if (workshop_prepare(&worker->shop, worker->setup->plan,
	                     &worker->setup->setup->names) &&
	    prepare_cores(worker) && prepare_files(worker) && note(worker) &&
	    guard_open(&worker->shop.guard)) {
		pause_begin(worker->shop.guard.group);
		prepare_environment(worker);
		if (worker->setup->plan->memory > 0)
			memory_group_open(&worker->shop.memory,
			                  worker->setup->plan->memory,
			                  cohort_rank(worker->setup->group));
		note_writer_open(&worker->note, worker->setup->plan->journal,
		                 worker->setup->setup->run,
		                 cohort_rank(worker->setup->group));
		worker->shop.group = worker->setup->group;
		worker->shop.stop = must_stop;
		worker->shop.stop_arg = worker;
		return 0;
	}
	if (*failure_sentence())
		fprintf(stderr, "cohort: rank %d: %s\n",
		        cohort_rank(worker->setup->group), failure_sentence());
	worker_teardown(worker);
	return EXIT_SYSTEM;
}

void worker_teardown(void *state)
{
	struct worker *worker = state;

	pause_end();
	task_output_close(&worker->shop.output);
	workshop_release(&worker->shop);
	note_writer_close(&worker->note);
	text_free(&worker->sentence);
	task_keys_close(&worker->keys);
	text_free(&worker->row);
	free(worker);
}

/* ---- execute ---- */

static bool is_tried_again(const struct sweep_plan *plan,
                           const struct task_record *record)
{
	if (record->end == TASK_CRASHED || record->end == TASK_TIMEOUT ||
	    record->end == TASK_MEMORY)
		return true;
	return record->end == TASK_FAILED && record->exit_status > 0 &&
	       plan->retries_exits;
}

static int keep_record(cohort_task *task, struct worker *worker,
                       const struct task_record *record, bool in_doubt)
{
	void *bytes = cohort_task_result(task, task_record_bytes(record));

	if (!bytes)
		return -1;
	task_record_write(record, bytes);
	if (record->end == TASK_OK)
		return 0;
	/* The library counts this failure when the task has returned. */
	if (halt_is_due(worker->setup, 1))
		halt_sweep(worker->setup);
	if (in_doubt)
		cohort_task_doubt(task);
	return cohort_task_fail_text(task, text_string(&worker->sentence));
}

/* Whether another attempt follows this one. *end becomes ATTEMPT_STOPPED if one
 * would, but the sweep is stopped: the task then counts as not run. */
static bool goes_on(const struct worker *worker, cohort_task *task,
                    const struct task_record *record, struct attempt *attempt,
                    enum attempt_end *end)
{
	const struct sweep_plan *plan = worker->setup->plan;

	if (*end != ATTEMPT_DONE || !is_tried_again(plan, record) ||
	    attempt->number >= plan->retries)
		return false;
	if (halt_is_due(worker->setup, 0))
		halt_sweep(worker->setup);
	if (!cohort_task_retry(task))
		*end = ATTEMPT_STOPPED;
	attempt->number = cohort_task_attempt(task);
	return *end == ATTEMPT_DONE;
}

/* The task has no result, and others would get none either. */
static void end_sweep(struct worker *worker, const struct attempt *attempt)
{
	worker->setup->is_refused = true;
	fprintf(stderr, "cohort: rank %d: task %zu counts as not run: %s\n",
	        attempt->rank, attempt->index, text_string(&worker->sentence));
	if (cohort_stop(worker->setup->group) != COHORT_OK)
		fprintf(stderr, "cohort: rank %d: %s\n", attempt->rank,
		        library_sentence());
}

int worker_execute(cohort_task *task)
{
	struct worker *worker = cohort_task_state(task);
	const struct worker_setup *setup = worker->setup;
	struct workshop *shop = &worker->shop;
	struct task_record record;
	const char *key = cohort_task_param(task);
	const size_t index =
	    chosen_index(&setup->setup->chosen, cohort_task_position(task));
	enum attempt_end end;
	bool in_doubt;

	worker->task = task;
	task_keys_row(&worker->keys, key, &worker->row);
	struct attempt attempt = {
	    .row = worker->row.bytes,
	    .key = key,
	    .key_bytes = cohort_task_param_bytes(task),
	    .index = index,
	    .seed = parameter_set_seed(setup->plan->seed, index),
	    .rank = cohort_rank(setup->group),
	    .slot = cohort_local_rank(setup->group),
	};

	do {
		note_begin(&worker->note, attempt.index, attempt.number,
		           clock_since_1970());
		end = attempt_run(shop, &attempt, &record, &worker->sentence,
		                  &in_doubt);
	} while (goes_on(worker, task, &record, &attempt, &end));
	if (end == ATTEMPT_REFUSED)
		end_sweep(worker, &attempt);
	if (end != ATTEMPT_DONE)
		return cohort_task_abandon(task);
	record.output_run = setup->setup->run;
	record.index = attempt.index;
	return keep_record(task, worker, &record, in_doubt);
}
