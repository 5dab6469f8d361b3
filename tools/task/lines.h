/* Splits what a program prints into lines. */
#ifndef TOOLS_TASK_LINES_H
#define TOOLS_TASK_LINES_H

#include "base/text.h"

/* Bytes of a line that are kept; the rest of a longer line is dropped. */
enum { LINE_MOST = 1 << 20 };

/* Receives a line without its end; it has a 0 behind it. */
typedef void lines_take(void *arg, const char *line, size_t length);

struct lines {
	struct text begun; /* the line that has not ended */
	lines_take *take;
	void *arg;
};

void lines_add(struct lines *lines, const char *bytes, size_t count);

/* Hands over a last line that has no end, and is ready for another program. */
void lines_end(struct lines *lines);

#endif
