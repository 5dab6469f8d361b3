#include "parameter_set.h"

#include "base/memory.h"

#include <Random123/philox.h>
#include <stdlib.h>
#include <string.h>

/* What follows the row. */
struct tail {
	uint64_t index;
	uint64_t seed;
};

uint64_t parameter_set_seed(uint64_t seed, uint64_t index)
{
	const philox4x32_ctr_t counter = {
	    {(uint32_t)index, (uint32_t)(index >> 32)}};
	const philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
	const philox4x32_ctr_t random = philox4x32(counter, key);

	return (uint64_t)random.v[1] << 32 | random.v[0];
}

static void add_tied(const char *row, size_t row_bytes, struct tail tail,
                     struct text *bytes)
{
	text_add(bytes, row, row_bytes);
	text_add(bytes, &tail, sizeof(tail));
}

void parameter_sets_make(const struct table *table, const struct chosen *chosen,
                         struct ties ties, uint64_t seed,
                         struct parameter_sets *out)
{
	const size_t count = chosen_count(chosen, table->rows);
	size_t at = 0;

	*out = (struct parameter_sets){
	    .sets = memory_new(count, sizeof(*out->sets)), .count = count};
	for (size_t i = 0; i < count; i++) {
		const size_t index = chosen_index(chosen, i);
		cohort_blob *set = &out->sets[i];
		const char *row = table_row(table, index, &set->bytes);

		set->data = (char *)(uintptr_t)row;
		if (ties.to_index) {
			add_tied(row, set->bytes,
			         (struct tail){index, ties.to_seed
			                                  ? parameter_set_seed(
			                                        seed, index)
			                                  : 0},
			         &out->bytes);
			set->bytes += sizeof(struct tail);
		}
	}
	/* Their memory moves no more. */
	for (size_t i = 0; ties.to_index && i < count; i++) {
		out->sets[i].data = out->bytes.bytes + at;
		at += out->sets[i].bytes;
	}
}

void parameter_sets_free(struct parameter_sets *sets)
{
	free(sets->sets);
	text_free(&sets->bytes);
	*sets = (struct parameter_sets){0};
}

size_t parameter_set_row_bytes(size_t set_bytes, struct ties ties)
{
	return ties.to_index ? set_bytes - sizeof(struct tail) : set_bytes;
}
