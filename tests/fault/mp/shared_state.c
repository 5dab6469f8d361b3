#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_SKIPPED = 77, EXIT_NO_GROUP = 99 };

/* Seconds for what another rank does. Detects a hang, and bounds nothing. */
static const double PATIENCE = 60;

struct shared_state *shared;

/* One write, so that processes neither mix their lines nor repeat them. */
static void say(const char *before, const char *format, va_list args)
{
	char text[2 * SENTENCE_BYTES];
	int used = snprintf(text, sizeof(text), "%s", before);

	used +=
	    vsnprintf(text + used, sizeof(text) - (size_t)used, format, args);
	if (used > (int)sizeof(text) - 2)
		used = (int)sizeof(text) - 2;
	text[used++] = '\n';
	ssize_t written = write(STDOUT_FILENO, text, (size_t)used);
	(void)written;
}

bool runner_expect(bool holds, const char *file, int line, const char *format,
                   ...)
{
	char place[256];
	const char *slash = strrchr(file, '/');
	const int saved = errno;
	va_list args;

	if (holds)
		return true;
	snprintf(place, sizeof(place),
	         "%s:%d: process %d: ", slash ? slash + 1 : file, line,
	         (int)getpid());
	va_start(args, format);
	/* What fails in a loop need not be said a thousand times. */
	if (atomic_fetch_add(&shared->failures, 1) < 20)
		say(place, format, args);
	va_end(args);
	errno = saved;
	return false;
}

void figure(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("figure: ", format, args);
	va_end(args);
}

_Noreturn void skip(const char *why)
{
	printf("skipped: %s\n", why);
	fflush(stdout);
	_exit(EXIT_SKIPPED);
}

cohort *enter(int size, double timeout)
{
	const cohort_options options = {
	    .backend = "mp", .size = size, .timeout = timeout};
	cohort *group = NULL;
	cohort_status status = cohort_open(&options, &group);

	if (!EXPECT(status == COHORT_OK, "open: %s", cohort_error()))
		_exit(EXIT_NO_GROUP);
	struct slot *slot = &shared->slots[cohort_rank(group)];
	slot->pid = getpid();
	slot->parent = getppid();
	return group;
}

void keep(int rank, cohort_status status)
{
	struct slot *slot = &shared->slots[rank];

	slot->returned = now();
	if (status != COHORT_OK)
		snprintf(slot->sentence, SENTENCE_BYTES, "%s", cohort_error());
	slot->status = (int)status;
}

bool over_sockets(void)
{
	const char *transport = getenv("COHORT_TRANSPORT");

	return transport && !strcmp(transport, "socket");
}

bool said(int rank, const char *words)
{
	return strstr(shared->slots[rank].sentence, words) != NULL;
}

void expect_told(int rank, const char *cause, double *slowest)
{
	const struct slot *slot = &shared->slots[rank];
	const double took = slot->returned - shared->event;

	EXPECT(slot->status == COHORT_EPEER && said(rank, cause),
	       "rank %d: status %d: %s", rank, slot->status, slot->sentence);
	EXPECT_WITHIN(shared->event, slot->returned, 0.5,
	              "rank %d was told late", rank);
	*slowest = took > *slowest ? took : *slowest;
}

void reach(int rank, int step)
{
	atomic_store(&shared->slots[rank].step, step);
}

void await(int rank, int step)
{
	const double end = now() + PATIENCE;

	while (atomic_load(&shared->slots[rank].step) < step && now() < end)
		nap(1e-4);
	if (!EXPECT(atomic_load(&shared->slots[rank].step) >= step,
	            "rank %d did not come to step %d", rank, step))
		_exit(EXIT_NO_GROUP);
}

void await_all(int size, int step)
{
	for (int r = 0; r < size; r++)
		await(r, step);
}

void ranks_barrier(const cohort *group, int step)
{
	reach(cohort_rank(group), step);
	await_all(cohort_size(group), step);
}

void await_stopped(pid_t pid)
{
	char path[64];
	char state = '?';
	const double end = now() + PATIENCE;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	while (state != 'T' && now() < end) {
		FILE *file = fopen(path, "re");
		if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
			state = '?';
		if (file)
			fclose(file);
		nap(1e-4);
	}
	EXPECT(state == 'T', "process %d did not stop", (int)pid);
}

/* The blocks are a list, so that a leak checker finds them. */
void fill_heap(size_t bytes)
{
	enum { SMALL_BLOCK = 1000 };
	static void **blocks;

	for (size_t i = 0; i < bytes; i += SMALL_BLOCK) {
		void **block = malloc(SMALL_BLOCK);
		if (!EXPECT(block, "malloc"))
			break;
		memset(block, 1, SMALL_BLOCK);
		*block = blocks;
		blocks = block;
	}
}
