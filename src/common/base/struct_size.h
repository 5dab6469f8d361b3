/* Structs of the public header that grow at the end from version to version:
 * the caller's may be shorter or longer than the library's. */
#ifndef COHORT_COMMON_BASE_STRUCT_SIZE_H
#define COHORT_COMMON_BASE_STRUCT_SIZE_H

#include "cohort.h"

/* Copy the caller's struct of `from_bytes` bytes into the library's of
 * `to_bytes`. Fields that the caller's does not have become 0. False if the
 * caller has set a field that the library does not know; then nothing is
 * written. */
bool struct_read(void *to, size_t to_bytes, const void *from,
                 size_t from_bytes);

/* The sentence after struct_read returned false: `name` is the argument's. */
cohort_status struct_refuse(cohort_status status, const char *function,
                            const char *name, size_t from_bytes,
                            size_t to_bytes);

/* Copy the library's struct of `from_bytes` bytes into the caller's of
 * `to_bytes`. Fields that the library does not know become 0. */
void struct_write(void *to, size_t to_bytes, const void *from,
                  size_t from_bytes);

/* COHORT_EINVAL unless a version has a cohort_result of that many bytes: at
 * least that of version 0.1. The size of a struct is a multiple of its
 * alignment. */
COHORT_CHECKED cohort_status struct_check_result(const char *function,
                                                 size_t result_bytes);

#endif
