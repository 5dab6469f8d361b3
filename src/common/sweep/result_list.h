/*
 * The arrays of cohort_result that a program reads. A gather only reserves
 * their memory, which takes none from the system; an array is laid out when the
 * program asks for it, once, in whichever thread that is. So a gather costs no
 * more than a look at each record, and a program that reads its own results
 * only does not pay for those of all ranks.
 */
#ifndef COHORT_COMMON_SWEEP_RESULT_LIST_H
#define COHORT_COMMON_SWEEP_RESULT_LIST_H

#include "common/base/region_allocator.h"
#include "sweep.h"

/* The records of one rank, in the order in which it ran the tasks. */
struct rank_results {
	const unsigned char *records; /* NULL: not here */
	size_t bytes;
	/* The region of another rank that `records` is in. This rank counts as
	 * its reader until the results are freed. NULL: it is in none, or the
	 * region does not count readers any more. */
	void *peer_region;
};

struct result_list {
	cohort_result *items; /* zeroed memory until it is laid out */
	size_t mapped;        /* bytes of their mapping; 0: from calloc */
	size_t count;
	/* 0: not laid out. LISTED. Else the process of the thread that lays it
	 * out: a copy that was forked meanwhile has to do it again. */
	_Atomic int64_t state;
};

struct cohort_results {
	struct sweep *sweep; /* has the parameters and this rank's records */
	struct region_allocator *regions; /* held; NULL: none */
	struct rank_results *ranks;       /* one for each rank of the group */
	size_t rank_count;
	int rank;            /* this one */
	size_t result_bytes; /* of the caller's cohort_result */
	/* All records, if they were sent to this rank alone, or to all. */
	unsigned char *received;
	struct node_memory shared;
	bool complete; /* all ranks' records are here, not this rank's alone */
	/* Not part of this struct, which a program's pointer makes constant. */
	struct result_list *all; /* used if `complete` */
	struct result_list *local;
};

/* Room for list->count elements. It is not in use before it is written: malloc
 * may give memory that is. False if there is none. */
bool result_list_reserve(struct result_list *list, size_t result_bytes);

/* NULL is allowed. */
void result_list_free(struct result_list *list);

/* A result for each parameter set, by index. */
const cohort_result *result_list_all(const cohort_results *results);

/* The tasks that this rank ran in this run, by index. */
const cohort_result *result_list_local(const cohort_results *results);

#endif
