#include "oracle.h"

#include "pattern.h"

#include <string.h>

static unsigned bits_of(cohort_type type)
{
	return (unsigned)cohort_type_size(type) * 8;
}

static uint64_t mask_of(cohort_type type)
{
	return UINT64_MAX >> (64 - bits_of(type));
}

static bool is_signed(cohort_type type)
{
	return type == COHORT_INT8 || type == COHORT_INT16 ||
	       type == COHORT_INT32 || type == COHORT_INT64;
}

uint64_t oracle_input(cohort_type type, int r, size_t i)
{
	const size_t element = i % PERIOD;
	const uint64_t bits = pattern_mix(((uint64_t)r << 32) + element + 1);
	const uint64_t top = (uint64_t)1 << (bits_of(type) - 1);

	switch (element % 6) {
	case 0: /* anything */
		return bits & mask_of(type);
	case 1: /* odd, so that products keep their low bits */
		return (bits | 1) & mask_of(type);
	case 2: /* often zero, for most elements on some rank */
		return bits % 4 == 0 ? 0 : bits & mask_of(type);
	case 3: /* nearly always zero */
		return bits % 16 == 0 ? top : 0;
	case 4: /* the ends of the range: 0x80.., 0x7f.., 0xff.., 0 */
		return (bits % 2 ? top : 0) |
		       (bits % 4 < 2 ? mask_of(type) >> 1 : 0);
	default: /* small, of either sign */
		return (bits % 7 - 3) & mask_of(type);
	}
}

/* Column by column, as on paper. */
static uint64_t add(uint64_t a, uint64_t b, unsigned bits)
{
	uint64_t sum = 0;
	unsigned carry = 0;

	for (unsigned i = 0; i < bits; i++) {
		unsigned column =
		    (unsigned)(a >> i & 1) + (unsigned)(b >> i & 1) + carry;
		sum |= (uint64_t)(column & 1) << i;
		carry = column >> 1;
	}
	return sum;
}

static uint64_t multiply(uint64_t a, uint64_t b, unsigned bits)
{
	uint64_t product = 0;

	for (unsigned i = 0; i < bits; i++)
		if (b >> i & 1)
			product = add(product, a << i, bits);
	return product;
}

/* Whether a is below b, by the highest bit in which they differ. */
static bool below(uint64_t a, uint64_t b, cohort_type type)
{
	for (unsigned i = bits_of(type); i-- > 0;)
		if ((a >> i & 1) != (b >> i & 1)) {
			bool set = a >> i & 1;
			bool sign = is_signed(type) && i == bits_of(type) - 1;
			return set == sign;
		}
	return false;
}

static uint64_t arithmetic(cohort_type type, cohort_op op, int size, size_t i)
{
	/* From the last rank down: the order must not matter. */
	uint64_t result = oracle_input(type, size - 1, i);

	for (int r = size - 2; r >= 0; r--) {
		uint64_t x = oracle_input(type, r, i);
		if (op == COHORT_SUM)
			result = add(x, result, bits_of(type));
		else if (op == COHORT_PROD)
			result = multiply(x, result, bits_of(type));
		else if (below(x, result, type) == (op == COHORT_MIN))
			result = x;
	}
	return result;
}

static int nonzero_ranks(cohort_type type, int size, size_t i)
{
	int count = 0;

	for (int r = 0; r < size; r++)
		count += oracle_input(type, r, i) != 0;
	return count;
}

static uint64_t bitwise(cohort_type type, cohort_op op, int size, size_t i)
{
	uint64_t result = 0;

	for (unsigned bit = 0; bit < bits_of(type); bit++) {
		int count = 0;
		for (int r = 0; r < size; r++)
			count += (int)(oracle_input(type, r, i) >> bit & 1);
		bool set = op == COHORT_BAND  ? count == size
		           : op == COHORT_BOR ? count > 0
		                              : count % 2 == 1;
		result |= (uint64_t)set << bit;
	}
	return result;
}

uint64_t oracle_result(cohort_type type, cohort_op op, int size, size_t i)
{
	switch (op) {
	case COHORT_SUM:
	case COHORT_PROD:
	case COHORT_MIN:
	case COHORT_MAX:
		return arithmetic(type, op, size, i);
	case COHORT_LAND:
		return nonzero_ranks(type, size, i) == size;
	case COHORT_LOR:
		return nonzero_ranks(type, size, i) > 0;
	default:
		return bitwise(type, op, size, i);
	}
}
