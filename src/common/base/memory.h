/* Memory in whole pages. */
#ifndef COHORT_COMMON_BASE_MEMORY_H
#define COHORT_COMMON_BASE_MEMORY_H

#include <stddef.h>

/* Zeroed, aligned to a page, never NULL for no bytes; NULL with errno if there
 * is not so much. To be released with free. */
void *memory_pages(size_t bytes);

/* Zeroed, shared with every process that this one forks from now on; NULL with
 * errno. */
void *memory_share(size_t bytes);
void memory_unshare(void *memory, size_t bytes);

/* How much of it a process may set aside: what the machine has, or what
 * `ulimit -v` and a strict overcommit policy leave. An estimate. */
size_t memory_limit(void);

#endif
