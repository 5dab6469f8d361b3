/* Names that a user may have misspelled. */
#ifndef TOOLS_BASE_NAMES_H
#define TOOLS_BASE_NAMES_H

#include <stddef.h>

/*
 * The name of `names` that is most like `name`: the one with the least edit
 * distance, if that is at most `most`. NULL if none is. The distance counts
 * letters that are missing, added, replaced, or exchanged with the next one
 * (Damerau 1964). Cost: the product of both lengths for each name.
 */
const char *names_within(const char *name, size_t most,
                         const char *const names[], size_t count);

/* The same with a third of the name's length, and one, as the most. */
const char *names_nearest(const char *name, const char *const names[],
                          size_t count);

#endif
