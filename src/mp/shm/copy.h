/* Copying between a rank's own memory and memory that it shares. */
#ifndef COHORT_MP_SHM_COPY_H
#define COHORT_MP_SHM_COPY_H

#include <stddef.h>

/* As memcpy; neither side needs to be aligned, and there may be no bytes. */
void shm_copy(void *to, const void *from, size_t bytes);

/* The same, past the caches: for a result that they could not hold anyway.
 * Spares the reading of each line before it is written. */
void shm_copy_past(void *to, const void *from, size_t bytes);

typedef void copy_function(void *to, const void *from, size_t bytes);

#endif
