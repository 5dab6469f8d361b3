/* Memory in whole pages, for backends that have no better. */
#ifndef COHORT_COMMON_MEMORY_H
#define COHORT_COMMON_MEMORY_H

#include <stddef.h>

/* Zeroed, aligned to a page, never NULL for no bytes; NULL with errno if there
 * is not so much. To be released with free. */
void *memory_pages(size_t bytes);

#endif
