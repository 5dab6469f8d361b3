#include "shell_quote.h"

#include <stdbool.h>
#include <string.h>

static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            "0123456789_-+=.,:/@%";

void shell_quote(const char *value, struct text *out)
{
	/* NAME=VALUE at a command's beginning would be an assignment. */
	const bool may_assign = *value != '-' && strchr(value, '=');

	if (*value && !may_assign && !value[strspn(value, plain)]) {
		text_add_string(out, value);
		return;
	}
	shell_quote_always(value, out);
}

void shell_quote_always(const char *value, struct text *out)
{
	text_add_string(out, "'");
	for (; *value; value++)
		if (*value == '\'')
			text_add_string(out, "'\\''");
		else
			text_add(out, value, 1);
	text_add_string(out, "'");
}
