#include "parameter_set.h"

#include "base/memory.h"

#include <Random123/philox.h>
#include <stdlib.h>

uint64_t parameter_set_seed(uint64_t seed, uint64_t index)
{
	const philox4x32_ctr_t counter = {
	    {(uint32_t)index, (uint32_t)(index >> 32)}};
	const philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
	const philox4x32_ctr_t random = philox4x32(counter, key);

	return (uint64_t)random.v[1] << 32 | random.v[0];
}

void parameter_sets_make(const struct table *table, const struct chosen *chosen,
                         struct ties ties, struct parameter_sets *out)
{
	const size_t count = chosen_count(chosen, table->rows);
	struct task_keys keys;
	size_t row_bytes;
	size_t at = 0;

	*out = (struct parameter_sets){
	    .sets = memory_new(count, sizeof(*out->sets)), .count = count};
	task_keys_open(&keys, table, ties);
	for (size_t i = 0; i < count; i++) {
		const size_t index = chosen_index(chosen, i);
		const size_t before = out->bytes.length;

		task_keys_add(&keys, table_row(table, index, &row_bytes), index,
		              &out->bytes);
		out->sets[i].bytes = out->bytes.length - before;
	}
	task_keys_close(&keys);
	/* Their memory moves no more. */
	for (size_t i = 0; i < count; i++) {
		out->sets[i].data =
		    out->bytes.bytes ? out->bytes.bytes + at : NULL;
		at += out->sets[i].bytes;
	}
}

void parameter_sets_free(struct parameter_sets *sets)
{
	free(sets->sets);
	text_free(&sets->bytes);
	*sets = (struct parameter_sets){0};
}
