#include "combine.h"

#include "base/failure.h"

#include <stdint.h>
#include <string.h>

static void add_columns(struct table *out, const struct table *of)
{
	for (size_t c = 0; c < of->columns; c++)
		table_add_column(out, of->names[c], strlen(of->names[c]));
}

static void add_row(struct table *out, const struct table *left, size_t l,
                    const struct table *right, size_t r)
{
	size_t bytes;
	const char *row = table_row(left, l, &bytes);

	text_add(&out->bytes, row, bytes);
	row = table_row(right, r, &bytes);
	text_add(&out->bytes, row, bytes);
	table_end_row(out);
}

bool combine_product(const struct table *slow, const struct table *fast,
                     struct table *out)
{
	if (fast->rows > 0 &&
	    slow->rows > SIZE_MAX / sizeof(size_t) / fast->rows)
		return failure("-p %s: %zu times %zu parameter sets are too "
		               "many: use --sample, or fewer values",
		               fast->names[0], slow->rows, fast->rows);
	*out = (struct table){0};
	add_columns(out, slow);
	add_columns(out, fast);
	for (size_t s = 0; s < slow->rows; s++)
		for (size_t f = 0; f < fast->rows; f++)
			add_row(out, slow, s, fast, f);
	return true;
}

bool combine_zip(const struct table *left, const struct table *right,
                 struct table *out)
{
	if (left->rows != right->rows)
		return failure("--zip pairs values one by one, but %s has %zu "
		               "and %s has %zu: give them as many, or leave "
		               "--zip out for all combinations",
		               left->names[left->columns - 1], left->rows,
		               right->names[0], right->rows);
	*out = (struct table){0};
	add_columns(out, left);
	add_columns(out, right);
	for (size_t i = 0; i < left->rows; i++)
		add_row(out, left, i, right, i);
	return true;
}
