#include "gpus.h"

#include "base/failure.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A list of one of them has numbers or names (UUIDs), with commas between
 * them. */
static const char *const variables[] = {"CUDA_VISIBLE_DEVICES",
                                        "ROCR_VISIBLE_DEVICES"};

enum { VARIABLES = sizeof(variables) / sizeof(variables[0]) };

/* Finds an entry of the list by its number, from 0. NULL if there are not so
 * many. */
static const char *find_entry(const char *list, int number, size_t *length)
{
	int found = 0;

	while (*list) {
		*length = strcspn(list, ",");
		if (*length > 0 && found++ == number)
			return list;
		list += *length;
		list += *list == ',';
	}
	return NULL;
}

static int count_entries(const char *list)
{
	size_t length;
	int count = 0;

	while (find_entry(list, count, &length))
		count++;
	return count;
}

static bool check_list(const char *variable, const char *list, int count)
{
	const int listed = count_entries(list);

	if (listed == 0)
		return failure("--gpus: %s lists no GPU here", variable);
	return count <= listed ||
	       failure("--gpus %d: %s lists %d GPU%s here, %s: leave the "
	               "number out to deal %s",
	               count, variable, listed, listed == 1 ? "" : "s", list,
	               listed == 1 ? "it" : "these");
}

bool gpus_check(int count)
{
	bool is_listed = false;

	for (int v = 0; v < VARIABLES; v++) {
		const char *list = getenv(variables[v]);

		if (list && !check_list(variables[v], list, count))
			return false;
		is_listed = is_listed || list;
	}
	return is_listed || count > 0 ||
	       failure("--gpus without a number deals the GPUs of %s or %s, "
	               "and neither is set here: say how many there are, as "
	               "in --gpus 4",
	               variables[0], variables[1]);
}

static void deal_listed(struct task_environment *environment,
                        const char *variable, const char *list, int slot,
                        int count)
{
	const int dealt = count > 0 ? count : count_entries(list);
	struct text entry = {0};
	size_t length = 0;
	const char *start = find_entry(list, slot % dealt, &length);

	text_add(&entry, start, length);
	task_environment_keep(environment, variable, text_string(&entry));
	text_free(&entry);
}

void gpus_deal(struct task_environment *environment, int slot, int count)
{
	const bool is_listed = getenv(variables[0]) || getenv(variables[1]);
	char number[24];

	snprintf(number, sizeof(number), "%d", count > 0 ? slot % count : 0);
	for (int v = 0; v < VARIABLES; v++) {
		const char *list = getenv(variables[v]);

		if (list)
			deal_listed(environment, variables[v], list, slot,
			            count);
		else if (!is_listed)
			task_environment_keep(environment, variables[v],
			                      number);
	}
}
