/* Splits what a program prints into lines. */
#ifndef TOOLS_TASK_LINES_H
#define TOOLS_TASK_LINES_H

#include "base/text.h"

#include <stdbool.h>

/* Receives a line without its end; it has a 0 behind it. `is_cut`: bytes of it
 * are missing at its end. */
typedef void lines_take(void *arg, const char *line, size_t length,
                        bool is_cut);

struct lines {
	struct text begun; /* the line that has not ended */
	bool is_cut;       /* it is */
	size_t most;       /* bytes of a line that are kept */
	bool in_pieces;    /* a longer line is several; else it is cut */
	lines_take *take;
	void *arg;
};

void lines_add(struct lines *lines, const char *bytes, size_t count);

/* Hands over a last line that has no end, and is ready for another program. */
void lines_end(struct lines *lines);

/* Forgets a line that has not ended. */
void lines_clear(struct lines *lines);

void lines_free(struct lines *lines);

#endif
