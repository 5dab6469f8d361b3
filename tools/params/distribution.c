#include "distribution.h"

#include "base/failure.h"
#include "base/number.h"
#include "real.h"
#include "values.h"

#include <math.h>
#include <string.h>

struct distribution_kind {
	const char *word;
	const char *form;    /* of what follows the colon */
	int numbers;         /* how many; 0: a list of choices */
	const char *demands; /* of the numbers, for the sentence */
	bool (*check)(const double numbers[]);
	double (*quantile)(const double numbers[], double u);
	bool has_tail;
};

static bool is_interval(const double n[])
{
	return n[0] < n[1] && isfinite(n[1] - n[0]);
}

static bool is_positive_interval(const double n[])
{
	return n[0] > 0 && is_interval(n);
}

static bool has_spread(const double n[])
{
	return n[1] > 0;
}

static bool is_triangle(const double n[])
{
	return n[0] <= n[1] && n[1] <= n[2] && n[0] < n[2] &&
	       isfinite(n[2] - n[0]);
}

static double quantile_uniform(const double n[], double u)
{
	return n[0] + (n[1] - n[0]) * u;
}

static double quantile_normal(const double n[], double u)
{
	return n[0] + n[1] * real_normal_quantile(u);
}

static double quantile_loguniform(const double n[], double u)
{
	const double low = real_log(n[0]);

	if (u <= 0)
		return n[0];
	return real_exp(low + (real_log(n[1]) - low) * u);
}

static double quantile_triangular(const double n[], double u)
{
	const double width = n[2] - n[0];
	const double rise = n[1] - n[0];

	if (u * width < rise)
		return n[0] + sqrt(u * width * rise);
	return n[2] - sqrt((1 - u) * width * (n[2] - n[1]));
}

static const struct distribution_kind kinds[] = {
    {"uniform", "LO:HI", 2, "LO below HI", is_interval, quantile_uniform,
     false},
    {"normal", "MEAN:SD", 2, "SD above 0", has_spread, quantile_normal, true},
    {"loguniform", "LO:HI", 2, "0 below LO below HI", is_positive_interval,
     quantile_loguniform, false},
    {"triangular", "LO:MODE:HI", 3, "LO <= MODE <= HI, LO below HI",
     is_triangle, quantile_triangular, false},
    {"choice", "A,B,...", 0, "", NULL, NULL, false},
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]), TEXT_BYTES = 128 };

static const struct distribution_kind *find_kind(const char *text)
{
	for (size_t i = 0; i < KINDS; i++)
		if (values_have_word(text, kinds[i].word))
			return &kinds[i];
	return NULL;
}

bool distribution_is_named(const char *text)
{
	return find_kind(text) != NULL;
}

const char *distribution_word(size_t i)
{
	return i < KINDS ? kinds[i].word : NULL;
}

static bool read_numbers(const char *text, int count, double numbers[])
{
	char copy[TEXT_BYTES];
	char *part = copy;

	if (strlen(text) >= sizeof(copy))
		return false;
	strcpy(copy, text);
	for (int i = 0; i < count; i++) {
		char *end = strchr(part, ':');

		if ((end == NULL) != (i == count - 1))
			return false;
		if (end)
			*end = '\0';
		if (!number_read(part, &numbers[i]))
			return false;
		part = end ? end + 1 : NULL;
	}
	return true;
}

bool distribution_read(const char *name, const char *text,
                       struct distribution *out)
{
	const struct distribution_kind *kind = find_kind(text);
	const char *rest = text + strlen(kind->word) + 1;

	*out = (struct distribution){.kind = kind};
	if (kind->numbers == 0)
		return values_read(name, rest, &out->choices);
	if (read_numbers(rest, kind->numbers, out->numbers) &&
	    kind->check(out->numbers))
		return true;
	return failure("-p %s=%s: expected %s:%s with %s", name, text,
	               kind->word, kind->form, kind->demands);
}

void distribution_add(const struct distribution *distribution, double u,
                      struct table *out)
{
	const struct distribution_kind *kind = distribution->kind;
	const struct table *choices = &distribution->choices;
	char text[NUMBER_BYTES];

	if (kind->numbers > 0) {
		number_write(kind->quantile(distribution->numbers, u), text);
		table_add_value(out, text, strlen(text));
		return;
	}
	size_t bytes;
	const size_t row = (size_t)(u * (double)choices->rows);
	const char *value = table_row(
	    choices, row < choices->rows ? row : choices->rows - 1, &bytes);
	table_add_value(out, value, bytes - 1);
}

bool distribution_has_tail(const struct distribution *distribution)
{
	return distribution->kind->has_tail;
}

void distribution_free(struct distribution *distribution)
{
	table_free(&distribution->choices);
}
