#define _GNU_SOURCE
#include "launched.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WORDS_MOST = 80, TEXT_BYTES = 64 * 1024 };

/* Of argv. The words are in `text`, one after another. */
static char *words[WORDS_MOST];
static int count;
static char text[TEXT_BYTES];
static size_t used;

static void add(const char *word)
{
	const size_t bytes = strlen(word) + 1;

	if (count == WORDS_MOST - 1 || used + bytes > TEXT_BYTES)
		_exit(2);
	words[count++] = memcpy(text + used, word, bytes);
	used += bytes;
}

static void add_all(const char *const added[])
{
	for (int i = 0; added[i]; i++)
		add(added[i]);
}

static void add_path(const char *path)
{
	add("-P");
	add(path);
}

/* All that the target's journals consist of. */
static void add_journals(const char *work)
{
	static const char *const journals[] = {"own", "own2"};
	static const char *const files[] = {
	    "",           "/identity",  "/identity.new", "/lock",
	    "/tasks-1-0", "/tasks-1-1", "/tasks-2-0",    "/tasks-2-1"};
	char path[PATH_MAX];

	for (size_t j = 0; j < sizeof(journals) / sizeof(*journals); j++) {
		add_path(journals[j]);
		for (size_t f = 0; f < sizeof(files) / sizeof(*files); f++) {
			snprintf(path, sizeof(path), "%s/%s%s", work,
			         journals[j], files[f]);
			add_path(path);
		}
	}
}

static void add_strace(const struct launched *how,
                       const struct injection *injection)
{
	char inject[128];

	add_all((const char *[]){"strace", "-f", "-qq", "-A", "-o", how->trace,
	                         NULL});
	add_journals(how->work);
	if (!injection)
		return;
	snprintf(inject, sizeof(inject), "trace=%s", injection->call);
	add_all((const char *[]){"-e", inject, NULL});
	snprintf(inject, sizeof(inject), "inject=%s:error=%s:when=%d",
	         injection->call, injection->error, injection->occurrence);
	add_all((const char *[]){"-e", inject, NULL});
}

/* A launcher does not pass descriptors on, so the shell opens the file once
 * more. */
static void add_target(const struct launched *how)
{
	char command[64];
	char verdict[64];

	snprintf(command, sizeof(command), "exec %d<>\"$0\" && exec \"$@\"",
	         VERDICT_FD);
	snprintf(verdict, sizeof(verdict), "/proc/%d/fd/%d", (int)getppid(),
	         how->verdict);
	add_all((const char *[]){"sh", "-c", command, verdict, how->target,
	                         "go", "journals", NULL});
}

void launched_run(const struct launched *how, const struct setting *setting,
                  bool traced, const struct injection *injection)
{
	char size[16];

	snprintf(size, sizeof(size), "%d", setting->size);
	add_all((const char *[]){how->launcher, "-n", size, NULL});
	if (traced)
		add_strace(how, injection);
	add_target(how);
	if (!traced || !unlink(how->trace) || access(how->trace, F_OK))
		execv(how->launcher, words);
	_exit(2);
}
