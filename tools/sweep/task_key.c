#define _GNU_SOURCE /* qsort_r */
#include "task_key.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* No parameter's name has a brace (table_check_name). */
static const char index_name[] = "{index}";
static const char seed_name[] = "{seed}";

static int compare_columns(const void *a, const void *b, void *arg)
{
	const struct table *names = arg;

	return strcmp(names->names[*(const size_t *)a],
	              names->names[*(const size_t *)b]);
}

/* A sweep without --seed has seed 0, which needs no room in its keys. */
static bool has_seed(const struct ties *ties)
{
	return ties->to_seed != 0;
}

void task_keys_open(struct task_keys *keys, const struct table *names,
                    struct ties ties)
{
	const size_t columns = names->columns;

	*keys = (struct task_keys){
	    .ties = ties,
	    .columns = columns,
	    .order = memory_new(columns, sizeof(*keys->order)),
	    .values = memory_new(columns, sizeof(*keys->values)),
	};
	for (size_t c = 0; c < columns; c++)
		keys->order[c] = c;
	if (columns > 0 && !ties.to_order)
		qsort_r(keys->order, columns, sizeof(*keys->order),
		        compare_columns, (void *)(uintptr_t)names);
	for (size_t i = 0; i < columns; i++) {
		const char *name = names->names[keys->order[i]];

		text_add(&keys->names, name, strlen(name) + 1);
	}
	if (ties.to_index)
		text_add(&keys->names, index_name, sizeof(index_name));
	if (has_seed(&ties))
		text_add(&keys->names, seed_name, sizeof(seed_name));
}

void task_keys_close(struct task_keys *keys)
{
	free(keys->order);
	free(keys->values);
	text_free(&keys->names);
	*keys = (struct task_keys){0};
}

static void add_number(uint64_t number, struct text *bytes)
{
	text_print(bytes, "%" PRIu64, number);
	text_add(bytes, "", 1);
}

void task_keys_add(struct task_keys *keys, const char *row, size_t index,
                   struct text *bytes)
{
	for (size_t c = 0; c < keys->columns; c++) {
		keys->values[c] = row;
		row += strlen(row) + 1;
	}
	for (size_t i = 0; i < keys->columns; i++) {
		const char *value = keys->values[keys->order[i]];

		text_add(bytes, value, strlen(value) + 1);
	}
	if (keys->ties.to_index)
		add_number(index, bytes);
	if (has_seed(&keys->ties))
		add_number(keys->ties.to_seed, bytes);
	text_add(bytes, keys->names.bytes, keys->names.length);
}

void task_keys_row(struct task_keys *keys, const char *key, struct text *row)
{
	for (size_t i = 0; i < keys->columns; i++) {
		keys->values[keys->order[i]] = key;
		key += strlen(key) + 1;
	}
	text_clear(row);
	for (size_t c = 0; c < keys->columns; c++)
		text_add(row, keys->values[c], strlen(keys->values[c]) + 1);
}
