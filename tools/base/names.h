/* Names that a user may have misspelled. */
#ifndef TOOLS_BASE_NAMES_H
#define TOOLS_BASE_NAMES_H

#include <stddef.h>

/*
 * The name of `names` that is most like `name`: the one with the least edit
 * distance (Levenshtein 1966), if that is at most a third of the name's length
 * and one. NULL if none is. Cost: the product of both lengths for each name.
 */
const char *names_nearest(const char *name, const char *const names[],
                          size_t count);

#endif
