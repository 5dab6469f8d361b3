/*
 * The seas to sweep over, read from a CSV file whose first row names the
 * columns: name, salinity_g_per_kg and temperature_c, in any order. Other
 * columns, such as the source of the figures, are skipped.
 */
#ifndef RO_SEAS_H
#define RO_SEAS_H

#include <stddef.h>

struct sea {
	char *name;
	double salinity;    /* g/kg */
	double temperature; /* C */
};

struct seas {
	struct sea *all;
	size_t count; /* at least one, once read */
};

#define SEAS_WHY_BYTES 512

/**
 * Returns 0; or -1 with a sentence in `why`, and nothing to release, if the
 * file cannot be read, lacks a column or a value, or has no rows.
 */
int seas_read(const char *path, struct seas *out, char why[SEAS_WHY_BYTES]);

/** Also for seas that are all zero. */
void seas_free(struct seas *seas);

#endif
