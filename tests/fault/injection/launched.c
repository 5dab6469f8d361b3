#define _GNU_SOURCE
#include "launched.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORDS_MOST = 32, WORD_BYTES = 64 };

/* Of argv. */
static char *words[WORDS_MOST];
static int count;

static void add(const char *word)
{
	if (count == WORDS_MOST - 1 || !(words[count++] = strdup(word)))
		_exit(2);
}

static void add_all(const char *const added[])
{
	for (int i = 0; added[i]; i++)
		add(added[i]);
}

static void add_number(int number)
{
	char word[WORD_BYTES];

	snprintf(word, sizeof(word), "%d", number);
	add(word);
}

/* A launcher does not pass descriptors on, so the shell opens the file once
 * more. */
static void add_verdict(const struct launched *how)
{
	char command[WORD_BYTES];
	char verdict[WORD_BYTES];

	snprintf(command, sizeof(command), "exec %d<>\"$0\" && exec \"$@\"",
	         VERDICT_FD);
	snprintf(verdict, sizeof(verdict), "/proc/%d/fd/%d", (int)getppid(),
	         how->verdict);
	add_all((const char *[]){"sh", "-c", command, verdict, NULL});
}

static void add_catcher(const struct launched *how,
                        const struct injection *injection)
{
	add_all((const char *[]){how->catcher, how->trace, how->marks, NULL});
	if (injection) {
		add(injection->call);
		add_number(injection->number);
		add_number(injection->occurrence);
	}
	add("--");
}

void launched_run(const struct launched *how, const struct setting *setting,
                  bool traced, const struct injection *injection)
{
	add_all((const char *[]){how->launcher, "-n", NULL});
	add_number(setting->size);
	add_verdict(how);
	if (traced)
		add_catcher(how, injection);
	add_all((const char *[]){how->target, traced ? "mark" : "go",
	                         "journals", setting->program, NULL});
	if (!traced || !unlink(how->trace) || access(how->trace, F_OK))
		execv(how->launcher, words);
	_exit(2);
}
