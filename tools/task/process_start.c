#define _GNU_SOURCE /* pipe2 */
#include "process_start.h"

#include "base/clock.h"
#include "pause.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

/* Between two attempts at what the system refuses. */
static const struct timespec PERIOD = {.tv_nsec = 100 * 1000 * 1000};

void process_refuse(struct process_result *result, const char *action)
{
	result->error = errno;
	result->end = PROCESS_REFUSED;
	result->action = action;
}

void process_forget_group(const struct spawn *spawn)
{
	if (spawn->noted)
		atomic_store(spawn->noted, 0);
}

static void close_pipes(struct process_started *started)
{
	for (int i = 0; i < 2; i++) {
		if (started->pipes[i] < 0)
			continue;
		close(started->pipes[i]);
		close(started->held[i]);
	}
}

static bool open_pipes(struct process_started *started)
{
	for (int i = 0; i < 2; i++) {
		int ends[2];

		if (pipe2(ends, O_CLOEXEC))
			return false;
		started->pipes[i] = ends[0];
		started->held[i] = ends[1];
	}
	return true;
}

static bool start_once(struct spawn *spawn, struct process_started *out,
                       struct process_result *result)
{
	const char *action = "pipe2";

	*out = (struct process_started){.pipes = {-1, -1}};
	*result = (struct process_result){.end = PROCESS_EXITED};
	if (open_pipes(out)) {
		spawn->output = out->held[0];
		spawn->errors = out->held[1];
		out->time = pause_clock();
		out->pid = spawn_start(spawn, &action);
		if (out->pid > 0)
			return true;
	}
	process_refuse(result, action);
	if (spawn_is_at_fault(spawn, action, result->error))
		result->end = PROCESS_IMPOSSIBLE;
	process_forget_group(spawn);
	close_pipes(out);
	return false;
}

bool process_start(struct spawn *spawn, const struct process_limits *limits,
                   struct process_started *out, struct process_result *result)
{
	const double until = clock_seconds() + PROCESS_PATIENCE_SECONDS;

	while (!start_once(spawn, out, result)) {
		if (result->end == PROCESS_IMPOSSIBLE ||
		    clock_seconds() >= until)
			return false;
		if (limits->stop && limits->stop(limits->stop_arg)) {
			result->end = PROCESS_STOPPED;
			return false;
		}
		nanosleep(&PERIOD, NULL);
	}
	return true;
}
