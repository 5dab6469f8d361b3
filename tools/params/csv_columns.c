/* libcsv does not tell where a value begins. A row that goes on in another line
 * does so within quotes, and doubled quotes are as two single ones here. */
#include "csv_columns.h"

static size_t end_of(const struct csv_line_text *line)
{
	size_t end = line->count;

	while (end > 0 &&
	       (line->bytes[end - 1] == '\n' || line->bytes[end - 1] == '\r'))
		end--;
	return end;
}

size_t csv_value_offset(const struct csv_line_text *line, size_t number)
{
	const size_t end = end_of(line);
	bool quoted = line->goes_on;
	size_t at = 0;

	for (; at < end && number > 0; at++) {
		quoted ^= line->bytes[at] == '"';
		number -= !quoted && line->bytes[at] == line->delimiter;
	}
	return at;
}

size_t csv_open_quote_offset(const struct csv_line_text *line)
{
	bool quoted = line->goes_on;
	size_t open = line->count;

	for (size_t at = 0; at < line->count; at++) {
		if (line->bytes[at] != '"')
			continue;
		quoted = !quoted;
		if (quoted && (at == 0 || line->bytes[at - 1] != '"'))
			open = at;
	}
	return quoted ? open : line->count;
}
