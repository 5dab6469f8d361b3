#include "param_source.h"

#include "common/base/plural.h"

#include <stdlib.h>
#include <string.h>

/* Objects are written in pieces of this size: a system call for each small one
 * would take longer than its copy. */
enum { BUFFER_BYTES = 64 * 1024 };

cohort_status param_source_check(const struct param_source *source,
                                 const char *function)
{
	const size_t most = PTRDIFF_MAX / 2;
	size_t total = 0;

	if (source->count == 0)
		return COHORT_OK;
	if (!source->objects)
		return error_set(COHORT_EINVAL,
		                 "%s: params is NULL, but count is %zu: pass "
		                 "the address of the parameter sets",
		                 function, source->count);
	if (source->count < most / sizeof(uint64_t))
		total = param_table_bytes(source->count);
	for (size_t i = 0; i < source->count; i++) {
		const cohort_blob *set = &source->objects[i];
		if (!set->data && set->bytes > 0)
			return error_set(COHORT_EINVAL,
			                 "%s: the data of parameter set %zu is "
			                 "NULL, but it has %zu byte%s",
			                 function, i, set->bytes,
			                 plural(set->bytes));
		if (total == 0 || set->bytes > most - total)
			return error_set(
			    COHORT_EINVAL,
			    "%s: the parameter sets do not fit in "
			    "memory: set %zu of %zu has %zu byte%s",
			    function, i, source->count, set->bytes,
			    plural(set->bytes));
		total += param_padded(set->bytes);
	}
	return COHORT_OK;
}

size_t param_source_total(const struct param_source *source)
{
	if (source->bytes != PARAM_SIZES_DIFFER)
		return source->count * source->bytes;
	size_t total = param_table_bytes(source->count);
	for (size_t i = 0; i < source->count; i++)
		total += param_padded(source->objects[i].bytes);
	return total;
}

/* Writes to node memory from its beginning. */
struct param_writer {
	struct node_memory *memory;
	unsigned char *buffer;
	size_t used; /* bytes in the buffer */
	size_t at;   /* bytes written before them */
	bool failed;
};

static void write_through(struct param_writer *writer, const void *data,
                          size_t bytes)
{
	if (!writer->failed && bytes > 0)
		writer->failed =
		    !node_memory_write(writer->memory, writer->at, data, bytes);
	writer->at += bytes;
}

static void write_buffer(struct param_writer *writer)
{
	write_through(writer, writer->buffer, writer->used);
	writer->used = 0;
}

static void append_bytes(struct param_writer *writer, const void *data,
                         size_t bytes)
{
	if (bytes > BUFFER_BYTES - writer->used)
		write_buffer(writer);
	if (bytes > BUFFER_BYTES) {
		write_through(writer, data, bytes);
		return;
	}
	if (bytes > 0)
		memcpy(writer->buffer + writer->used, data, bytes);
	writer->used += bytes;
}

static void append_padding(struct param_writer *writer)
{
	static const unsigned char zeros[_Alignof(max_align_t)];
	const size_t end = writer->at + writer->used;

	append_bytes(writer, zeros, param_padded(end) - end);
}

static void write_objects(const struct param_source *source,
                          struct param_writer *writer)
{
	size_t begin = param_table_bytes(source->count);

	for (size_t i = 0; i < source->count; i++) {
		const uint64_t end = begin + source->objects[i].bytes;
		append_bytes(writer, &end, sizeof(end));
		begin = param_padded((size_t)end);
	}
	append_padding(writer);
	for (size_t i = 0; i < source->count; i++) {
		append_bytes(writer, source->objects[i].data,
		             source->objects[i].bytes);
		append_padding(writer);
	}
	write_buffer(writer);
}

static bool copy_objects(const struct param_source *source,
                         struct node_memory *memory, enum node_memory_kind kind)
{
	struct param_writer writer = {.memory = memory,
	                              .buffer = malloc(BUFFER_BYTES)};

	if (!writer.buffer)
		return false;
	bool created =
	    node_memory_create(memory, param_source_total(source), kind);
	if (created)
		write_objects(source, &writer);
	free(writer.buffer);
	if (created && !writer.failed && node_memory_finish(memory))
		return true;
	const bool shared = created && memory->fd > 0;
	if (created)
		node_memory_free(memory);
	return shared && copy_objects(source, memory, NODE_MEMORY_PRIVATE);
}

bool param_source_copy(const struct param_source *source,
                       struct node_memory *memory, enum node_memory_kind kind)
{
	return source->bytes == PARAM_SIZES_DIFFER
	           ? copy_objects(source, memory, kind)
	           : node_memory_copy(memory, source->sets,
	                              param_source_total(source), kind);
}
