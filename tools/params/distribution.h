/* A distribution that values are drawn from, as a -p option names it. */
#ifndef TOOLS_PARAMS_DISTRIBUTION_H
#define TOOLS_PARAMS_DISTRIBUTION_H

#include "table.h"

enum { DISTRIBUTION_NUMBERS = 3 };

struct distribution {
	const struct distribution_kind *kind;
	double numbers[DISTRIBUTION_NUMBERS]; /* as the option gives them */
	struct table choices;                 /* of `choice`, in one column */
};

/* Whether the text of a -p option names a distribution. */
bool distribution_is_named(const char *text);

/* The name of distribution number `i`; NULL behind the last. */
const char *distribution_word(size_t i);

/*
 * Reads one of
 *
 *	uniform:LO:HI
 *	normal:MEAN:SD
 *	loguniform:LO:HI
 *	triangular:LO:MODE:HI
 *	choice:A,B,...
 *
 * for the option -p `name`.
 */
bool distribution_read(const char *name, const char *text,
                       struct distribution *out);

/* Adds the value below which the share `u` of the distribution lies to the row
 * that is being made; u is in [0, 1). */
void distribution_add(const struct distribution *distribution, double u,
                      struct table *out);

/* Whether the value at u = 0 is infinite. */
bool distribution_has_tail(const struct distribution *distribution);

void distribution_free(struct distribution *distribution);

#endif
