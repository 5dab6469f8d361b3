/* What some programs write at the beginning of a text in UTF-8. */
#ifndef TOOLS_PARAMS_BYTE_ORDER_MARK_H
#define TOOLS_PARAMS_BYTE_ORDER_MARK_H

#include <stddef.h>
#include <string.h>

/* The bytes of the mark with which a text begins; 0 if there is none. */
static inline size_t byte_order_mark_bytes(const char *text)
{
	return strncmp(text, "\xef\xbb\xbf", 3) ? 0 : 3;
}

#endif
