/* How many elements come from each rank, for gatherv and allgatherv. */
#ifndef CONFORMANCE_PARTING_H
#define CONFORMANCE_PARTING_H

#include "pattern.h"

#define PARTING_MAP(X)                                    \
	X(EVEN)   /* the same from all */                 \
	X(STEPS)  /* each one more than the one before */ \
	X(GAPS)   /* every other rank has none */         \
	X(LAST)   /* all from the last */                 \
	X(FIRST)  /* all from the first */                \
	X(HALVES) /* each half of the one before */       \
	X(UNEVEN) /* all, none, one, over a 24th and over a 12th of it */

enum parting {
#define PARTING_ENUM(name) PARTING_##name,
	PARTING_MAP(PARTING_ENUM)
#undef PARTING_ENUM
	    PARTINGS
};

/* One case: how much each rank sends, and where it goes. */
struct parting_case {
	cohort_type type;
	size_t *counts; /* of all ranks */
	size_t before;  /* elements of the ranks before this one */
	size_t mine;
	size_t total;
	uint64_t seed;
};

/* How `parting` distributes `count` elements over the ranks. */
struct parting_case parting_open(const struct run *run, cohort_type type,
                                 enum parting parting, size_t count);
void parting_close(struct parting_case *parts);

/* Elements of a byte of which, in the last two partings, parts differ by many
 * slices of a stream, and the longest go round the rings of mp: those of all
 * ranks, and of one. A 24th and a 12th of the former are a slice. */
enum { PARTING_ROUND_ALL = (3 << 20) + 5, PARTING_ROUND_ONE = (5 << 20) + 5 };

/* Whether so many elements from every rank would take too long to check. */
bool parting_large(const struct run *run, cohort_type type, size_t count);

/* Fill in what rank r sends. */
void parting_fill(const struct parting_case *parts, int r, void *at);

/* Check all parts, one after another. */
void parting_check(const struct run *run, const struct parting_case *parts,
                   const void *recv);

#endif
