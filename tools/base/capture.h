/* What a child process prints, for questions whose answer may crash, hang or
 * load libraries that this process is not to have. */
#ifndef TOOLS_BASE_CAPTURE_H
#define TOOLS_BASE_CAPTURE_H

#include "text.h"

#include <stdbool.h>

enum capture_end {
	CAPTURE_DONE,    /* it has left with status 0 */
	CAPTURE_FAILED,  /* another status, or a signal */
	CAPTURE_TOO_LATE /* it was killed after CAPTURE_SECONDS */
};

enum { CAPTURE_SECONDS = 20, CAPTURE_MOST = 1 << 16 };

/*
 * Call `work` in a child, which leaves with the status that it returns, and add
 * to `out` what it writes to its standard streams, CAPTURE_MOST bytes at most.
 * Its input is empty. CAPTURE_FAILED also if there can be no child.
 */
enum capture_end capture(int (*work)(void *arg), void *arg, struct text *out);

/* The same of a program, by its path. */
enum capture_end capture_program(char *const argv[], struct text *out);

#endif
