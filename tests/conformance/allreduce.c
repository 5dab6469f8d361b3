/* Allreduce of integers: every type, operator and size against an oracle of
 * its own; in place and not. Floats are in floats.c. */
#include "oracle.h"
#include "parts.h"
#include "pattern.h"

#include <string.h>

/* Write the low bits as one element, in either byte order. */
static void put(unsigned char *at, cohort_type type, uint64_t bits)
{
	const uint8_t one = (uint8_t)bits;
	const uint16_t two = (uint16_t)bits;
	const uint32_t four = (uint32_t)bits;

	switch (cohort_type_size(type)) {
	case 1:
		memcpy(at, &one, 1);
		break;
	case 2:
		memcpy(at, &two, 2);
		break;
	case 4:
		memcpy(at, &four, 4);
		break;
	default:
		memcpy(at, &bits, 8);
		break;
	}
}

/* Elements that repeat after PERIOD of them. */
static void repeat(unsigned char *at, size_t count, size_t width)
{
	for (size_t i = PERIOD; i < count; i++)
		memcpy(at + i * width, at + (i - PERIOD) * width, width);
}

static void fill(const struct run *run, cohort_type type, unsigned char *at,
                 size_t count)
{
	const size_t width = cohort_type_size(type);

	for (size_t i = 0; i < count && i < PERIOD; i++)
		put(at + i * width, type, oracle_input(type, run->rank, i));
	repeat(at, count, width);
}

/* The first PERIOD results. */
struct expected {
	unsigned char bytes[8 * PERIOD];
};

static void checks_result(const struct expected *expected,
                          const unsigned char *found, size_t count,
                          size_t width)
{
	size_t i = 0;
	uint64_t want = 0;
	uint64_t got = 0;

	while (i < count &&
	       !memcmp(found + i * width, expected->bytes + i % PERIOD * width,
	               width))
		i++;
	if (i < count) {
		memcpy(&want, expected->bytes + i % PERIOD * width, width);
		memcpy(&got, found + i * width, width);
	}
	CHECK(i == count, "element %zu is %#llx, not %#llx", i,
	      (unsigned long long)got, (unsigned long long)want);
}

static void checks_separate(const struct run *run, cohort_type type,
                            cohort_op op, size_t count,
                            const struct expected *expected)
{
	const size_t width = cohort_type_size(type);
	struct buffer send = buffer_open(count * width, (size_t)op % 4);
	struct buffer recv = buffer_open(count * width, count % 3);
	struct buffer copy = buffer_open(count * width, 0);

	fill(run, type, send.data, count);
	fill(run, type, copy.data, count);
	MUST(cohort_allreduce(run->group, send.data, recv.data, count, type,
	                      op));
	checks_result(expected, recv.data, count, width);
	CHECK(!memcmp(send.data, copy.data, send.bytes), "send was written");
	buffer_close(&copy, "copy");
	buffer_close(&recv, "recv");
	buffer_close(&send, "send");
}

static void checks_in_place(const struct run *run, cohort_type type,
                            cohort_op op, size_t count,
                            const struct expected *expected)
{
	const size_t width = cohort_type_size(type);
	struct buffer recv = buffer_open(count * width, (size_t)run->rank % 2);

	fill(run, type, recv.data, count);
	MUST(cohort_allreduce(run->group, COHORT_IN_PLACE, recv.data, count,
	                      type, op));
	checks_result(expected, recv.data, count, width);
	buffer_close(&recv, "recv in place");
}

/* Each rank decides for itself whether it reduces in place: all, none, or some. */
static bool in_place(const struct run *run, cohort_op op, size_t i)
{
	switch ((i + (size_t)op) % 3) {
	case 0:
		return false;
	case 1:
		return true;
	default:
		return run->rank % 2 == 1;
	}
}

static struct expected expected_of(const struct run *run, cohort_type type,
                                   cohort_op op)
{
	const size_t width = cohort_type_size(type);
	struct expected expected;

	for (size_t i = 0; i < PERIOD; i++)
		put(expected.bytes + i * width, type,
		    oracle_result(type, op, run->size, i));
	return expected;
}

static void checks_op(const struct run *run, cohort_type type, cohort_op op)
{
	const struct sizes sizes = sizes_of(type, run);
	const size_t width = cohort_type_size(type);
	const struct expected expected = expected_of(run, type, op);

	for (size_t i = 0; i < sizes.count; i++) {
		size_t count = sizes.list[i];
		bool large = count * width > (size_t)1 << 17;
		/* Large sizes use the same code for most operators. */
		if (large && op != COHORT_SUM && op != COHORT_BXOR)
			continue;
		if (run->quick && (i + (size_t)op) % 4 > 0)
			continue;
		check_case("allreduce of %zu of type %d with operator %d",
		           count, (int)type, (int)op);
		if (in_place(run, op, i))
			checks_in_place(run, type, op, count, &expected);
		else
			checks_separate(run, type, op, count, &expected);
	}
}

/* Which ranks reduce in place. */
enum placed { NOBODY, EVERYBODY, ODD_RANKS, ROOT_ONLY, PLACED };

static bool placed_here(const struct run *run, enum placed placed)
{
	switch (placed) {
	case EVERYBODY:
		return true;
	case ODD_RANKS:
		return run->rank % 2 == 1;
	case ROOT_ONLY:
		return run->rank == 0;
	case NOBODY:
	case PLACED:
		break;
	}
	return false;
}

static void checks_placed(const struct run *run, cohort_type type, cohort_op op,
                          size_t count)
{
	const struct expected expected = expected_of(run, type, op);

	for (int placed = 0; placed < PLACED; placed++) {
		check_case(
		    "allreduce of %zu of type %d with operator %d, placed %d",
		    count, (int)type, (int)op, placed);
		if (placed_here(run, (enum placed)placed))
			checks_in_place(run, type, op, count, &expected);
		else
			checks_separate(run, type, op, count, &expected);
	}
}

/* Sizes beside the limits of what a rank reduces alone and of blocks, with and
 * without a core for each rank; more blocks than a ring holds; empty shares. */
static void checks_blocks(const struct run *run, cohort_type type, cohort_op op)
{
	enum { KIB = 1024 };
	const size_t width = cohort_type_size(type);
	const size_t counts[] = {
	    (size_t)run->size - 1,      2 * KIB / width + 1,
	    64 * KIB / width + 1,       128 * KIB / width - 1,
	    128 * KIB / width + 1,      256 * KIB / width - 1,
	    256 * KIB / width + 1,      17 * 128 * KIB / width + 3,
	    17 * 256 * KIB / width + 3,
	};
	const size_t cases = sizeof(counts) / sizeof(*counts);

	const size_t left_out = run->slow ? 2 : run->quick;

	for (size_t i = 0; i < cases - left_out; i++)
		checks_placed(run, type, op, counts[i]);
}

void part_allreduce(const struct run *run)
{
	for (int type = COHORT_INT8; type <= COHORT_UINT64; type++)
		for (int op = COHORT_SUM; op <= COHORT_BXOR; op++)
			checks_op(run, (cohort_type)type, (cohort_op)op);
	checks_blocks(run, COHORT_INT32, COHORT_SUM);
	checks_blocks(run, COHORT_UINT64, COHORT_BXOR);
	check_case("allreduce of nothing, at NULL");
	MUST(cohort_allreduce(run->group, NULL, NULL, 0, COHORT_INT8,
	                      COHORT_SUM));
	MUST(cohort_allreduce(run->group, COHORT_IN_PLACE, NULL, 0, COHORT_INT8,
	                      COHORT_SUM));
}
