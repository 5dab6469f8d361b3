/* Collective calls that go several times round the rings. */
#ifndef FAULT_LARGE_TRANSFER_H
#define FAULT_LARGE_TRANSFER_H

#include "runner.h"

#include <stddef.h>
#include <stdint.h>

enum {
	LARGE_RANKS = 4,
	LARGE_ROOT = 1,
	LARGE_ELEMENTS = 1 << 20, /* 8 MiB from each */
};

/* The buffers of a rank. They are filled before the call, so that a moment of the
 * call is not spent on filling. */
struct large_transfer {
	cohort *group;
	int rank;
	int64_t *mine; /* LARGE_ELEMENTS */
	int64_t *all;  /* as many from each */
	size_t counts[LARGE_RANKS];
};

#define LARGE_MAP(X)  \
	X(bcast)      \
	X(gatherv)    \
	X(allgatherv) \
	X(allreduce)

enum large {
#define LARGE_ENUM(name) LARGE_##name,
	LARGE_MAP(LARGE_ENUM)
#undef LARGE_ENUM
	    LARGES
};

struct large_kind {
	const char *name;
	cohort_status (*move)(struct large_transfer *t);
	bool (*arrived)(const struct large_transfer *t);
};

/* By enum large: a call, and whether its data have arrived on this rank. */
extern const struct large_kind large_kinds[];

/* Open a group with this timeout and fill the buffers. */
struct large_transfer large_prepare(double timeout);

/* Overwrite the receive buffer. */
void large_clear(struct large_transfer *t);

void large_free(struct large_transfer *t);

#endif
