#define _POSIX_C_SOURCE 200809L
#include "environment.h"

#include <stdlib.h>
#include <string.h>

extern char **environ;

const char *environment_get(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

bool environment_set_default(const char *name, const char *value)
{
	return !getenv(name) && setenv(name, value, 0) == 0;
}

void environment_each(const char *prefix,
                      void (*each)(const char *variable, void *arg), void *arg)
{
	const size_t length = strlen(prefix);

	for (char **variable = environ; variable && *variable; variable++) {
		const char *equals = strchr(*variable, '=');
		if (!strncmp(*variable, prefix, length) && equals && equals[1])
			each(*variable, arg);
	}
}
