/* How the program of a task begins. */
#ifndef TOOLS_TASK_PROCESS_START_H
#define TOOLS_TASK_PROCESS_START_H

#include "process.h"

struct process_started {
	pid_t pid;
	int pipes[2]; /* that we read: output, errors */
	int held[2];  /* their other ends */
	double time;  /* as pause_clock */
};

/* So long a refusal of the system is taken for one of the moment: it may have
 * room for a process, a descriptor or a page again when others have ended. */
enum { PROCESS_PATIENCE_SECONDS = 5 };

/* Start the program. False: it does not run, and *result says why. */
bool process_start(struct spawn *spawn, const struct process_limits *limits,
                   struct process_started *out, struct process_result *result);

/* The program has ended, or never began. */
void process_forget_group(const struct spawn *spawn);

/* The system has refused this, with errno. */
void process_refuse(struct process_result *result, const char *action);

#endif
