#include "csv_line.h"

#include <csv.h>

int csv_line_no_space(unsigned char character)
{
	(void)character;
	return 0;
}

bool csv_line_split(const char *text, size_t bytes, enum csv_spaces spaces,
                    csv_take *take, void *arg)
{
	struct csv_parser parser;

	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI))
		return false;
	if (spaces == CSV_KEEP_SPACES)
		csv_set_space_func(&parser, csv_line_no_space);
	/* It would move a long field for each 128 bytes more. */
	csv_set_blk_size(&parser, bytes + 1);
	const bool good =
	    csv_parse(&parser, text, bytes, take, NULL, arg) == bytes &&
	    csv_fini(&parser, take, NULL, arg) == 0;
	csv_free(&parser);
	return good;
}
