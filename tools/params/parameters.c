#include "parameters.h"

#include "base/failure.h"
#include "base/memory.h"
#include "base/number.h"
#include "combine.h"
#include "input.h"
#include "misspelled.h"
#include "values.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t samples_most = 1000000000;

/* Splits NAME=VALUES; *name is the caller's. NULL if there is no name. */
static const char *split_option(const char *option, char **name)
{
	const char *equals = strchr(option, '=');

	if (!equals || equals == option) {
		failure("-p %s: expected NAME=VALUES, as in -p feed=1,2,3",
		        option);
		return NULL;
	}
	*name = memory_text(option, (size_t)(equals - option));
	return equals + 1;
}

/* Combine `more` with the table so far, and free it. */
static bool add_table(struct table *table, struct table *more, bool zip)
{
	struct table whole = {0};
	bool good = true;

	if (table->columns == 0) {
		table_free(table);
		*table = *more;
		return true;
	}
	good = zip ? combine_zip(table, more, &whole)
	           : combine_product(table, more, &whole);
	table_free(more);
	if (good) {
		table_free(table);
		*table = whole;
	}
	return good;
}

static bool set_up_sample(const struct parameter_options *options,
                          struct sample *sample)
{
	uint64_t count;

	if (!number_read_count(options->sample, samples_most, &count) ||
	    count == 0)
		return failure("--sample %s: expected a number of samples from "
		               "1 to %llu",
		               options->sample,
		               (unsigned long long)samples_most);
	sample->count = (size_t)count;
	sample->is_seeded = options->seed != NULL;
	return parameters_seed(options, &sample->seed) &&
	       (!options->method ||
	        sample_method_read(options->method, &sample->method));
}

/* Reads the distributions of all sampled parameters. */
static bool read_columns(const struct parameter_options *options,
                         struct sample *sample)
{
	char *name = NULL;
	bool good = true;

	sample->columns =
	    memory_new(options->value_count, sizeof(*sample->columns));
	for (size_t i = 0; good && i < options->value_count; i++) {
		const char *text = split_option(options->values[i], &name);

		if (!text)
			return false;
		if (!distribution_is_named(text)) {
			free(name);
			continue;
		}
		struct sample_column *column =
		    &sample->columns[sample->column_count++];
		column->name = name;
		good = distribution_read(name, text, &column->distribution);
	}
	return good;
}

static void free_sample(struct sample *sample)
{
	for (size_t c = 0; c < sample->column_count; c++) {
		distribution_free(&sample->columns[c].distribution);
		free((char *)(size_t)sample->columns[c].name);
	}
	free(sample->columns);
}

static bool make_samples(const struct parameter_options *options,
                         struct table *out)
{
	struct sample sample = {0};
	const bool good = set_up_sample(options, &sample) &&
	                  read_columns(options, &sample) &&
	                  sample_make(&sample, out);

	free_sample(&sample);
	return good;
}

/* Whether the values, or those of a choice, say what they were meant to. */
static bool check_words(const struct parameter_options *options,
                        const char *name, const char *text)
{
	static const char choice[] = "choice";
	const char *list =
	    values_have_word(text, choice) ? text + sizeof(choice) : text;

	return values_are_made(list) ||
	       (list == text && distribution_is_named(text)) ||
	       misspelled_check(name, list, options->sample != NULL);
}

/* Adds the values of one -p. All samples are made for the first sampled one. */
static bool add_values(const struct parameter_options *options, size_t i,
                       bool *sampled, struct table *table)
{
	struct table more = {0};
	char *name = NULL;
	const char *text = split_option(options->values[i], &name);
	bool good = text != NULL && check_words(options, name, text);

	if (good && !distribution_is_named(text)) {
		good = values_read(name, text, &more);
	} else if (good && !options->sample) {
		good = failure("-p %s: samples of a distribution need "
		               "--sample COUNT",
		               options->values[i]);
	} else if (good && *sampled) {
		free(name);
		return true;
	} else if (good) {
		*sampled = true;
		good = make_samples(options, &more);
	}
	free(name);
	if (good)
		return add_table(table, &more, options->zip);
	table_free(&more);
	return false;
}

bool parameters_seed(const struct parameter_options *options, uint64_t *out)
{
	*out = 0;
	return !options->seed ||
	       number_read_count(options->seed, UINT64_MAX, out) ||
	       failure("--seed %s: expected a whole number from 0 to 2^64 - 1",
	               options->seed);
}

bool parameters_make(const struct parameter_options *options, struct table *out)
{
	bool sampled = false;
	bool good = true;

	*out = (struct table){0};
	if (options->input)
		good = input_read(options->input, options->format, out);
	for (size_t i = 0; good && i < options->value_count; i++)
		good = add_values(options, i, &sampled, out);
	if (good && options->sample && !sampled)
		good = failure("--sample %s: no -p names a distribution: add "
		               "one, as in -p x=uniform:0:1",
		               options->sample);
	if (good && out->columns == 0)
		table_end_row(out);
	return good && table_check_names(out, "-p");
}
