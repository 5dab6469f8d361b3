#include "type.h"

const struct type_row type_rows[] = {
#define ROW(name, c_type, family) \
	{sizeof(c_type), PTRDIFF_MAX / sizeof(c_type), "COHORT_" #name},
    COHORT_TYPE_MAP(ROW)
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
