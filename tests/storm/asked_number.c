#include "asked_number.h"

#include <stdlib.h>

uint64_t asked_number(const char *variable, const char *argument,
                      uint64_t otherwise)
{
	const char *text = getenv(variable);

	if (text && *text)
		return strtoull(text, NULL, 10);
	return argument ? strtoull(argument, NULL, 10) : otherwise;
}
