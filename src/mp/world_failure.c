#define _POSIX_C_SOURCE 200809L /* strsignal */
#include "world_failure.h"

#include "common/base/c_locale.h"
#include "common/base/error.h"
#include "common/base/plural.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static cohort_status say_timeout(const char *function,
                                 const struct world_failure *failure)
{
	char call[CALL_TEXT_BYTES];
	char others[64] = "";

	if (failure->number > 0)
		snprintf(others, sizeof(others), " and %llu more",
		         (unsigned long long)failure->number);
	return error_set(COHORT_ETIMEOUT,
	                 "%s: rank %d%s did not come within the timeout of %g "
	                 "s, while rank %d waited in %s: see what holds it up, "
	                 "or set a longer timeout",
	                 function, failure->b, others, failure->seconds,
	                 failure->a, call_describe(&failure->call_a, call));
}

static cohort_status say_mismatch(const char *function,
                                  const struct world_failure *failure)
{
	char call_a[CALL_TEXT_BYTES];
	char call_b[CALL_TEXT_BYTES];

	return error_set(COHORT_EMISMATCH,
	                 "%s: ranks made different calls: rank %d %s, but "
	                 "rank %d %s; every rank must make the same one",
	                 function, failure->a,
	                 call_describe(&failure->call_a, call_a), failure->b,
	                 call_describe(&failure->call_b, call_b));
}

static cohort_status say_counts(const char *function,
                                const struct world_failure *failure)
{
	return error_set(COHORT_EMISMATCH,
	                 "%s: rank %d sends %llu element%s, but counts[%d] on "
	                 "rank %d says %llu: counts must have the number that "
	                 "each rank sends",
	                 function, failure->a,
	                 (unsigned long long)failure->number,
	                 plural(failure->number), failure->a, failure->b,
	                 (unsigned long long)failure->number_b);
}

/* Only the name of the refused call is known: its arguments were bad. */
static cohort_status say_refused(const char *function,
                                 const struct world_failure *failure)
{
	char call_a[CALL_TEXT_BYTES];

	return error_set(COHORT_EMISMATCH,
	                 "%s: rank %d is in %s, but rank %d could not go on "
	                 "with its %s: see its own error",
	                 function, failure->a,
	                 call_describe(&failure->call_a, call_a), failure->b,
	                 failure->call_b.kind == CALL_NONE
	                     ? "call"
	                     : call_function(&failure->call_b));
}

/* Where to look for the reason, if the rank ran no task. */
static const char *killed_hint(int signal)
{
	switch (signal) {
	case SIGKILL:
		return ": memory may have run out (see dmesg), or somebody "
		       "killed it";
	case SIGABRT:
	case SIGBUS:
	case SIGFPE:
	case SIGILL:
	case SIGSEGV:
	case SIGSYS:
	case SIGTRAP:
		return ": a debugger, or a core file (ulimit -c unlimited), "
		       "shows where";
	default:
		return ": see who sends it, a batch system at the end of its "
		       "time perhaps";
	}
}

/* The same for a rank that has left with this exit status. */
static const char *left_hint(int exit_status)
{
	return exit_status == 0 ? ": every rank must make this call first"
	                        : ": see the error that it wrote";
}

void world_failure_describe_end(int rank, bool signalled, int end, char *text,
                                size_t bytes)
{
	if (signalled)
		snprintf(text, bytes, "rank %d was killed by signal %d (%s)",
		         rank, end, signal_text(end));
	else
		snprintf(text, bytes,
		         "rank %d has left the program, with exit status %d",
		         rank, end);
}

