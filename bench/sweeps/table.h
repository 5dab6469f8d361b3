/* The tables of table.awk. */
#ifndef BENCH_SWEEPS_TABLE_H
#define BENCH_SWEEPS_TABLE_H

#include <stddef.h>

/* The steps of each task, one a line of the file. The caller frees them.
 * *count receives their number, at least 1. NULL if there are none that can be
 * read into memory. */
long *table_read(const char *path, size_t *count);

#endif
