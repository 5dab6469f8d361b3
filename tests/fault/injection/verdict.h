/*
 * The results of a run of the target, in memory that it shares with the program
 * that started it. The target writes here without a system call, so that it can
 * report whatever fails.
 */
#ifndef COHORT_TESTS_INJECTION_VERDICT_H
#define COHORT_TESTS_INJECTION_VERDICT_H

#include <cohort.h>

enum {
	RANKS_MOST = 4, /* the last for a peer that could not open */
	FAILURES_MOST = 24,
	SENTENCE_BYTES = 400,
	VERDICT_FD = 3, /* the file that both have mapped */
};

struct failure {
	cohort_status status;
	char call[24]; /* as the target names it */
	char sentence[SENTENCE_BYTES];
};

struct rank_verdict {
	int opened;
	int finished; /* came to its end */
	int deaf;     /* a signal did not stop its sweep; it may be blocked */
	int count;    /* of failures; more than FAILURES_MOST are not kept */
	struct failure failures[FAILURES_MOST];
	char wrong[SENTENCE_BYTES]; /* a call succeeded and its data is wrong */
};

struct verdict {
	struct rank_verdict ranks[RANKS_MOST];
};

#endif