static cohort_status say_gone(const char *function,
                              const struct world_failure *failure)
{
	const bool signalled = failure->reason == WORLD_FAILURE_KILLED;
	const int end = (int)failure->number;
	char how[END_TEXT_BYTES];
	char task[128];

	world_failure_describe_end(failure->a, signalled, end, how,
	                           sizeof(how));
	if (failure->number_b == 0)
		return error_set(COHORT_EPEER, "%s: %s%s", function, how,
		                 signalled ? killed_hint(end) : left_hint(end));
	snprintf(task, sizeof(task),
	         ", in task %llu: job.isolate, or COHORT_ISOLATE=1, makes such "
	         "a task fail alone",
	         (unsigned long long)(failure->number_b - 1));
	return error_set(COHORT_EPEER, "%s: %s%s", function, how, task);
}

static cohort_status say_damaged(const char *function,
                                 const struct world_failure *failure)
{
	return error_set(COHORT_ECORRUPT,
	                 "%s: rank %d found an address in the memory that "
	                 "ranks share that rank %d cannot have written: some "
	                 "code of the program writes to memory that is not its "
	                 "own",
	                 function, failure->b, failure->a);
}

/* The record is in shared memory, so the number is checked. */
static const char *failed_call_name(uint64_t call)
{
	static const char *const names[] = {
	    [FAILED_POLL] = "poll",
	    [FAILED_SEND] = "send",
	    [FAILED_RECV] = "recv",
	    [FAILED_MPROTECT] = "mprotect",
	};

	return call < sizeof(names) / sizeof(*names) ? names[call]
	                                             : "a system call";
}

cohort_status world_failure_say(const struct world_failure *failure,
                                const char *function)
{
	switch (failure->reason) {
	case WORLD_FAILURE_MISMATCH:
		return say_mismatch(function, failure);
	case WORLD_FAILURE_COUNTS:
		return say_counts(function, failure);
	case WORLD_FAILURE_REFUSED:
		return say_refused(function, failure);
	case WORLD_FAILURE_KILLED:
	case WORLD_FAILURE_LEFT:
		return say_gone(function, failure);
	case WORLD_FAILURE_CLOSED:
		return error_set(COHORT_EPEER,
		                 "%s: the connection to rank %d was closed: "
		                 "does the program close descriptors that are "
		                 "not its own?",
		                 function, failure->a);
	case WORLD_FAILURE_MONITOR:
		return error_set(
		    COHORT_EPEER,
		    "%s: the monitor process, which watches the "
		    "peers, was killed, and the peers with it: memory may have "
		    "run out (see dmesg), or somebody killed it",
		    function);
	case WORLD_FAILURE_UNLINKED:
		return error_set(COHORT_EPEER,
		                 "%s: rank 0's connection to the monitor "
		                 "process, which watches the peers, was "
		                 "closed, and the peers were ended: does the "
		                 "program close descriptors that are not its "
		                 "own?",
		                 function);
	case WORLD_FAILURE_ENDED:
		return error_set(COHORT_EPEER,
		                 "%s: rank 0 has closed the scoped group after "
		                 "a failure, which ends the other ranks: see "
		                 "the error on rank 0",
		                 function);
	case WORLD_FAILURE_TIMEOUT:
		return say_timeout(function, failure);
	case WORLD_FAILURE_DAMAGED:
		return say_damaged(function, failure);
	case WORLD_FAILURE_INTERRUPTED:
		return error_set(COHORT_EINTERRUPTED,
		                 "%s: rank %d was interrupted: its program has "
		                 "called cohort_interrupt; close the group",
		                 function, failure->a);
	case WORLD_FAILURE_ABANDONED:
		return error_set(COHORT_EMISMATCH,
		                 "%s: rank %d has left its %s before the end, "
		                 "by a jump (siglongjmp), by pthread_exit or "
		                 "by an exception: see its own error",
		                 function, failure->a,
		                 call_function(&failure->call_a));
	case WORLD_FAILURE_SYSTEM:
		break;
	}
	return error_set(failure->number == ENOMEM ? COHORT_ENOMEM
	                                           : COHORT_ESYS,
	                 "%s: rank %d could not go on: %s: %s", function,
	                 failure->a, failed_call_name(failure->number_b),
	                 error_text((int)failure->number));
}
