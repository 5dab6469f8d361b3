#include "struct_size.h"

#include "error.h"

#include <string.h>

bool struct_read(void *to, size_t to_bytes, const void *from, size_t from_bytes)
{
	const unsigned char *bytes = from;

	for (size_t i = to_bytes; i < from_bytes; i++)
		if (bytes[i])
			return false;
	struct_write(to, to_bytes, from, from_bytes);
	return true;
}

cohort_status struct_refuse(cohort_status status, const char *function,
                            const char *name, size_t from_bytes,
                            size_t to_bytes)
{
	return error_set(status,
	                 "%s: %s has %zu bytes and sets a field behind the %zu "
	                 "bytes that cohort %s knows: the program was compiled "
	                 "against a newer cohort.h: install that version or "
	                 "leave the field 0",
	                 function, name, from_bytes, to_bytes,
	                 cohort_version());
}

void struct_write(void *to, size_t to_bytes, const void *from,
                  size_t from_bytes)
{
	const size_t both = to_bytes < from_bytes ? to_bytes : from_bytes;

	memcpy(to, from, both);
	memset((unsigned char *)to + both, 0, to_bytes - both);
}
