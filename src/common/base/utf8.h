/* Text that was cut to fit a buffer. */
#ifndef COHORT_COMMON_BASE_UTF8_H
#define COHORT_COMMON_BASE_UTF8_H

/* Remove the bytes of an incomplete UTF-8 character from the end of `text`.
 * Text in another encoding loses three bytes at the most. */
void utf8_trim(char *text);

/* `text`, or the first byte behind it that is not the rest of a character that
 * began before: three bytes behind it at the most, and not behind `end`. */
const char *utf8_skip_rest(const char *text, const char *end);

#endif
