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

/* The same for what the system refuses, whoever asks it in whatever words: a
 * disk is full, or there is no memory. */
__attribute__((format(printf, 1, 2))) bool failure_of_system(const char *format,
                                                             ...);

/* As one of the two: of the system unless `is_given`, if what the caller was
 * given is wrong. */
__attribute__((format(printf, 2, 3))) bool failure_of(bool is_given,
                                                      const char *format, ...);

/* The exit status of the last failure: EXIT_SYSTEM or EXIT_USAGE. */
int failure_status(void);

/* "" if nothing has failed. Valid until the next failure. */
const char *failure_sentence(void);

#endif
