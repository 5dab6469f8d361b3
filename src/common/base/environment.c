#define _POSIX_C_SOURCE 200809L
#include "environment.h"

#include "digest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

extern char **environ;

/* The kernel tells the program at its start. */
bool environment_is_distrusted(void)
{
	return getauxval(AT_SECURE) != 0;
}

const char *environment_get(const char *name)
{
	const char *value = environment_is_distrusted() ? NULL : getenv(name);

	return value && *value ? value : NULL;
}

bool environment_set_default(const char *name, const char *value)
{
	return !getenv(name) && setenv(name, value, 0) == 0;
}

void environment_set(const char *name, const char *value)
{
	const int ignored = value ? setenv(name, value, 1) : unsetenv(name);

	(void)ignored;
}

bool environment_unset_equal(const char *name, const char *value)
{
	const char *now = getenv(name);

	return now && !strcmp(now, value) && unsetenv(name) == 0;
}

char *environment_copy(const char *name)
{
	const char *value = getenv(name);

	return value ? strdup(value) : NULL;
}

/* digest_add takes the length in, so "a", "b" differ from "ab", "". */
uint64_t environment_fingerprint(uint64_t before, const char *name)
{
	const char *value = environment_get(name);
	const uint64_t begin = before ? before : DIGEST_BEGIN;

	return value ? digest_add(begin, value, strlen(value))
	             : ~digest_add(begin, "", 0);
}

void environment_each(const char *prefix,
                      void (*each)(const char *variable, void *arg), void *arg)
{
	const size_t length = strlen(prefix);
	char **first = environment_is_distrusted() ? NULL : environ;

	for (char **variable = first; variable && *variable; variable++) {
		const char *equals = strchr(*variable, '=');
		if (!strncmp(*variable, prefix, length) && equals && equals[1])
			each(*variable, arg);
	}
}
