/* Text that was cut to fit a buffer. */
#ifndef COHORT_COMMON_BASE_UTF8_H
#define COHORT_COMMON_BASE_UTF8_H

/* Remove the bytes of an incomplete UTF-8 character from the end of `text`.
 * Text in another encoding loses three bytes at the most. */
void utf8_trim(char *text);

#endif
