#define _POSIX_C_SOURCE 200809L
#include "environment.h"

#include <stdlib.h>

const char *environment_get(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

bool environment_set_default(const char *name, const char *value)
{
	return !getenv(name) && setenv(name, value, 0) == 0;
}
