#define _GNU_SOURCE /* MAP_ANONYMOUS, syscall */
#include "control_page.h"

#include "common/base/error.h"
#include "common/base/time_limit.h"

#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* How long a rank may take to write why the world is broken. */
#define WRITE_SECONDS 0.1

size_t control_bytes(int size)
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

bool control_shut(struct control_page *control, int size)
{
	return !mprotect(control, control_bytes(size), PROT_READ);
}

void control_wake(struct control_page *control)
{
	atomic_fetch_add(&control->wakes, 1);
	syscall(SYS_futex, &control->wakes, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void control_sleep(struct control_page *control, uint32_t value, int ms)
{
	const struct timespec most = {.tv_nsec = ms * 1000000L};

	syscall(SYS_futex, &control->wakes, FUTEX_WAIT, value, &most, NULL, 0);
}

void control_announce(struct control_page *control)
{
	atomic_fetch_add(&control->events, 1);
	control_wake(control);
}

void control_refuse(struct control_page *control, int rank, uint64_t number,
                    const struct call *call)
{
	struct rank_record *record = &control->records[rank];

	/* Peers may still be reading of the refusal before this one. */
	atomic_store_explicit(&record->refusals[number % REFUSALS_NAMED],
	                      number << REFUSED_KIND_BITS | call->kind,
	                      memory_order_relaxed);
	if (atomic_load(&record->refused) + 1 != number)
		atomic_store(&record->refused_from, number);
	atomic_store(&record->refused, number);
	atomic_fetch_add(&control->refusals, 1);
	atomic_store(&record->entered, number);
	control_announce(control);
}

/* The number and kind of the call, if it is one of the last that the rank
 * refused; else of another. */
static uint64_t find_refusal(const struct control_page *control, int r,
                             uint64_t number)
{
	return atomic_load(
	    &control->records[r].refusals[number % REFUSALS_NAMED]);
}

/* A rank may have refused two calls, and left one early between them: so the
 * row of the last refusals is not enough. */
bool control_has_refused(const struct control_page *control, int r,
                         uint64_t number)
{
	const struct rank_record *record = &control->records[r];

	return (number <= atomic_load(&record->refused) &&
	        number >= atomic_load(&record->refused_from)) ||
	       find_refusal(control, r, number) >> REFUSED_KIND_BITS == number;
}

uint32_t control_refused_kind(const struct control_page *control, int r,
                              uint64_t number)
{
	const uint64_t refusal = find_refusal(control, r, number);

	return refusal >> REFUSED_KIND_BITS == number
	           ? refusal & ((1 << REFUSED_KIND_BITS) - 1)
	           : CALL_NONE;
}

bool control_is_missing(const struct control_page *control, int r,
                        uint64_t number)
{
	return atomic_load(&control->records[r].entered) < number;
}

void control_break(struct control_page *control,
                   const struct world_failure *failure)
{
	int whole = CONTROL_WHOLE;

	if (!atomic_compare_exchange_strong(&control->broken, &whole,
	                                    CONTROL_WRITING))
		return;
	control->world_failure = *failure;
	atomic_store_explicit(&control->broken, CONTROL_BROKEN,
	                      memory_order_release);
}

void control_interrupt(struct control_page *control, int rank)
{
	int none = 0;

	atomic_compare_exchange_strong(&control->interrupted, &none, rank + 1);
}

bool control_has_stuck(const struct control_page *control)
{
	return atomic_load(&control->late) ||
	       atomic_load(&control->interrupted) ||
	       (atomic_load(&control->broken) == CONTROL_BROKEN &&
	        control->world_failure.reason == WORLD_FAILURE_TIMEOUT);
}

/* The writer has a few stores left to do. But it may have lost its core,
 * perhaps to this rank, and it may have been killed between them. */
static bool await_written(const struct control_page *control)
{
	struct time_limit limit = time_limit_in(WRITE_SECONDS);

	while (atomic_load_explicit(&control->broken, memory_order_acquire) ==
	       CONTROL_WRITING) {
		if (time_limit_passed(&limit))
			return false;
		sched_yield();
	}
	return true;
}

bool control_lost_peer(const struct control_page *control)
{
	const struct world_failure *failure = &control->world_failure;

	return atomic_load(&control->broken) != CONTROL_WHOLE &&
	       !atomic_load(&control->interrupted) && await_written(control) &&
	       failure->a != 0 &&
	       (failure->reason == WORLD_FAILURE_KILLED ||
	        failure->reason == WORLD_FAILURE_LEFT);
}

cohort_status control_failure(const struct control_page *control,
                              const char *function)
{
	if (!await_written(control))
		return error_set(COHORT_EPEER,
		                 "%s: a rank died while it reported a failure",
		                 function);
	const enum world_failure_reason reason = control->world_failure.reason;
	const int interrupted = atomic_load(&control->interrupted);
	const struct world_failure interrupt = {
	    .reason = WORLD_FAILURE_INTERRUPTED, .a = interrupted - 1};
	/* A sweep had gone on without the dead rank, up to the interrupt. */
	const bool later = interrupted && (reason == WORLD_FAILURE_KILLED ||
	                                   reason == WORLD_FAILURE_LEFT);
	return world_failure_say(later ? &interrupt : &control->world_failure,
	                         function);
}
