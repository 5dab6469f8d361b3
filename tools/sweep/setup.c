#include "setup.h"

#include "base/failure.h"
#include "base/library_sentence.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* What the bytes begin with; so many indexes, and the names with their zeros,
 * follow. */
struct setup_head {
	uint64_t run;
	uint64_t halt_at;
	uint64_t is_limited;
	uint64_t count;
};

static void write_setup(const struct sweep_setup *setup, struct text *out)
{
	const struct chosen *chosen = &setup->chosen;
	const struct setup_head head = {setup->run, setup->halt_at,
	                                chosen->is_limited, chosen->count};

	text_add(out, &head, sizeof(head));
	for (size_t i = 0; i < chosen->count; i++)
		text_add(out, &chosen->indexes[i], sizeof(size_t));
	for (size_t c = 0; c < setup->names.columns; c++)
		text_add(out, setup->names.names[c],
		         strlen(setup->names.names[c]) + 1);
}

static void read_setup(const cohort_blob *blob, struct sweep_setup *out)
{
	const char *at = blob->data;
	const char *end = at + blob->bytes;
	struct setup_head head;

	memcpy(&head, at, sizeof(head));
	at += sizeof(head);
	out->run = head.run;
	out->halt_at = head.halt_at;
	out->chosen.is_limited = head.is_limited != 0;
	out->chosen.count = (size_t)head.count;
	out->chosen.indexes =
	    memory_new(out->chosen.count, sizeof(*out->chosen.indexes));
	for (size_t i = 0; i < out->chosen.count; i++, at += sizeof(size_t))
		memcpy(&out->chosen.indexes[i], at, sizeof(size_t));
	for (; at < end; at += strlen(at) + 1)
		table_add_column(&out->names, at, strlen(at));
}

bool setup_send(cohort *group, struct sweep_setup *setup)
{
	struct text text = {0};

	if (cohort_is_root(group))
		write_setup(setup, &text);
	cohort_blob blob = {text.bytes, text.length};
	const bool sent = cohort_bcast_object(group, &blob, 0) == COHORT_OK;
	if (sent && !cohort_is_root(group)) {
		read_setup(&blob, setup);
		free(blob.data);
	}
	text_free(&text);
	return sent || failure("%s", library_sentence());
}

void setup_free(struct sweep_setup *setup)
{
	table_free(&setup->names);
	chosen_free(&setup->chosen);
}
