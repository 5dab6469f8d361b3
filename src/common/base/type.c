#include "type.h"

#include <assert.h>

#define TYPE_AGREES(name, c_type, family)                   \
	static_assert((int)TYPE_OF_##name == COHORT_##name, \
	              "TYPE_MAP has the order of cohort_type");
TYPE_MAP(TYPE_AGREES)
#undef TYPE_AGREES
static_assert(TYPES == COHORT_DOUBLE + 1, "TYPE_MAP has every cohort_type");

const struct type_row type_rows[] = {
#define ROW(name, c_type, family) \
	{sizeof(c_type), PTRDIFF_MAX / sizeof(c_type), "COHORT_" #name},
    TYPE_MAP(ROW)
#undef ROW
};

const char *type_name(cohort_type type)
{
	return type_valid(type) ? type_rows[type].name : "no type";
}

size_t cohort_type_size(cohort_type type)
{
	return type_valid(type) ? type_size(type) : 0;
}
