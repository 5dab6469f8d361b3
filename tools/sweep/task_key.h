/*
 * The key by which the journal knows a task: its parameters' values and, behind
 * them, as many names, each text with a 0 behind it. They are sorted by their
 * names, so that the order of the table's columns does not matter, unless the
 * command gets the values in that order. What else a result depends on stands
 * there as a parameter would, {index} or {seed}: names that none can have.
 */
#ifndef TOOLS_SWEEP_TASK_KEY_H
#define TOOLS_SWEEP_TASK_KEY_H

#include "params/table.h"

#include <stdint.h>

/* What else than its parameters a task's result depends on. */
struct ties {
	bool to_index;    /* the command has {index} or {seed} */
	bool to_order;    /* all values follow the command, column by column */
	uint64_t to_seed; /* of the sweep, which every task sees */
};

/* How the keys of a table's rows are made. */
struct task_keys {
	struct ties ties;
	size_t columns;      /* of the table */
	size_t *order;       /* which of them come one after another */
	const char **values; /* of the row at hand */
	struct text names;   /* the end of each key */
};

/* Prepare for the columns of a table, and release it. */
void task_keys_open(struct task_keys *keys, const struct table *names,
                    struct ties ties);
void task_keys_close(struct task_keys *keys);

/* Append the key of a row that has this index in the table. */
void task_keys_add(struct task_keys *keys, const char *row, size_t index,
                   struct text *bytes);

/* The row that a key was made of, in *row. */
void task_keys_row(struct task_keys *keys, const char *key, struct text *row);

#endif
