#define _GNU_SOURCE /* MAP_ANONYMOUS, strsignal */
#include "control_page.h"

#include "common/base/clock.h"
#include "common/base/error.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WRITE_SECONDS 0.1 /* for a rank that writes why the world is broken */

static size_t control_bytes(int size)
{
	return sizeof(struct control_page) +
	       (size_t)size * sizeof(struct rank_record);
}

struct control_page *control_map(int size)
{
	void *memory = mmap(NULL, control_bytes(size), PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void control_unmap(struct control_page *control, int size)
{
	if (control)
		munmap(control, control_bytes(size));
}

void control_wake(struct control_page *control)
{
	atomic_fetch_add(&control->wakes, 1);
	syscall(SYS_futex, &control->wakes, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void control_announce(struct control_page *control)
{
	atomic_fetch_add(&control->events, 1);
	control_wake(control);
}

void control_refuse(struct control_page *control, int rank, uint64_t number,
                    const struct call *call)
{
	struct rank_record *line = &control->records[rank];

	/* Its peers may be reading of the one before. */
	atomic_store_explicit(&line->refusal, call->kind, memory_order_relaxed);
	if (atomic_load(&line->refused) + 1 != number)
		atomic_store(&line->refused_from, number);
	atomic_store(&line->refused, number);
	atomic_store(&line->entered, number);
	control_announce(control);
}

bool control_has_refused(const struct control_page *control, int r,
                         uint64_t number)
{
	const struct rank_record *line = &control->records[r];

	return number <= atomic_load(&line->refused) &&
	       number >= atomic_load(&line->refused_from);
}

void control_break(struct control_page *control,
                   const struct world_failure *world_failure)
{
	int whole = CONTROL_WHOLE;

	if (!atomic_compare_exchange_strong(&control->broken, &whole,
	                                    CONTROL_WRITING))
		return;
	control->world_failure = *world_failure;
	atomic_store_explicit(&control->broken, CONTROL_BROKEN,
	                      memory_order_release);
}

bool control_timed_out(const struct control_page *control)
{
	return atomic_load(&control->broken) == CONTROL_BROKEN &&
	       control->world_failure.reason == WORLD_FAILURE_TIMEOUT;
}

static cohort_status say_timeout(const char *function,
                                 const struct world_failure *b)
{
	char call[CALL_TEXT_BYTES];
	char others[64] = "";

	if (b->number > 0)
		snprintf(others, sizeof(others), " and %llu more",
		         (unsigned long long)b->number);
	return error_set(COHORT_ETIMEOUT,
	                 "%s: rank %d%s did not come within the timeout of %g "
	                 "s, while rank %d waited in %s",
	                 function, b->b, others, b->seconds, b->a,
	                 call_describe(&b->call_a, call));
}

static cohort_status say_mismatch(const char *function,
                                  const struct world_failure *b)
{
	char call_a[CALL_TEXT_BYTES];
	char call_b[CALL_TEXT_BYTES];

	return error_set(COHORT_EMISMATCH,
	                 "%s: ranks made different calls: rank %d %s, but "
	                 "rank %d %s; every rank must make the same one",
	                 function, b->a, call_describe(&b->call_a, call_a),
	                 b->b, call_describe(&b->call_b, call_b));
}

static cohort_status say_counts(const char *function,
                                const struct world_failure *b)
{
	return error_set(COHORT_EMISMATCH,
	                 "%s: rank %d sends %llu elements, but counts[%d] on "
	                 "rank %d says %llu",
	                 function, b->a, (unsigned long long)b->number, b->a,
	                 b->b, (unsigned long long)b->number_b);
}

/* What was refused is known by name only: its arguments are the bad ones. */
static cohort_status say_refused(const char *function,
                                 const struct world_failure *b)
{
	char call_a[CALL_TEXT_BYTES];

	return error_set(COHORT_EMISMATCH,
	                 "%s: rank %d is in %s, but rank %d could not go on "
	                 "with its %s: see its own error",
	                 function, b->a, call_describe(&b->call_a, call_a),
	                 b->b, call_function(&b->call_b));
}

static cohort_status say_gone(const char *function,
                              const struct world_failure *b)
{
	const int number = (int)b->number;
	char task[128] = "";

	if (b->number_b > 0)
		snprintf(task, sizeof(task),
		         ", in task %llu: job.isolate, or COHORT_ISOLATE=1, "
		         "makes such a task fail alone",
		         (unsigned long long)(b->number_b - 1));
	if (b->reason == WORLD_FAILURE_KILLED)
		return error_set(
		    COHORT_EPEER, "%s: rank %d was killed by signal %d (%s)%s",
		    function, b->a, number, strsignal(number), task);
	return error_set(COHORT_EPEER,
	                 "%s: rank %d has left the program, with exit status "
	                 "%d%s",
	                 function, b->a, number, task);
}

static cohort_status say(const char *function, const struct world_failure *b)
{
	switch (b->reason) {
	case WORLD_FAILURE_MISMATCH:
		return say_mismatch(function, b);
	case WORLD_FAILURE_COUNTS:
		return say_counts(function, b);
	case WORLD_FAILURE_REFUSED:
		return say_refused(function, b);
	case WORLD_FAILURE_KILLED:
	case WORLD_FAILURE_LEFT:
		return say_gone(function, b);
	case WORLD_FAILURE_CLOSED:
		return error_set(COHORT_EPEER,
		                 "%s: the connection to rank %d was closed: "
		                 "does the program close descriptors that are "
		                 "not its own?",
		                 function, b->a);
	case WORLD_FAILURE_KEEPER:
		return error_set(COHORT_EPEER,
		                 "%s: the process that watches over the peers "
		                 "was killed, and they with it",
		                 function);
	case WORLD_FAILURE_TIMEOUT:
		return say_timeout(function, b);
	case WORLD_FAILURE_SYSTEM:
		break;
	}
	return error_set(b->number == ENOMEM ? COHORT_ENOMEM : COHORT_ESYS,
	                 "%s: on rank %d a system call failed: %s", function,
	                 b->a, strerror((int)b->number));
}

/* Whoever is writing has a few stores left to do; but it may have lost its core,
 * perhaps to this rank, or was killed between them. */
static bool is_written(const struct control_page *control)
{
	const double end = clock_seconds() + WRITE_SECONDS;

	while (atomic_load_explicit(&control->broken, memory_order_acquire) ==
	       CONTROL_WRITING) {
		if (clock_seconds() > end)
			return false;
		sched_yield();
	}
	return true;
}

cohort_status control_failure(const struct control_page *control,
                              const char *function)
{
	if (!is_written(control))
		return error_set(COHORT_EPEER,
		                 "%s: a rank died while it reported a failure",
		                 function);
	return say(function, &control->world_failure);
}
