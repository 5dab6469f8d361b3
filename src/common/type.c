#include "type.h"

enum family { SIGNED, UNSIGNED, FLOATING };

static const struct {
	const char *name;
	size_t size;
	enum family family;
} types[] = {
#define ROW(name, c_type, family) {"COHORT_" #name, sizeof(c_type), family},
    COHORT_TYPE_MAP(ROW)
#undef ROW
};

bool type_valid(cohort_type type)
{
	return (size_t)type < sizeof(types) / sizeof(*types);
}

bool type_floating(cohort_type type)
{
	return type_valid(type) && types[type].family == FLOATING;
}

const char *type_name(cohort_type type)
{
	return type_valid(type) ? types[type].name : "no type";
}

size_t cohort_type_size(cohort_type type)
{
	return type_valid(type) ? types[type].size : 0;
}
