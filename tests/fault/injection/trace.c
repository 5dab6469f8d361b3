#include "trace.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How often one process or thread has made one call. */
struct tally {
	int process;
	int calls;
	char name[CALL_BYTES];
};

struct tallies {
	struct tally *all;
	size_t count;
};

static void *grow(void *memory, size_t bytes)
{
	void *grown = realloc(memory, bytes);

	if (!grown)
		abort();
	return grown;
}

static void count_call(struct tallies *tallies, int process, const char *name)
{
	for (size_t i = 0; i < tallies->count; i++) {
		struct tally *tally = &tallies->all[i];
		if (tally->process == process && !strcmp(tally->name, name)) {
			tally->calls++;
			return;
		}
	}
	tallies->all =
	    grow(tallies->all, (tallies->count + 1) * sizeof(*tallies->all));
	struct tally *tally = &tallies->all[tallies->count++];
	*tally = (struct tally){.process = process, .calls = 1};
	strcpy(tally->name, name);
}

/* "1234  openat(AT_FDCWD, ..." The end of a call that another process's line has
 * interrupted, a signal, or an exit begin otherwise. */
static bool parse_line(const char *line, int *process, char name[CALL_BYTES])
{
	char *text;
	size_t length = 0;

	*process = (int)strtol(line, &text, 10);
	while (*text == ' ')
		text++;
	while (islower((unsigned char)text[length]) ||
	       isdigit((unsigned char)text[length]) || text[length] == '_')
		length++;
	if (text == line || length == 0 || length >= CALL_BYTES ||
	    text[length] != '(')
		return false;
	memcpy(name, text, length);
	name[length] = '\0';
	return true;
}

static struct traced_call *sum_up(const struct tallies *tallies, size_t *count)
{
	struct traced_call *calls =
	    grow(NULL, (tallies->count + 1) * sizeof(*calls));
	size_t used = 0;

	for (size_t i = 0; i < tallies->count; i++) {
		const struct tally *tally = &tallies->all[i];
		size_t n = 0;
		while (n < used && strcmp(calls[n].name, tally->name) != 0)
			n++;
		if (n == used) {
			calls[used++] = (struct traced_call){.most = 0};
			strcpy(calls[n].name, tally->name);
		}
		if (calls[n].most < tally->calls)
			calls[n].most = tally->calls;
	}
	*count = used;
	return calls;
}

struct traced_call *trace_read(const char *path, size_t *count)
{
	struct tallies tallies = {0};
	char line[4096];
	char name[CALL_BYTES];
	int process;
	FILE *file = fopen(path, "r");

	if (!file)
		return NULL;
	while (fgets(line, sizeof(line), file))
		if (parse_line(line, &process, name))
			count_call(&tallies, process, name);
	fclose(file);
	struct traced_call *calls = sum_up(&tallies, count);
	free(tallies.all);
	return calls;
}
