/*
 * A rank's stock: what it has claimed and not begun. It lies on the board, so
 * that those who find no tickets left can take from it: a claim of several
 * tasks is a guess that they are short.
 */
#ifndef COHORT_COMMON_STOCK_H
#define COHORT_COMMON_STOCK_H

#include "board.h"

#include <stdbool.h>

enum { STOCK_MOST = 31 };

/* Put `count` numbers from `first` on into this rank's own stock, which is
 * empty. At most STOCK_MOST; none is allowed. */
void stock_fill(struct tally *own, uint64_t first, uint64_t count);

/* The first of its own; false if there is none left. */
bool stock_take(struct tally *own, uint64_t *out);

/* The last of somebody else's in the same sweep; false if nobody has any. */
bool stock_steal(struct board *board, int ranks, int seat, uint64_t *out);

#endif
