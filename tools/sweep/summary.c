#include "summary.h"

#include "base/memory.h"
#include "base/text.h"
#include "task/shell_quote.h"

#include <stdlib.h>
#include <string.h>

/* More groups are counted, and not printed. */
enum { GROUPS_SHOWN = 10 };

/* Tasks that failed for one reason. */
struct group {
	const char *reason;
	size_t count;
	size_t first; /* index of the first one */
};

struct groups {
	struct group *of;
	size_t count;
	size_t room;
};

static int compare_reasons(const void *a, const void *b)
{
	const struct group *left = a;
	const struct group *right = b;
	const int order = strcmp(left->reason, right->reason);

	if (order != 0)
		return order;
	return (left->first > right->first) - (left->first < right->first);
}

static int compare_counts(const void *a, const void *b)
{
	const struct group *left = a;
	const struct group *right = b;

	if (left->count != right->count)
		return left->count < right->count ? 1 : -1;
	return (left->first > right->first) - (left->first < right->first);
}

static void add_failure(struct groups *groups, const char *reason, size_t index)
{
	if (groups->count == groups->room) {
		groups->room = groups->room * 2 + 64;
		groups->of = memory_resize(groups->of, groups->room,
		                           sizeof(*groups->of));
	}
	groups->of[groups->count++] = (struct group){reason, 1, index};
}

/* Brings failures with the same reason together. */
static void merge(struct groups *groups)
{
	size_t used = 0;

	if (groups->count > 0)
		qsort(groups->of, groups->count, sizeof(*groups->of),
		      compare_reasons);
	for (size_t i = 0; i < groups->count; i++) {
		struct group *last = used > 0 ? &groups->of[used - 1] : NULL;

		if (last && !strcmp(last->reason, groups->of[i].reason))
			last->count++;
		else
			groups->of[used++] = groups->of[i];
	}
	groups->count = used;
	if (used > 0)
		qsort(groups->of, used, sizeof(*groups->of), compare_counts);
}

static void print_groups(const struct groups *groups, const char *folder,
                         FILE *file)
{
	struct text quoted = {0};

	shell_quote(folder, &quoted);
	for (size_t i = 0; i < groups->count && i < GROUPS_SHOWN; i++) {
		const struct group *group = &groups->of[i];

		fprintf(file,
		        "  %zu: %s; as task %zu, see: cohort output %s %zu\n",
		        group->count, group->reason, group->first,
		        text_string(&quoted), group->first);
	}
	if (groups->count > GROUPS_SHOWN)
		fprintf(file, "  and %zu other reasons\n",
		        groups->count - GROUPS_SHOWN);
	text_free(&quoted);
}

void summary_print_reasons(const struct outcome outcomes[], size_t count,
                           const struct chosen *chosen, const char *folder,
                           FILE *file)
{
	struct groups groups = {0};

	for (size_t n = 0; n < chosen_count(chosen, count); n++) {
		const size_t i = chosen_index(chosen, n);
		const struct task_record record = outcome_record(&outcomes[i]);

		if (record.end != TASK_OK && record.end != TASK_NOT_RUN)
			add_failure(&groups,
			            *outcomes[i].error
			                ? outcomes[i].error
			                : task_end_words[record.end],
			            i);
	}
	merge(&groups);
	print_groups(&groups, folder, file);
	free(groups.of);
}

size_t summary_print(const struct summary *summary, FILE *file)
{
	size_t of[TASK_END_COUNT] = {0};

	const struct chosen *chosen = summary->chosen;
	const size_t count = chosen_count(chosen, summary->count);

	for (size_t i = 0; i < count; i++)
		of[outcome_record(&summary->outcomes[chosen_index(chosen, i)])
		       .end]++;
	const size_t missing = of[TASK_NOT_RUN];
	const size_t failed = count - of[TASK_OK] - missing;

	fprintf(file, "cohort: %zu done", of[TASK_OK]);
	if (summary->resumed > 0)
		fprintf(file, " (%zu task%s run before)", summary->resumed,
		        summary->resumed == 1 ? " was" : "s were");
	fprintf(file, ", %zu failed", failed);
	if (missing > 0)
		fprintf(file, ", %zu not run", missing);
	fprintf(file, ", %.2f s, %s, %d rank%s", summary->seconds,
	        summary->backend, summary->ranks,
	        summary->ranks == 1 ? "" : "s");
	if (chosen->is_limited)
		fprintf(file, " (--only: %zu of %zu tasks)", count,
		        summary->count);
	fputc('\n', file);
	summary_print_reasons(summary->outcomes, summary->count, chosen,
	                      summary->journal, file);
	return failed + missing;
}
