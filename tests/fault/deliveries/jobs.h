/* Tasks for sweeps with an on_result, and the count of its calls. */
#ifndef FAULT_DELIVERIES_JOBS_H
#define FAULT_DELIVERIES_JOBS_H

#include "cohort.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The sweep that this process takes part in, or its child. */
struct scene {
	cohort *group;
	int rank;
	size_t count;
	size_t bytes;   /* of each result */
	double seconds; /* that each task takes */
	double first;   /* that task `front` takes */
	size_t front;
	size_t fatal;   /* the task that does harm; SIZE_MAX: none */
	size_t endless; /* the task that does not end; SIZE_MAX: none */
	double fuse;    /* seconds until it does */
	bool scribbles; /* the harm; else it kills its rank */
	bool first_too; /* task 0 scribbles, wherever it runs */
	size_t act_at;  /* the call of on_result that calls `act` */
	void (*act)(void);
	size_t stop_at; /* the call of on_result that stops the sweep */
	int notes;      /* a file: on_result appends each index; else -1 */
	const unsigned char *noted; /* those of an earlier run; NULL: none */
	double slow;                /* seconds that each call takes */
	int refusal;         /* errno with which rank 0 is refused memory */
	unsigned char *seen; /* by index */
	size_t calls;
	size_t failed; /* of these, for failed tasks */
	size_t next;   /* if results come by index: the least that may */
	bool ordered;
	pid_t root; /* rank 0 */
};

extern struct scene scene;

/* End the process, with the sentence. */
_Noreturn void fail(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* End the process if these are not the data that execute_scene makes. */
void check_data(const cohort_result *result);

int execute_scene(cohort_task *task);
int on_scene_result(void *arg, const cohort_result *result);

/* Of rank 1's share, task `fatal` ends its child. The next child destroys all
 * that it can write, and waits until rank 0's own share has been handed over,
 * and the first results of rank 1 are due. They make files in the working
 * directory. */
int execute_restored(cohort_task *task);
int on_restored_result(void *arg, const cohort_result *result);

/* Seconds of a clock that only grows. */
double seconds_now(void);

void nap_for(double seconds);

/* Print how much memory this process has used at most. End it if that is more than
 * `most` KiB, in a program without sanitizers. */
void expect_memory(long most);

#endif
