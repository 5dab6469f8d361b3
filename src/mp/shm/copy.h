/* Copying between a rank's own memory and memory that it shares. */
#ifndef COHORT_MP_SHM_COPY_H
#define COHORT_MP_SHM_COPY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* As memcpy: no alignment is needed, and bytes may be 0. */
void shm_copy(void *to, const void *from, size_t bytes);

/* The same, for data that is mostly one number of 8 bytes. */
static inline void shm_copy_few(void *to, const void *from, size_t bytes)
{
	if (bytes == sizeof(uint64_t))
		memcpy(to, from, sizeof(uint64_t));
	else
		memcpy(to, from, bytes);
}

/*
 * The same with nontemporal stores, which write to memory and not to the
 * caches, if HAS_NONTEMPORAL; else the same as shm_copy. It pays for results
 * that are larger than the caches, because a line need not be read before it is
 * written; and between cores that share no cache (adaptive_copy.h). Thread
 * sanitizers do not see such stores, so they get none.
 */
#if defined(__SSE2__) && !defined(__SANITIZE_THREAD__)
#define HAS_NONTEMPORAL 1
#else
#define HAS_NONTEMPORAL 0
#endif
void shm_copy_nontemporal(void *to, const void *from, size_t bytes);

typedef void copy_function(void *to, const void *from, size_t bytes);

#endif
