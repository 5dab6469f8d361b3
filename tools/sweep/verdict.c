#define _GNU_SOURCE /* sigabbrev_np */
#include "verdict.h"

#include "base/failure.h"

#include <signal.h>
#include <string.h>

static const char *signal_name(int number)
{
	const char *name = sigabbrev_np(number);

	return name ? name : "?";
}

/* With a control group the kernel says so. Without one: whether a program that
 * a signal ended had probably no memory left. A peak that is no higher than
 * this rank's own says nothing about the program. */
static bool was_out_of_memory(const struct sweep_plan *plan,
                              bool has_memory_group,
                              const struct process_result *result)
{
	const double used = 1024.0 * (double)result->usage.ru_maxrss;

	if (has_memory_group)
		return result->out_of_memory;
	return plan->memory > 0 && used > 0.5 * (double)plan->memory &&
	       result->usage.ru_maxrss > result->own_maxrss &&
	       (result->signal == SIGSEGV || result->signal == SIGABRT ||
	        result->signal == SIGBUS || result->signal == SIGKILL);
}

static void describe_end(const struct sweep_plan *plan,
                         const struct process_result *result,
                         struct task_record *record, struct text *sentence)
{
	record->exit_status = -1;
	record->signal = result->signal;
	switch (result->end) {
	case PROCESS_EXITED:
		record->exit_status = result->exit_status;
		record->end = result->exit_status == 0 ? TASK_OK : TASK_FAILED;
		if (result->exit_status != 0)
			text_print(sentence, "exit status %d",
			           result->exit_status);
		break;
	case PROCESS_TIMEOUT:
		record->end = TASK_TIMEOUT;
		text_print(sentence, "it took longer than %g s (--timeout)",
		           plan->timeout);
		break;
	case PROCESS_UNKEPT:
		record->end = TASK_FAILED;
		text_add_string(sentence, failure_sentence());
		break;
	case PROCESS_IMPOSSIBLE:
	case PROCESS_REFUSED:
		record->end = TASK_FAILED;
		text_print(sentence, "%s: %s: %s",
		           result->end == PROCESS_REFUSED ? "the system refuses"
		                                          : "it did not start",
		           result->action, strerror(result->error));
		break;
	case PROCESS_SIGNALLED:
	case PROCESS_STOPPED:
		record->end = TASK_CRASHED;
		text_print(sentence, "ended by signal %d (SIG%s)",
		           result->signal, signal_name(result->signal));
		break;
	}
}

static double seconds_of(struct timeval time)
{
	return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

void verdict_fill(const struct sweep_plan *plan, bool has_memory_group,
                  const struct process_result *result,
                  struct task_record *record, struct text *sentence)
{
	describe_end(plan, result, record, sentence);
	if ((record->end == TASK_CRASHED || record->end == TASK_FAILED) &&
	    was_out_of_memory(plan, has_memory_group, result)) {
		record->end = TASK_MEMORY;
		text_print(sentence, ", at the limit of --mem (%s, %s)",
		           plan->options->memory,
		           has_memory_group ? "a cgroup" : "RLIMIT_AS");
	}
	record->seconds = result->seconds;
	record->user = seconds_of(result->usage.ru_utime);
	record->system = seconds_of(result->usage.ru_stime);
	record->max_rss = (uint64_t)result->usage.ru_maxrss * 1024;
}
