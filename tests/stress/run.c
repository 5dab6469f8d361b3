/* A run, one operation after another, with delays between them. */
#define _DEFAULT_SOURCE /* usleep */
#include "run.h"

#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

_Noreturn void run_fail(const struct run *run, const char *format, ...)
{
	char text[1024];
	va_list args;
	int used =
	    snprintf(text, sizeof(text),
	             "stress: FAILED: rank %d of %d, operation %llu "
	             "(%s), seed %llu: ",
	             run->rank, run->size, (unsigned long long)run->operation,
	             run->name, (unsigned long long)run->seed);

	va_start(args, format);
	used +=
	    vsnprintf(text + used, sizeof(text) - (size_t)used, format, args);
	va_end(args);
	if (used > (int)sizeof(text) - 1)
		used = (int)sizeof(text) - 1;
	text[used++] = '\n';
	/* One write, so that the ranks' lines do not mix. */
	ssize_t written = write(STDERR_FILENO, text, (size_t)used);
	(void)written;
	cohort_abort(run->group, EXIT_FAILURE);
}

void run_must(const struct run *run, cohort_status status)
{
	if (status != COHORT_OK)
		run_fail(run, "%s: %s", cohort_status_name(status),
		         cohort_error());
}

void run_check_arrived(const struct run *run)
{
	for (int r = 0; run->arrived && r < run->size; r++)
		if (atomic_load_explicit(&run->arrived[r],
		                         memory_order_relaxed) < run->operation)
			run_fail(run, "rank %d has not come to it yet", r);
}

static struct memory open_memory(const struct run *run, bool shared)
{
	const size_t send = BYTES_MOST + SHIFT_MOST;
	const size_t recv = (size_t)run->size * BYTES_MOST + SHIFT_MOST;
	const struct memory out = {
	    shared ? cohort_alloc(run->group, send) : malloc(send),
	    shared ? cohort_alloc(run->group, recv) : malloc(recv),
	};

	if (!out.send || !out.recv)
		run_fail(run, "no memory: %s", cohort_error());
	return out;
}

void run_prepare(struct run *run)
{
	run->plain = open_memory(run, false);
	run->shared = open_memory(run, true);
	run->counts = calloc((size_t)run->size, sizeof(*run->counts));
	if (!run->counts)
		run_fail(run, "no memory");
}

void run_release(struct run *run)
{
	sweep_forget(run);
	cohort_free(run->group, run->shared.send);
	cohort_free(run->group, run->shared.recv);
	free(run->plain.send);
	free(run->plain.recv);
	free(run->counts);
}

/* In half of the stretches of operations there are no delays. In the others
 * there is none, a short one, or sometimes one so long that the ranks that wait
 * go to sleep. */
void run_delay(struct run *run)
{
	enum { STRETCH = 32 };
	struct dice phase =
	    dice_for(run->seed, run->operation / STRETCH, RANKS_MOST + 1);

	if (dice_once(&phase, 2))
		return;
	const uint64_t draw = dice_below(&run->own, 2000);
	if (draw < 500)
		for (volatile uint64_t i = draw * 4; i > 0; i--)
			continue;
	else if (draw < 700)
		sched_yield();
	else if (draw < 750)
		usleep(10 + (useconds_t)(draw - 700));
	else if (draw < 754)
		usleep(3000);
}

void run_next(struct run *run)
{
	run->operation++;
	run->all = dice_for(run->seed, run->operation, 0);
	run->own = dice_for(run->seed, run->operation, (uint64_t)run->rank + 1);
	run_delay(run);
	sweep_age(run);
	if (run->arrived)
		atomic_store_explicit(&run->arrived[run->rank], run->operation,
		                      memory_order_relaxed);
	operation_make(run);
}
