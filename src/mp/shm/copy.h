/* Copying between a rank's own memory and memory that it shares. */
#ifndef COHORT_MP_SHM_COPY_H
#define COHORT_MP_SHM_COPY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* As memcpy; neither side needs to be aligned, and there may be no bytes. */
void shm_copy(void *to, const void *from, size_t bytes);

/* The same for what is mostly one number. */
static inline void shm_copy_few(void *to, const void *from, size_t bytes)
{
	if (bytes == sizeof(uint64_t))
		memcpy(to, from, sizeof(uint64_t));
	else
		memcpy(to, from, bytes);
}

/* The same, past the caches, if HAS_NONTEMPORAL: for a result that they could not
 * hold anyway, since it spares the reading of each line before it is written;
 * and where lines would have to be taken from a cache far away (put.h). A thread
 * sanitizer would not see such stores. */
#if defined(__SSE2__) && !defined(__SANITIZE_THREAD__)
#define HAS_NONTEMPORAL 1
#else
#define HAS_NONTEMPORAL 0
#endif
void shm_copy_nontemporal(void *to, const void *from, size_t bytes);

typedef void copy_function(void *to, const void *from, size_t bytes);

#endif
