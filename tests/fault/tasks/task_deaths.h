/* The ways in which a task can end its process. */
#ifndef FAULT_TASKS_TASK_DEATHS_H
#define FAULT_TASKS_TASK_DEATHS_H

#include <setjmp.h>
#include <stdbool.h>

enum { TASK_DEATHS = 13 };

struct task_death {
	const char *name;
	void (*die)(void);
	const char *words; /* in the sentence */
	bool needs_limits; /* of memory, which the sanitizers cannot have */
};

extern const struct task_death task_deaths[TASK_DEATHS];

/* Set by the case: one of the deaths is a jump to it. */
extern jmp_buf outside_of_task;

#endif
