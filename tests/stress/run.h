/* One run of the stress program on one rank; the functions that its parts
 * share: data that any rank can compute, and the report of a failure. */
#ifndef STRESS_RUN_H
#define STRESS_RUN_H

#include "cohort.h"
#include "dice.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	RANKS_MOST = 1024,
	BYTES_MOST = 5 * 1024 * 1024 + 64, /* of a rank: more than a ring */
	SHIFT_MOST = 8,
	ANY_ROOT = -1
};

/* Memory of one kind, reused by all operations. */
struct memory {
	unsigned char *send; /* BYTES_MOST */
	unsigned char *recv; /* as many for each rank */
};

/* Results that are kept for a while, and the values that they must have. */
struct harvest {
	cohort_results *results;
	size_t count;
	uint64_t key;
};

struct run {
	cohort *group;
	int rank;
	int size;
	uint64_t seed;
	uint64_t large;     /* in a thousand operations: of some MiB */
	uint64_t operation; /* from 1 */
	uint64_t step;      /* of a row, from 1, which is one operation */
	int root;           /* of all calls of a row */
	const char *name;   /* of the operation */
	struct dice all;    /* drawn alike on every rank */
	struct dice own;
	struct memory plain;
	struct memory shared; /* cohort_alloc's */
	size_t *counts;       /* one for each rank */
	struct harvest harvest;
	/* By rank: the operation that the rank has reached, in memory that all
	 * share; NULL where ranks are not forks of one process. */
	_Atomic uint64_t *arrived;
};

/* The memory that operations use, once group, rank and size are known. */
void run_prepare(struct run *run);
void run_release(struct run *run);

/* The next operation, perhaps after a delay. */
void run_next(struct run *run);

/* Sometimes. */
void run_delay(struct run *run);

/* Ends all ranks, with a sentence that names rank, operation and seed. */
_Noreturn void run_fail(const struct run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The call has succeeded. */
void run_must(const struct run *run, cohort_status status);

/* Fails unless all ranks have reached this operation. */
void run_check_arrived(const struct run *run);

/* What rank r sends in this operation. */
uint64_t data_key(const struct run *run, int r);
void data_fill(void *at, size_t bytes, uint64_t key);
void data_check(const struct run *run, const void *at, size_t bytes,
                uint64_t key, const char *what);

/* Fill with bytes that no rank sends on purpose. */
void data_spoil(void *at, size_t bytes);

/* Element i of a contribution to a reduction, as a whole number that fits the
 * type; sums of them over all ranks are exact. */
uint64_t data_number(uint64_t key, size_t i, cohort_type type);

void sweep_make(struct run *run);
/* From time to time, check the kept results once more, and free them. */
void sweep_age(struct run *run);
void sweep_forget(struct run *run);

/* One of the operations, whichever the dice say. */
void operation_make(struct run *run);

#endif
