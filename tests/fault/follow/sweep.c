#define _POSIX_C_SOURCE 200809L
#include "sweep.h"

#include "disk.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Results have different lengths, so that a record that is read from a wrong
 * offset is not taken for another one. Some are larger than a piece of the file
 * that is read at once. */
static size_t result_bytes(uint64_t index)
{
	const size_t most = index % 500 == 499 ? 3000000 : SWEEP_LONGEST;

	return sizeof(struct swept) +
	       (size_t)(index * 2654435761u % (uint64_t)most);
}

static unsigned char byte_at(uint64_t index, size_t i)
{
	return (unsigned char)(index * 31 + i * 7 + i / 251);
}

static int execute(cohort_task *task)
{
	static uint64_t number;
	const uint64_t index = cohort_task_index(task);
	const size_t bytes = result_bytes(index);
	const struct timespec short_while = {0, 300000};
	unsigned char *result = cohort_task_result(task, bytes);
	const struct swept head = {index, number++, getpid()};

	if (!result)
		return cohort_task_fail(task, "no memory");
	memcpy(result, &head, sizeof(head));
	for (size_t i = sizeof(head); i < bytes; i++)
		result[i] = byte_at(index, i);
	if (index % 2 == 0)
		nanosleep(&short_while, NULL);
	return 0;
}

bool sweep_matches(const cohort_result *result, struct swept *out)
{
	const unsigned char *data = result->data;

	if (result->status == COHORT_ETASK && *result->error)
		return !data && result->bytes == 0;
	if (result->status != COHORT_OK || *result->error ||
	    result->bytes != result_bytes(result->index) ||
	    result->attempts < 1)
		return false;
	memcpy(out, data, sizeof(*out));
	if (out->index != result->index)
		return false;
	for (size_t i = sizeof(*out); i < result->bytes; i++)
		if (data[i] != byte_at(result->index, i))
			return false;
	return true;
}

int sweep(const char *journal, bool isolate, long limit)
{
	const cohort_job job = {
	    .execute = execute,
	    .journal = journal,
	    .isolate = isolate,
	    .not_isolated = !isolate,
	    .retries = isolate ? 3 : 0,
	};
	cohort *group;

	if (cohort_open(NULL, &group) != COHORT_OK)
		return 2;
	disk_limit(limit);
	cohort_status status = cohort_scatter(group, &job, "", SWEEP_TASKS);
	if (status != COHORT_OK && cohort_is_root(group))
		fprintf(stderr, "the sweep: %s\n", cohort_error());
	cohort_status closed = cohort_close(group);
	if (status == COHORT_ESTATE)
		return 3;
	return status == COHORT_OK && closed == COHORT_OK ? 0 : 2;
}
