/* The table of a journal that a program made with the library: what can be said
 * without knowing its results. */
#ifndef TOOLS_RESULTS_JOURNAL_TABLE_H
#define TOOLS_RESULTS_JOURNAL_TABLE_H

#include <stdbool.h>

/* Whether the directory has a journal, and is not that of a `cohort sweep`. */
bool journal_table_fits(const char *folder);

/* Write a row for each index that has a result, the last one. The columns are
 * index, status, seconds, attempts, rank, bytes, data (in hexadecimal digits)
 * and error; without measures not seconds, attempts and rank. */
bool journal_table_write(const char *folder, const char *path,
                         const char *format, bool no_measures);

#endif
