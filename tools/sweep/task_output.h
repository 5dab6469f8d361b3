/* What a task prints: it goes to the rank's packed file, to files of the
 * task's own (--output-dir), line by line to the terminal (--tag), and to
 * --parse. */
#ifndef TOOLS_SWEEP_TASK_OUTPUT_H
#define TOOLS_SWEEP_TASK_OUTPUT_H

#include "plan.h"
#include "task/lines.h"
#include "task/pack.h"
#include "task/record.h"

#include <stdio.h>

struct task_output {
	const struct sweep_plan *plan;
	struct pack pack;
	struct lines tagged[2]; /* of --tag: output, errors */
	struct lines read;      /* of --parse */
	FILE *files[2];         /* of --output-dir; NULL: none */
	size_t index;           /* of the task */
	bool is_mute[2];        /* --tag: nobody takes its lines any more */
	struct text last;       /* line that was not empty */
	struct parsed parsed;
};

/* `path` is that of the packed file. */
void task_output_open(struct task_output *output, const struct sweep_plan *plan,
                      const char *path);

/* Before a task starts. False with a sentence if its files cannot be made; it
 * is ended as any other task. */
bool task_output_begin(struct task_output *output, size_t index);

/* The process_take of a task; `arg` is a struct task_output. */
bool task_output_take(void *arg, enum process_stream stream, const void *bytes,
                      size_t count);

/* The task has ended. `record` receives where its output is and what --parse
 * found; its strings are valid until the next task. A task that had succeeded
 * fails, with a sentence, if its output is not as --parse expects. False if its
 * output could not be kept; failure_sentence then says why. */
bool task_output_end(struct task_output *output, struct task_record *record,
                     struct text *sentence);

void task_output_close(struct task_output *output);

#endif
