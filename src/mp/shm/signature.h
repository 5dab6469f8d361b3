/*
 * What a flag says of the call that its rank is in, in 64 bits, which the others
 * compare with their own. The lower half is of the count, exact below 2^32; the
 * upper one of all that every rank has alike.
 */
#ifndef COHORT_MP_SHM_SIGNATURE_H
#define COHORT_MP_SHM_SIGNATURE_H

#include "common/base/call.h"

/* Where the fields lie in a word. What does not fit is cut, which is fine for a
 * signature. */
enum {
	SIGNATURE_TYPE = 5,
	SIGNATURE_OP = 9,
	SIGNATURE_ROOT = 13,
	SIGNATURE_GROUP = 26
};

/* 32 bits for 64, the upper half of a product: it depends on every bit of the
 * number, and is 0 for 0. */
static inline uint32_t signature_mix(uint64_t number)
{
	return (uint32_t)(number * 0x9e3779b97f4a7c15 >> 32);
}

/* A number below 2^32 as it is; others so that neighbours and multiples of
 * powers of two do not look alike. */
static inline uint32_t signature_fold(uint64_t number)
{
	return (uint32_t)number + signature_mix(number >> 32);
}

/* `number` is that of the call: ranks that have refused different ones are not
 * in the same call even if it looks alike. */
static inline uint64_t signature_of(const struct call *call, uint64_t number)
{
	const uint32_t fields = call->kind | call->type << SIGNATURE_TYPE |
	                        call->op << SIGNATURE_OP |
	                        (uint32_t)call->root << SIGNATURE_ROOT |
	                        call->group << SIGNATURE_GROUP;
	const uint32_t alike =
	    fields ^ signature_mix(number) ^ signature_mix(call->detail);

	return (uint64_t)alike << 32 | signature_fold(call->count);
}

#endif
