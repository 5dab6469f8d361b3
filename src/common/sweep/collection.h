/* The results of a sweep while one call brings them together: the parts that
 * are the same in a group that has all its ranks and in one that has lost
 * some. */
#ifndef COHORT_COMMON_SWEEP_COLLECTION_H
#define COHORT_COMMON_SWEEP_COLLECTION_H

#include "common/core/group.h"
#include "results.h"

enum audience { EVERY_RANK, ROOT_ONLY };

/* The store of one rank, as the other ranks know it. */
struct store_summary {
	uint64_t bytes;
	uint64_t status; /* not COHORT_OK: the rank cannot take part */
	uint64_t region; /* its address, which is the same on every rank; 0: the
	                    store is in no region that others can read */
};

struct collection {
	cohort *group;
	struct sweep *sweep;
	struct call call;
	enum audience audience;
	size_t result_bytes;             /* in the caller's cohort_result */
	struct store_summary *summaries; /* of every rank */
	size_t *counts;                  /* bytes from every rank */
	size_t *offsets;                 /* for gather_shared */
	cohort_status mine;              /* this rank's, before the others */
};

/* Sets the summaries and the records of every rank whose results this one gets,
 * and indexes them. */
typedef cohort_status (*collection_fill)(struct collection *c,
                                         cohort_results *results);

/* Make a cohort_results and call `fill` for it, with c->mine if there is no
 * memory. `call` is the cohort_gather or cohort_gather_to_root that this is
 * part of. On success the caller releases *out with cohort_results_free. */
COHORT_CHECKED cohort_status collection_run(cohort *group, struct sweep *sweep,
                                            const struct call *call,
                                            enum audience audience,
                                            size_t result_bytes,
                                            collection_fill fill,
                                            cohort_results **out);

/* `results` are of this sweep from now on. For each rank whose results this one
 * gets, make the region that they lie in readable here. */
COHORT_CHECKED cohort_status collection_open_regions(const struct collection *c,
                                                     cohort_results *results);

/* Read each rank's records where they were written. */
void collection_read_in_place(const struct collection *c,
                              cohort_results *results);

/* Check the records and make the lists of results. */
COHORT_CHECKED cohort_status collection_index(const struct collection *c,
                                              cohort_results *results);

#endif
