#include "trace.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How often one process or thread has made one call. */
struct call_count {
	int process;
	int calls;
	char name[CALL_BYTES];
};

struct call_counts {
	struct call_count *all;
	size_t count;
};

static void *grow(void *memory, size_t bytes)
{
	void *grown = realloc(memory, bytes);

	if (!grown)
		abort();
	return grown;
}

static void count_call(struct call_counts *seen, int process, const char *name)
{
	for (size_t i = 0; i < seen->count; i++) {
		struct call_count *entry = &seen->all[i];
		if (entry->process == process && !strcmp(entry->name, name)) {
			entry->calls++;
			return;
		}
	}
	seen->all = grow(seen->all, (seen->count + 1) * sizeof(*seen->all));
	struct call_count *entry = &seen->all[seen->count++];
	*entry = (struct call_count){.process = process, .calls = 1};
	strcpy(entry->name, name);
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

static struct traced_call *sum_up(const struct call_counts *seen, size_t *count)
{
	struct traced_call *calls =
	    grow(NULL, (seen->count + 1) * sizeof(*calls));
	size_t used = 0;

	for (size_t i = 0; i < seen->count; i++) {
		const struct call_count *entry = &seen->all[i];
		size_t n = 0;
		while (n < used && strcmp(calls[n].name, entry->name) != 0)
			n++;
		if (n == used) {
			calls[used++] = (struct traced_call){.most = 0};
			strcpy(calls[n].name, entry->name);
		}
		if (calls[n].most < entry->calls)
			calls[n].most = entry->calls;
	}
	*count = used;
	return calls;
}

struct traced_call *trace_read(const char *path, size_t *count)
{
	struct call_counts seen = {0};
	char line[4096];
	char name[CALL_BYTES];
	int process;
	FILE *file = fopen(path, "r");

	if (!file)
		return NULL;
	while (fgets(line, sizeof(line), file))
		if (parse_line(line, &process, name))
			count_call(&seen, process, name);
	fclose(file);
	struct traced_call *calls = sum_up(&seen, count);
	free(seen.all);
	return calls;
}

bool trace_has_injection(const char *path)
{
	char line[4096];
	bool found = false;
	FILE *file = fopen(path, "r");

	while (file && !found && fgets(line, sizeof(line), file))
		found = strstr(line, "(INJECTED)") != NULL;
	if (file)
		fclose(file);
	return found;
}
