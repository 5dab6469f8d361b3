#define _GNU_SOURCE /* TIOCGWINSZ */
#include "progress_line.h"

#include "common/base/background_thread.h"
#include "common/base/c_locale.h"
#include "common/base/log.h"
#include "common/base/write_signals.h"
#include "progress_text.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_SECONDS 0.25 /* on a terminal */
#define PRINT_SECONDS 5.0   /* between two lines elsewhere */

enum {
	DEFAULT_COLUMNS = 80, /* of a terminal that does not say */
	STACK_BYTES = 256 * 1024
};

struct progress_line {
	const struct progress *progress;
	const struct world *world;
	bool terminal;
	bool drawn; /* the terminal has a line that is not ended yet */
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t ended;
	bool end;
};

static void line_text(const struct progress_line *line, bool last,
                      char text[PROGRESS_TEXT_BYTES])
{
	const cohort_counts counts = progress_read(line->progress, line->world);

	progress_text(&counts, last, text);
}

static void write_stderr(const char *text)
{
	struct write_signals signals;

	/* If stderr fails, there is no other place to report it. */
	write_signals_block_all(&signals);
	ssize_t written = write(STDERR_FILENO, text, strlen(text));
	write_signals_restore(&signals, written < 0);
}

/* Without the last column: some terminals wrap when it is written. */
static size_t usable_columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || size.ws_col == 0)
		return DEFAULT_COLUMNS - 1;
	return size.ws_col - 1U;
}

/* A program in the background does not draw over the one in the foreground. */
static bool in_background(void)
{
	const pid_t front = tcgetpgrp(STDERR_FILENO);

	return front > 0 && front != getpgrp();
}

static void redraw_line(struct progress_line *line, bool last)
{
	static const char erase[] = "\r\033[K";
	char text[PROGRESS_TEXT_BYTES];
	char all[PROGRESS_TEXT_BYTES + sizeof(erase) + 1];

	if (in_background() || (last && !line->drawn))
		return;
	line_text(line, last, text);
	const size_t most = usable_columns();
	if (strlen(text) > most)
		text[most] = '\0';
	snprintf(all, sizeof(all), "%s%s%s", erase, text, last ? "\n" : "");
	write_stderr(all);
	line->drawn = true;
}

static void print_line(const struct progress_line *line, bool last)
{
	char text[PROGRESS_TEXT_BYTES];
	char all[PROGRESS_TEXT_BYTES + 1];

	line_text(line, last, text);
	snprintf(all, sizeof(all), "%s\n", text);
	write_stderr(all);
}

static void show_line(struct progress_line *line, bool last)
{
	if (line->terminal)
		redraw_line(line, last);
	else
		print_line(line, last);
}

static struct timespec time_after(struct timespec time, double seconds)
{
	const long whole = (long)seconds;

	time.tv_sec += whole;
	time.tv_nsec += (long)(1e9 * (seconds - (double)whole));
	time.tv_sec += time.tv_nsec / 1000000000;
	time.tv_nsec %= 1000000000;
	return time;
}

static void *show_until_end(void *arg)
{
	struct progress_line *line = arg;
	const double pause = line->terminal ? REDRAW_SECONDS : PRINT_SECONDS;
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	pthread_mutex_lock(&line->mutex);
	while (!line->end) {
		next = time_after(next, pause);
		while (!line->end &&
		       pthread_cond_timedwait(&line->ended, &line->mutex,
		                              &next) != ETIMEDOUT)
			;
		if (line->end)
			break;
		pthread_mutex_unlock(&line->mutex);
		show_line(line, false);
		pthread_mutex_lock(&line->mutex);
	}
	pthread_mutex_unlock(&line->mutex);
	show_line(line, true);
	return NULL;
}

static int init_locks(struct progress_line *line)
{
	pthread_condattr_t attributes;

	int failed = pthread_condattr_init(&attributes);
	if (failed)
		return failed;
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	failed = pthread_cond_init(&line->ended, &attributes);
	pthread_condattr_destroy(&attributes);
	if (failed)
		return failed;
	failed = pthread_mutex_init(&line->mutex, NULL);
	if (failed)
		pthread_cond_destroy(&line->ended);
	return failed;
}

static void free_line(struct progress_line *line)
{
	pthread_mutex_destroy(&line->mutex);
	pthread_cond_destroy(&line->ended);
	free(line);
}

static struct progress_line *start_line(const struct progress *progress,
                                        const struct world *world,
                                        bool terminal)
{
	struct progress_line *line = malloc(sizeof(*line));
	int failed = ENOMEM;

	if (line) {
		*line = (struct progress_line){
		    .progress = progress,
		    .world = world,
		    .terminal = terminal,
		};
		failed = init_locks(line);
		if (failed)
			free(line);
		else if ((failed = background_thread_start(
		              &line->thread, STACK_BYTES, show_until_end,
		              line)))
			free_line(line);
	}
	if (!failed)
		return line;
	log_line(LOG_WARN, world->rank,
	         "the sweep's progress is not shown: its thread could not be "
	         "started: %s",
	         error_text(failed));
	return NULL;
}

struct progress_line *progress_line_begin(const struct progress *progress,
                                          const struct world *world,
                                          enum progress_mode mode)
{
	const int saved = errno;
	const bool terminal =
	    mode != PROGRESS_NEVER && isatty(STDERR_FILENO) == 1;
	struct progress_line *line = NULL;

	if (terminal || mode == PROGRESS_ALWAYS)
		line = start_line(progress, world, terminal);
	errno = saved;
	return line;
}

void progress_line_end(struct progress_line *line)
{
	if (!line)
		return;
	pthread_mutex_lock(&line->mutex);
	line->end = true;
	pthread_cond_signal(&line->ended);
	pthread_mutex_unlock(&line->mutex);
	pthread_join(line->thread, NULL);
	free_line(line);
}
