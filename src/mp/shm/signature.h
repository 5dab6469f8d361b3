/*
 * The signature of a call: 64 bits in each arrival, which the other ranks
 * compare with their own. The lower half is the count, exact below 2^32. The
 * upper half is a digest of everything that must be the same on all ranks.
 */
#ifndef COHORT_MP_SHM_SIGNATURE_H
#define COHORT_MP_SHM_SIGNATURE_H

#include "common/base/call.h"

/* The first bit of each field. Bits that do not fit are dropped; a digest need
 * not be exact. */
enum {
	SIGNATURE_TYPE = 5,
	SIGNATURE_OP = 9,
	SIGNATURE_ROOT = 13,
	SIGNATURE_GROUP = 26
};

/* A digest of 32 bits that depends on every bit of the number: the upper half
 * of a product. 0 for 0. */
static inline uint32_t signature_mix(uint64_t number)
{
	return (uint32_t)(number * 0x9e3779b97f4a7c15 >> 32);
}

/* 32 bits for a count: the count itself if it is below 2^32, else a digest that
 * differs for neighbours and for multiples of powers of two. */
static inline uint32_t signature_fold(uint64_t number)
{
	return (uint32_t)number + signature_mix(number >> 32);
}

/* `number` is the number of the call. It is part of the digest because two
 * calls with the same arguments are not the same call if one of the ranks has
 * refused a call before it. */
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
