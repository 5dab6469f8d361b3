#include "abandoned_buffers.h"

#include "common/base/error.h"
#include "common/base/plural.h"

#include <stdlib.h>
#include <string.h>

cohort_status buffer_copy_in(const struct call *call, const void *from,
                             size_t bytes, void **out)
{
	char text[CALL_TEXT_BYTES];

	*out = malloc(bytes ? bytes : 1);
	if (!*out)
		return error_sys("%s: malloc of %zu byte%s for a copy, which "
		                 "calls with a timeout need",
		                 call_describe(call, text), bytes,
		                 plural(bytes));
	if (from && bytes > 0)
		memcpy(*out, from, bytes);
	return COHORT_OK;
}

void buffer_copy_out(void *copy, void *to, size_t bytes)
{
	if (to && bytes > 0)
		memcpy(to, copy, bytes);
	free(copy);
}
