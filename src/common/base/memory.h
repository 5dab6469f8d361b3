/* Memory in whole pages, private or shared with forked processes. */
#ifndef COHORT_COMMON_BASE_MEMORY_H
#define COHORT_COMMON_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* Allocate zeroed memory that begins at a page. If `bytes` is 0, returns a
 * unique pointer that must not be dereferenced. The caller frees it with free.
 * NULL with errno if there is not enough memory. */
void *memory_pages(size_t bytes);

/* memory_pages for cohort_alloc, in backends that have no special memory: also
 * writes the sentence if it fails. */
void *memory_alloc(size_t bytes);

/* Map zeroed memory that this process shares with all that it forks from now
 * on. NULL with errno. */
void *memory_share(size_t bytes);
void memory_unshare(void *memory, size_t bytes);

/* Make memory that begins at a page unwritable for this process. False with
 * errno if the system refuses. */
bool memory_shut(void *memory, size_t bytes);

/* An estimate of the bytes that a process may reserve: the machine's memory, or
 * less where `ulimit -v` or a strict overcommit policy limit it. */
size_t memory_limit(void);

#endif
