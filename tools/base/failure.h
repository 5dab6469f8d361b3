/*
 * The sentence of the last failure. Functions that can fail return false and
 * set it; the root rank prints it once. The sentence has no name of the program
 * in front and no newline.
 */
#ifndef TOOLS_BASE_FAILURE_H
#define TOOLS_BASE_FAILURE_H

#include <stdbool.h>

/* Sets the sentence, formatted as by printf. Returns false. */
__attribute__((format(printf, 1, 2))) bool failure(const char *format, ...);

/* "" if nothing has failed. Valid until the next failure. */
const char *failure_sentence(void);

#endif
