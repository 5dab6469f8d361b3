#include "struct_size.h"

#include "error.h"

#include <stddef.h>
#include <string.h>

/* Whether `field` ends where the struct does. A later library may have a field
 * in bytes that are padding now. C leaves padding unset, so such a library
 * would read a value there that no caller has chosen. */
#define ENDS_WITH(type, field) \
	(offsetof(type, field) + sizeof(((type *)NULL)->field) == sizeof(type))

/* Not on 32-bit ARM, where the next field must leave 4 bytes out. */
_Static_assert(sizeof(void *) < 8 || ENDS_WITH(cohort_job, identity_bytes),
               "cohort_job has padding at its end: make it a field");
_Static_assert(sizeof(void *) < 8 || ENDS_WITH(cohort_options, fork_arg),
               "cohort_options has padding at its end: make it a field");

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

cohort_status struct_check_result(const char *function, size_t result_bytes)
{
	if (result_bytes >= offsetof(cohort_result, attempts) + sizeof(int) &&
	    result_bytes % _Alignof(cohort_result) == 0)
		return COHORT_OK;
	return error_set(COHORT_EINVAL,
	                 "%s: result_bytes is %zu, which no version's "
	                 "cohort_result has: pass sizeof(cohort_result)",
	                 function, result_bytes);
}
