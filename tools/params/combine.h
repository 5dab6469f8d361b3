/* Tables made of two. The results have the columns of both, the first one's in
 * front; the caller frees all three. */
#ifndef TOOLS_PARAMS_COMBINE_H
#define TOOLS_PARAMS_COMBINE_H

#include "table.h"

/* Each row of `slow` with each row of `fast`; the last rows of `fast` change
 * first. False if there would be more rows than memory can number. */
bool combine_product(const struct table *slow, const struct table *fast,
                     struct table *out);

/* Row i of `left` with row i of `right`. False if they differ in length. */
bool combine_zip(const struct table *left, const struct table *right,
                 struct table *out);

#endif
