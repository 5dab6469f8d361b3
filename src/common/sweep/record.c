#include "record.h"

#include <string.h>

void record_write(unsigned char *start, const struct record *record,
                  const char *error)
{
	const size_t error_bytes = (size_t)record->error_bytes;

	memcpy(start, record, sizeof(*record));
	if (error_bytes == 0)
		return;
	/* The padding is zeroed too: equal results are equal bytes. */
	memset(start + RECORD_HEADER_BYTES, 0, record_padded(error_bytes));
	memcpy(start + RECORD_HEADER_BYTES, error, error_bytes);
}

const struct record *record_read(const unsigned char *records, size_t *offset,
                                 const void **data, const char **error)
{
	const unsigned char *start = records + *offset;
	const struct record *record = (const void *)start;
	const unsigned char *body = start + RECORD_HEADER_BYTES;
	const size_t bytes = (size_t)record->bytes;

	*data = bytes ? body : NULL;
	*error = record->error_bytes ? (const char *)body + record_padded(bytes)
	                             : "";
	*offset += record_size(bytes, (size_t)record->error_bytes);
	return record;
}
