#define _GNU_SOURCE /* TIOCGWINSZ */
#include "progress_line.h"

#include "common/base/background_thread.h"
#include "common/base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_SECONDS 0.25 /* on a terminal */
#define PLAIN_SECONDS 5.0   /* between lines elsewhere */

enum {
	LINE_BYTES = 256,
	WIDTH = 80, /* of a terminal that does not say */
	STACK_BYTES = 256 * 1024
};

struct progress_line {
	const struct progress *progress;
	const struct world *world;
	bool terminal;
	bool drawn; /* something is to be finished on the terminal */
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t ended;
	bool end;
};

/* Appends, as long as there is room. */
static void add(char text[LINE_BYTES], const char *format, ...)
    COHORT_PRINTF(2, 3);

static void add(char text[LINE_BYTES], const char *format, ...)
{
	const size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + used, LINE_BYTES - used, format, args);
	va_end(args);
}

static void add_time(char text[LINE_BYTES], double seconds)
{
	const long whole = (long)(seconds + 0.5);

	if (whole >= 3600)
		add(text, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60,
		    whole % 60);
	else
		add(text, "%ld:%02ld", whole / 60, whole % 60);
}

/* "cohort: 700/2000 (35 %), 3 failed, 200 resumed, 125/s, 0:10 left" */
static void describe(const struct progress_line *line, bool last,
                     char text[LINE_BYTES])
{
	const cohort_counts counts = progress_read(line->progress, line->world);
	const int size = line->world->size;
	const int seen = line->world->stats_ranks;
	const size_t done = counts.resumed + counts.done;
	const size_t left = done < counts.total ? counts.total - done : 0;
	const double rate =
	    counts.seconds > 0 ? (double)counts.done / counts.seconds : 0;

	add(text, "cohort: %zu/%zu", done, counts.total);
	if (counts.total > 0)
		add(text, " (%.0f %%)",
		    100 * (double)done / (double)counts.total);
	if (seen < size)
		add(text, " by %d of %d ranks", seen, size);
	if (counts.failed > 0)
		add(text, ", %zu failed", counts.failed);
	if (counts.resumed > 0)
		add(text, ", %zu resumed", counts.resumed);
	if (rate > 0)
		add(text, rate < 10 ? ", %.2g/s" : ", %.0f/s", rate);
	if (last) {
		add(text, ", ");
		add_time(text, counts.seconds);
	} else if (rate > 0 && seen == size) {
		add(text, ", ");
		add_time(text, (double)left / rate);
		add(text, " left");
	}
}

static void put(const char *text)
{
	/* Nobody can be told if it fails. */
	ssize_t written = write(STDERR_FILENO, text, strlen(text));
	(void)written;
}

/* Without the last column, where some terminals go on to the next line. */
static size_t width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || size.ws_col == 0)
		return WIDTH - 1;
	return size.ws_col - 1U;
}

/* A program in the background leaves the terminal to others. */
static bool in_background(void)
{
	const pid_t front = tcgetpgrp(STDERR_FILENO);

	return front > 0 && front != getpgrp();
}

static void redraw(struct progress_line *line, bool last)
{
	static const char erase[] = "\r\033[K";
	char text[LINE_BYTES] = "";
	char all[LINE_BYTES + sizeof(erase) + 1];

	if (in_background() || (last && !line->drawn))
		return;
	describe(line, last, text);
	const size_t most = width();
	if (strlen(text) > most)
		text[most] = '\0';
	snprintf(all, sizeof(all), "%s%s%s", erase, text, last ? "\n" : "");
	put(all);
	line->drawn = true;
}

static void print(const struct progress_line *line, bool last)
{
	char text[LINE_BYTES] = "";
	char all[LINE_BYTES + 1];

	describe(line, last, text);
	snprintf(all, sizeof(all), "%s\n", text);
	put(all);
}

static void draw(struct progress_line *line, bool last)
{
	if (line->terminal)
		redraw(line, last);
	else
		print(line, last);
}

static struct timespec later(struct timespec time, double seconds)
{
	const long whole = (long)seconds;

	time.tv_sec += whole;
	time.tv_nsec += (long)(1e9 * (seconds - (double)whole));
	time.tv_sec += time.tv_nsec / 1000000000;
	time.tv_nsec %= 1000000000;
	return time;
}

static void *run(void *arg)
{
	struct progress_line *line = arg;
	const double pause = line->terminal ? REDRAW_SECONDS : PLAIN_SECONDS;
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	pthread_mutex_lock(&line->mutex);
	while (!line->end) {
		next = later(next, pause);
		while (!line->end &&
		       pthread_cond_timedwait(&line->ended, &line->mutex,
		                              &next) != ETIMEDOUT)
			;
		if (line->end)
			break;
		pthread_mutex_unlock(&line->mutex);
		draw(line, false);
		pthread_mutex_lock(&line->mutex);
	}
	pthread_mutex_unlock(&line->mutex);
	draw(line, true);
	return NULL;
}

static int prepare(struct progress_line *line)
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

static void release(struct progress_line *line)
{
	pthread_mutex_destroy(&line->mutex);
	pthread_cond_destroy(&line->ended);
	free(line);
}

static struct progress_line *start(const struct progress *progress,
                                   const struct world *world, bool terminal)
{
	struct progress_line *line = malloc(sizeof(*line));
	int failed = ENOMEM;

	if (line) {
		*line = (struct progress_line){
		    .progress = progress,
		    .world = world,
		    .terminal = terminal,
		};
		failed = prepare(line);
		if (failed)
			free(line);
		else if ((failed = background_thread_start(
		              &line->thread, STACK_BYTES, run, line)))
			release(line);
	}
	if (!failed)
		return line;
	log_line(LOG_WARN, world->rank,
	         "the sweep's progress is not shown, for want of a thread: %s",
	         strerror(failed));
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
		line = start(progress, world, terminal);
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
	release(line);
}
