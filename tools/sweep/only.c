#include "only.h"

#include "base/failure.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/number.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char failed_word[] = "failed";

/* Reads the digits at *at, up to a byte that is none. */
static bool read_index(const char **at, uint64_t *out)
{
	char number[NUMBER_BYTES];
	const size_t length = strspn(*at, "0123456789");

	if (length == 0 || length >= sizeof(number))
		return false;
	memcpy(number, *at, length);
	number[length] = '\0';
	*at += length;
	return number_read_count(number, UINT64_MAX, out);
}

static bool read_range(const char **at, struct index_range *out)
{
	if (!read_index(at, &out->first))
		return false;
	out->last = out->first;
	if (**at != '-')
		return true;
	++*at;
	return read_index(at, &out->last) && out->last >= out->first;
}

static bool refuse(const char *text)
{
	static const char *const words[] = {failed_word};
	const char *near = isalpha((unsigned char)*text)
	                       ? names_nearest(text, words, 1)
	                       : NULL;

	return failure("--only %s: expected failed, or indexes such as "
	               "3,7-9%s%s%s",
	               text, near ? "; did you mean " : "", near ? near : "",
	               near ? "?" : "");
}

bool only_read(const char *text, struct only *out)
{
	const char *at = text;
	struct index_range range;

	*out = (struct only){0};
	if (!text)
		return true;
	if (!strcmp(text, failed_word)) {
		out->failed = true;
		return true;
	}
	do {
		if (!read_range(&at, &range) || (*at && *at != ','))
			return refuse(text);
		out->ranges = memory_resize(out->ranges, out->count + 1,
		                            sizeof(*out->ranges));
		out->ranges[out->count++] = range;
	} while (*at++ == ',');
	return true;
}

static bool has_failed(const struct outcome *outcome)
{
	const enum task_end end = outcome_record(outcome).end;

	return end != TASK_OK && end != TASK_NOT_RUN;
}

static bool mark_ranges(const struct only *only, size_t rows, bool wanted[])
{
	for (size_t r = 0; r < only->count; r++) {
		const struct index_range range = only->ranges[r];

		if (range.last >= rows)
			return rows == 0
			           ? failure("--only %" PRIu64
			                     ": the sweep has no tasks",
			                     range.last)
			           : failure("--only %" PRIu64
			                     ": the sweep has tasks 0 to %zu",
			                     range.last, rows - 1);
		for (uint64_t i = range.first; i <= range.last; i++)
			wanted[i] = true;
	}
	return true;
}

bool only_choose(const struct only *only, size_t rows,
                 const struct outcome outcomes[], struct chosen *out)
{
	*out = (struct chosen){0};
	if (!only->failed && only->count == 0)
		return true;
	bool *wanted = memory_new(rows, sizeof(*wanted));
	const bool good = mark_ranges(only, rows, wanted);

	out->is_limited = true;
	out->indexes = memory_new(rows, sizeof(*out->indexes));
	for (size_t i = 0; good && i < rows; i++)
		if (wanted[i] || (only->failed && has_failed(&outcomes[i])))
			out->indexes[out->count++] = i;
	free(wanted);
	return good;
}

size_t only_leave_mended(const struct outcome outcomes[], size_t rows,
                         struct chosen *chosen)
{
	const size_t count = chosen_count(chosen, rows);
	size_t *indexes = memory_new(count, sizeof(*indexes));
	size_t left = 0;

	for (size_t i = 0; i < count; i++)
		if (!outcomes[chosen_index(chosen, i)].is_mended)
			indexes[left++] = chosen_index(chosen, i);
	if (left == count) {
		free(indexes);
		return 0;
	}
	chosen_free(chosen);
	*chosen = (struct chosen){
	    .is_limited = true, .indexes = indexes, .count = left};
	return count - left;
}

size_t chosen_count(const struct chosen *chosen, size_t all)
{
	return chosen->is_limited ? chosen->count : all;
}

size_t chosen_index(const struct chosen *chosen, size_t i)
{
	return chosen->is_limited ? chosen->indexes[i] : i;
}

void only_free(struct only *only)
{
	free(only->ranges);
	*only = (struct only){0};
}

void chosen_free(struct chosen *chosen)
{
	free(chosen->indexes);
	*chosen = (struct chosen){0};
}
