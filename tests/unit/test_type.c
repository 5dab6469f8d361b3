/* The sizes of the element types are those that C and the header define. */
#include "common/base/type.h"

#include <criterion/criterion.h>

#include <limits.h>

static const struct {
	cohort_type type;
	size_t size;
	const char *name;
} known[] = {
    {COHORT_INT8, 1, "COHORT_INT8"},   {COHORT_UINT8, 1, "COHORT_UINT8"},
    {COHORT_INT16, 2, "COHORT_INT16"}, {COHORT_UINT16, 2, "COHORT_UINT16"},
    {COHORT_INT32, 4, "COHORT_INT32"}, {COHORT_UINT32, 4, "COHORT_UINT32"},
    {COHORT_INT64, 8, "COHORT_INT64"}, {COHORT_UINT64, 8, "COHORT_UINT64"},
    {COHORT_FLOAT, 4, "COHORT_FLOAT"}, {COHORT_DOUBLE, 8, "COHORT_DOUBLE"},
};

enum { KNOWN = sizeof(known) / sizeof(*known) };

Test(type, every_type_has_its_size_and_name)
{
	for (size_t i = 0; i < KNOWN; i++) {
		cohort_type type = known[i].type;
		cr_expect((size_t)type == i, "%s moved", known[i].name);
		cr_expect(type_valid(type));
		cr_expect(cohort_type_size(type) == known[i].size,
		          "%s has %zu bytes", known[i].name,
		          cohort_type_size(type));
		cr_expect(type_size(type) == known[i].size);
		cr_expect(type_most(type) == PTRDIFF_MAX / known[i].size);
		cr_expect_str_eq(type_name(type), known[i].name);
	}
}

Test(type, numbers_that_are_no_type)
{
	static const int none[] = {KNOWN, KNOWN + 1, -1, INT_MAX, INT_MIN};

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		cohort_type type = (cohort_type)none[i];
		cr_expect(!type_valid(type), "%d", none[i]);
		cr_expect(cohort_type_size(type) == 0, "%d", none[i]);
		cr_expect_str_eq(type_name(type), "no type");
	}
}
