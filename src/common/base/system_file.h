/* Small text files in which the system tells about itself: /proc, /sys. */
#ifndef COHORT_COMMON_BASE_SYSTEM_FILE_H
#define COHORT_COMMON_BASE_SYSTEM_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Read a file into `text`, with a final 0; what does not fit is cut off. False
 * with errno if it cannot be read, which is usual: many of these files exist on
 * some systems only. */
bool system_file_read(const char *path, char *text, size_t room);

#endif
