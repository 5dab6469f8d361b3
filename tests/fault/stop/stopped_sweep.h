/* A sweep that signals stop, and checks of its results. */
#ifndef FAULT_STOP_STOPPED_SWEEP_H
#define FAULT_STOP_STOPPED_SWEEP_H

#include "cohort.h"

#include <stddef.h>

/* The first FAST tasks end at once. PATIENCE_S detects a hang, and bounds
 * nothing. */
enum { TASKS = 1000, FAST = 10, PATIENCE_S = 120 };

/* Where ranks leave words for the script. */
extern const char *folder;

/* The group of this rank; NULL: closed. */
extern cohort *group;

/* Print that something is wrong, and count it. */
void wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
int wrong_count(void);

#define EXPECT(holds)                                           \
	do {                                                    \
		if (!(holds))                                   \
			wrong("line %d: %s", __LINE__, #holds); \
	} while (0)

/* A file "WORD.RANK" with the number in it, all at once. */
void leave_word(const char *word, long number);

/* Until a signal stops the sweep: returns it. 0: none came. */
int await_stop(void);

/* The tasks' state is the process id of the rank, a long. */
cohort_job job_of(int (*execute)(cohort_task *));

/* The parameters of all tasks: TASKS of them. */
const int *params(void);

/* Write the result that expect_results looks for. */
int finish_task(cohort_task *task);

int do_nothing(cohort_task *task);

cohort_status sweep(int (*execute)(cohort_task *));

/* Check that tasks that were run, in this run or an earlier one, have results, and
 * that the others say why they have none. Returns the number of those that were. */
size_t expect_results(int signal, size_t least, size_t most);

#endif
