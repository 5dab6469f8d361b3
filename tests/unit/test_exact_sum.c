/*
 * The sum of doubles in whatever mode the thread computes. The expected sums are
 * closed forms, written as bits. Many more lists are in tests/exact_sum, beside an
 * outside oracle.
 */
#include "common/base/exact_sum.h"

#include <criterion/criterion.h>

#include <fenv.h>
#include <string.h>

struct row {
	const char *name;
	uint64_t values[3];
	int count;
	uint64_t sum;
};

static const struct row rows[] = {
    {"the least subnormal", {1}, 1, 1},
    {"less the least",
     {UINT64_C(0x8000000000000001)},
     1,
     UINT64_C(0x8000000000000001)},
    {"2^-1070 twice", {16, 16}, 2, 32},
    {"2^-1023 twice, the least normal number",
     {UINT64_C(0x0008000000000000), UINT64_C(0x0008000000000000)},
     2,
     UINT64_C(0x0010000000000000)},
    {"1 and half of its last place, to even",
     {UINT64_C(0x3ff0000000000000), UINT64_C(0x3ca0000000000000)},
     2,
     UINT64_C(0x3ff0000000000000)},
    {"the same and the least subnormal, up",
     {UINT64_C(0x3ff0000000000000), UINT64_C(0x3ca0000000000000), 1},
     3,
     UINT64_C(0x3ff0000000000001)},
    {"2 less its last place, and half of that, up to 2",
     {UINT64_C(0x3fffffffffffffff), UINT64_C(0x3ca0000000000000)},
     2,
     UINT64_C(0x4000000000000000)},
    {"twice the largest",
     {UINT64_C(0x7fefffffffffffff), UINT64_C(0x7fefffffffffffff)},
     2,
     UINT64_C(0x7ff0000000000000)},
    {"less than half of its last place more than the largest",
     {UINT64_C(0x7fefffffffffffff), UINT64_C(0x7c8fffffffffffff)},
     2,
     UINT64_C(0x7fefffffffffffff)},
    {"what cancels",
     {UINT64_C(0x3ff0000000000000), UINT64_C(0xbff0000000000000)},
     2,
     0},
};

static void check_rows(const char *mode)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];
		struct exact_sum sum = {{0}};
		double values[3];
		uint64_t got;

		memcpy(values, row->values, sizeof(values));
		exact_sum_add(&sum, values, (size_t)row->count);
		const double out = exact_sum_round(&sum);
		memcpy(&got, &out, sizeof(got));
		cr_expect(got == row->sum, "%s, %s: %016llx, not %016llx",
		          row->name, mode, (unsigned long long)got,
		          (unsigned long long)row->sum);
	}
}

Test(exact_sum, as_it_is_by_default)
{
	check_rows("by default");
}

Test(exact_sum, with_any_rounding_mode)
{
	static const struct {
		const char *name;
		int mode;
	} modes[] = {{"upward", FE_UPWARD},
	             {"downward", FE_DOWNWARD},
	             {"towards zero", FE_TOWARDZERO}};

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		cr_assert_eq(fesetround(modes[i].mode), 0);
		check_rows(modes[i].name);
	}
	fesetround(FE_TONEAREST);
}

#ifdef __SSE2__
/* As programs do that are linked with -ffast-math. */
Test(exact_sum, where_subnormal_numbers_are_zero)
{
	const unsigned flush_to_zero = 1U << 15;
	const unsigned denormals_are_zero = 1U << 6;
	const unsigned before = __builtin_ia32_stmxcsr();

	__builtin_ia32_ldmxcsr(before | flush_to_zero | denormals_are_zero);
	check_rows("with subnormal numbers as zero");
	__builtin_ia32_ldmxcsr(before);
}
#endif
