/* One attempt at a task: its command line, its process, and what it printed. */
#ifndef TOOLS_SWEEP_ATTEMPT_H
#define TOOLS_SWEEP_ATTEMPT_H

#include "plan.h"
#include "task/environment.h"
#include "task/guard.h"
#include "task/memory_group.h"
#include "task/program.h"
#include "task/template.h"
#include "task_output.h"

#include <cohort.h>
#include <sched.h>

/* What a rank has for all its tasks. */
struct workshop {
	const struct sweep_plan *plan;
	const cohort *group;
	const struct table *names; /* of the parameters */
	struct template command;
	struct template folder;   /* --chdir */
	struct template input;    /* --stdin */
	struct template *values;  /* of each --env */
	bool needs_folder;        /* a task has a directory of its own */
	char *folders;            /* where these are made */
	enum program_start start; /* where the command begins */
	char *program;            /* path of the executable; NULL: the command's
	                           * name has a placeholder */
	int nothing;              /* descriptor of /dev/null */
	struct task_environment environment;
	struct task_output output;
	const cpu_set_t *cores;     /* NULL: not pinned */
	struct memory_group memory; /* of --mem */
	struct guard guard;
	process_stop *stop; /* whether to end the programs that run */
	void *stop_arg;
	/* The command line of the attempt under way. */
	struct text arguments;
	char **words; /* "/bin/sh", which may have to run it, and argv */
	char **argv;
};

/* What is put in. */
struct attempt {
	const char *row; /* of the table */
	const char *key; /* of the task, for the record */
	size_t key_bytes;
	size_t index;
	uint64_t seed;
	int number; /* 0: the first */
	int rank;
	int slot;
};

enum attempt_end {
	ATTEMPT_DONE,    /* the record says how */
	ATTEMPT_STOPPED, /* the sweep stops, or the whole job was ended */
	ATTEMPT_REFUSED /* the system refused what the attempt needs: a process,
	                  * room for what it prints. Nothing can be said of the
	                  * task */
};

/*
 * Run it. `record` receives all but output_run; its strings belong to the
 * workshop, until the next attempt. *sentence receives the reason if the
 * attempt did not succeed, perhaps because its process was never started, ""
 * otherwise. *in_doubt receives whether the failure
 * may be part of the end of the whole job.
 */
enum attempt_end attempt_run(struct workshop *shop,
                             const struct attempt *attempt,
                             struct task_record *record, struct text *sentence,
                             bool *in_doubt);

#endif
