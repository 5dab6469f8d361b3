/* Copying between a rank's own memory and memory that it shares. */
#ifndef COHORT_MP_SHM_COPY_H
#define COHORT_MP_SHM_COPY_H

#include <stddef.h>

/* As memcpy; neither side needs to be aligned, and there may be no bytes. */
void shm_copy(void *to, const void *from, size_t bytes);

#endif
