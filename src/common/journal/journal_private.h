/* A journal that is open, to those who read it. */
#ifndef COHORT_COMMON_JOURNAL_JOURNAL_PRIVATE_H
#define COHORT_COMMON_JOURNAL_JOURNAL_PRIVATE_H

#include "journal.h"

#include <sys/types.h>

struct journal {
	char *path; /* as the program names it, for sentences */
	int dir;
	int lock;
	pid_t opener;
	uint64_t count; /* parameter sets */
	struct journal_run run;
};

#endif
