#define _POSIX_C_SOURCE 200809L
#include "plan.h"

#include "base/failure.h"
#include "base/names.h"
#include "base/number.h"
#include "base/text.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ITERATIONS_MOST = 1000 * 1000 * 1000, WORD_BYTES = 64 };

/* ---- words ---- */

static bool unknown_word(const char *option, const char *word,
                         const char *const names[], size_t count)
{
	struct text list = {0};
	const char *near = names_nearest(word, names, count);

	for (size_t i = 0; i < count; i++)
		text_print(&list, "%s%s", i ? ", " : "", names[i]);
	failure("%s %s: there are %s%s%s%s", option, word, text_string(&list),
	        near ? "; did you mean " : "", near ? near : "",
	        near ? "?" : "");
	text_free(&list);
	return false;
}

static bool check_word(const char *option, const char *word,
                       const char *const names[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(word, names[i]))
			return true;
	return unknown_word(option, word, names, count);
}

/* ---- lists ---- */

/* Takes the next value of a list with commas between; false at its end. A value
 * that is too long for `word` is cut, and is no valid value. */
static bool next_value(const char **list, char word[WORD_BYTES])
{
	if (!*list)
		return false;
	const size_t length = strcspn(*list, ",");

	snprintf(word, WORD_BYTES, "%.*s", (int)length, *list);
	*list = (*list)[length] ? *list + length + 1 : NULL;
	return true;
}

static bool read_calls(const char *list, struct bench_plan *out)
{
	const char *names[BENCH_CALLS];
	char word[WORD_BYTES];

	for (size_t i = 0; i < BENCH_CALLS; i++) {
		names[i] = bench_calls[i].name;
		out->has_call[i] = !list;
	}
	while (next_value(&list, word)) {
		bool is_known = false;

		for (size_t i = 0; i < BENCH_CALLS; i++)
			if (!strcmp(word, names[i]))
				is_known = out->has_call[i] = true;
		if (!is_known)
			return unknown_word("--calls", word, names,
			                    BENCH_CALLS);
	}
	return true;
}

/* "1K" is 1024: sizes of messages are powers of two. */
static bool read_size(const char *word, size_t *out)
{
	static const char units[] = "KMG";
	char digits[WORD_BYTES];
	size_t length = strlen(word);
	uint64_t number;
	unsigned shift = 0;

	snprintf(digits, sizeof(digits), "%s", word);
	const char *unit = length > 1 ? strchr(units, word[length - 1]) : NULL;
	if (unit && *unit) {
		shift = 10 * (unsigned)(unit - units + 1);
		digits[length - 1] = '\0';
	}
	if (!number_read_count(digits, (uint64_t)PTRDIFF_MAX >> 32, &number) ||
	    number == 0 || number > (uint64_t)PTRDIFF_MAX >> shift)
		return false;
	*out = (size_t)(number << shift);
	return true;
}

static bool add_size(const char *option, size_t size, struct size_list *out)
{
	if (out->count == SIZES_MOST)
		return failure("%s: at most %d sizes", option, SIZES_MOST);
	out->values[out->count++] = size;
	return true;
}

static bool read_doubling(const char *text, struct size_list *out)
{
	char from_word[WORD_BYTES];
	const char *colon = strchr(text, ':');
	size_t from;
	size_t to;

	snprintf(from_word, sizeof(from_word), "%.*s", (int)(colon - text),
	         text);
	if (!read_size(from_word, &from) || !read_size(colon + 1, &to) ||
	    from > to)
		return failure("--sizes %s: expected FROM:TO with sizes as in "
		               "8, 4K or 1M, and FROM not above TO",
		               text);
	for (size_t size = from; size <= to; size *= 2) {
		if (!add_size("--sizes", size, out))
			return false;
		if (size > SIZE_MAX / 4)
			break;
	}
	return true;
}

static bool read_sizes(const char *option, const char *list,
                       struct size_list *out)
{
	char word[WORD_BYTES];
	size_t size;

	while (next_value(&list, word)) {
		if (!read_size(word, &size))
			return failure("%s %s: expected a number from 1 up, as "
			               "in 8, 4K or 1M",
			               option, word);
		if (!add_size(option, size, out))
			return false;
	}
	return true;
}

/* ---- the plan ---- */

static bool read_effort(const struct bench_options *options,
                        struct bench_plan *out)
{
	uint64_t count;

	out->seconds = 0.1;
	if (options->seconds &&
	    (!number_read(options->seconds, &out->seconds) ||
	     out->seconds <= 0))
		return failure("--seconds %s: expected a number of seconds "
		               "above 0",
		               options->seconds);
	if (!options->iterations)
		return true;
	if (options->seconds)
		return failure("--seconds and --iterations both say how long a "
		               "line takes: leave one of them out");
	if (!number_read_count(options->iterations, ITERATIONS_MOST, &count) ||
	    count == 0)
		return failure("--iterations %s: expected a whole number from "
		               "1 to %d",
		               options->iterations, ITERATIONS_MOST);
	out->iterations = (size_t)count;
	return true;
}

static bool read_ranks(const struct bench_options *options,
                       struct bench_plan *out)
{
	static const char *const backends[] = {"auto", "serial", "mp", "mpi"};
	static const char *const transports[] = {"shm", "socket"};
	uint64_t ranks = 0;

	if (options->backend &&
	    !check_word("--backend", options->backend, backends, 4))
		return false;
	if (options->transport &&
	    !check_word("--transport", options->transport, transports, 2))
		return false;
	if (options->ranks &&
	    (!number_read_count(options->ranks, INT_MAX, &ranks) || ranks == 0))
		return failure("--ranks %s: expected a whole number from 1 up",
		               options->ranks);
	out->group.backend = options->backend;
	out->group.size = (int)ranks;
	if (options->transport)
		setenv("COHORT_TRANSPORT", options->transport, 1);
	return true;
}

/* A call that is asked for is timed with one size at least. */
static bool check_floats(const struct bench_options *options,
                         const struct bench_plan *plan)
{
	if (!options->calls || !plan->has_call[BENCH_CALL_allreduce])
		return true;
	for (size_t i = 0; i < plan->bytes.count; i++)
		if (plan->bytes.values[i] % sizeof(float) == 0)
			return true;
	return failure("--sizes %s: allreduce adds floats, and needs a "
	               "multiple of 4",
	               options->sizes);
}

bool bench_plan_make(const struct bench_options *options,
                     struct bench_plan *out)
{
	const char *sizes = options->sizes ? options->sizes : "1:1M";

	if (options->rest.count > 0)
		return failure("'%s' is no option, and nothing else is "
		               "expected; cohort bench --help lists all "
		               "options",
		               options->rest.items[0]);
	return read_calls(options->calls, out) &&
	       (strchr(sizes, ':')
	            ? read_doubling(sizes, &out->bytes)
	            : read_sizes("--sizes", sizes, &out->bytes)) &&
	       read_sizes("--tasks",
	                  options->tasks ? options->tasks : "1000,100000",
	                  &out->tasks) &&
	       check_floats(options, out) && read_effort(options, out) &&
	       read_ranks(options, out);
}
