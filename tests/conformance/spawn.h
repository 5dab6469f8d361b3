/* A process that is started by posix_spawn, with a time limit and its output. */
#ifndef CONFORMANCE_SPAWN_H
#define CONFORMANCE_SPAWN_H

#include <stdbool.h>

enum { WORDS = 16, TEXT_BYTES = 16384 };

struct command {
	char *words[WORDS]; /* the last is followed by NULL */
	int count;
};

/* One more word; it is not copied. */
void command_add(struct command *command, const char *word);

struct ending {
	bool in_time;
	int signal;            /* 0: it ended by itself */
	int status;            /* with this */
	char text[TEXT_BYTES]; /* the end of its output */
};

/* Run it in a process group of its own, and end it after so many seconds. */
void command_run(const struct command *command, double seconds,
                 struct ending *out);

#endif
