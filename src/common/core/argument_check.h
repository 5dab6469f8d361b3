/*
 * The checks of arguments that several collective calls share. COHORT_EINVAL,
 * with the sentence written, if the argument is bad. `function` is the public
 * call that the sentence names. Every call makes them, so a good argument costs
 * a comparison in place; the sentences are out of the way.
 */
#ifndef COHORT_COMMON_CORE_ARGUMENT_CHECK_H
#define COHORT_COMMON_CORE_ARGUMENT_CHECK_H

#include "common/base/error.h"
#include "common/base/op.h"
#include "common/base/type.h"

/* The sentences for arguments that the functions below have found bad. */
COHORT_COLD cohort_status refuse_type(const char *function, cohort_type type);
COHORT_COLD cohort_status refuse_root(const char *function, int root, int size);
COHORT_COLD cohort_status refuse_bytes(const char *function, const char *name,
                                       size_t count, cohort_type type);
COHORT_COLD cohort_status refuse_pointer(const char *function, const char *name,
                                         size_t count);
COHORT_COLD cohort_status refuse_op(const char *function, cohort_op op,
                                    cohort_type type);
COHORT_COLD cohort_status refuse_overlap(const char *function);

static inline cohort_status check_type(const char *function, cohort_type type)
{
	return type_valid(type) ? COHORT_OK : refuse_type(function, type);
}

static inline cohort_status check_root(const char *function, int root, int size)
{
	return root >= 0 && root < size ? COHORT_OK
	                                : refuse_root(function, root, size);
}

/* Whether `count` elements of a valid type fit into memory. `name` is the
 * argument's. */
static inline cohort_status check_bytes(const char *function, const char *name,
                                        size_t count, cohort_type type)
{
	return count <= type_most(type)
	           ? COHORT_OK
	           : refuse_bytes(function, name, count, type);
}

/* NULL is allowed for no elements. */
static inline cohort_status check_pointer(const char *function,
                                          const char *name, const void *pointer,
                                          size_t count)
{
	return pointer || count == 0 ? COHORT_OK
	                             : refuse_pointer(function, name, count);
}

static inline cohort_status check_op(const char *function, cohort_op op,
                                     cohort_type type)
{
	return op_valid(op) && op_applies(op, type)
	           ? COHORT_OK
	           : refuse_op(function, op, type);
}

/* Whether the two buffers have no byte in common. */
static inline cohort_status check_apart(const char *function, const void *send,
                                        size_t send_bytes, const void *recv,
                                        size_t recv_bytes)
{
	const uintptr_t s = (uintptr_t)send;
	const uintptr_t r = (uintptr_t)recv;

	return send_bytes == 0 || recv_bytes == 0 ||
	               (s < r ? r - s >= send_bytes : s - r >= recv_bytes)
	           ? COHORT_OK
	           : refuse_overlap(function);
}

#endif
