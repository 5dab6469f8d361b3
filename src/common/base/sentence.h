/* Sentences in buffers. One that does not fit keeps its beginning and its end:
 * the text of an exception may be long, and says at its end what went wrong. */
#ifndef COHORT_COMMON_BASE_SENTENCE_H
#define COHORT_COMMON_BASE_SENTENCE_H

#include "cohort.h"

#include <stdarg.h>
#include <stddef.h>

/* Copy `text` to `to`, which has room for `room` bytes with the 0, more than
 * 16. If it is too long, " ... " replaces its middle, between two characters of
 * UTF-8. In another encoding up to three bytes more may go. The two buffers do
 * not overlap. */
void sentence_copy(char *to, size_t room, const char *text);

/* The same with a text that is formatted as by printf, in the locale "C". If
 * there is no memory for the whole text, it is cut off at its end. No argument
 * may be `to`. */
COHORT_PRINTF(3, 0)
void sentence_format(char *to, size_t room, const char *format, va_list args);

#endif
