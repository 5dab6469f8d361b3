#define _POSIX_C_SOURCE 200809L
#include "records.h"

#include "cohort.h"
#include "plan.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* See docs/journal.md. */
enum {
	HEAD_BYTES = 88,
	HEADER_BYTES = 88,
	AT_STATUS = 4,
	AT_INDEX = 8,
	AT_BYTES = 16,
	AT_ERROR_BYTES = 24,
	AT_ATTEMPTS = 44
};

struct reading {
	FILE *file;
	const char *path;
	bool *has;
	int count;
	char *sentence;
};

static uint64_t number_at(const unsigned char *header, size_t offset)
{
	uint64_t number;

	memcpy(&number, header + offset, sizeof(number));
	return number;
}

static int small_number_at(const unsigned char *header, size_t offset)
{
	int32_t number;

	memcpy(&number, header + offset, sizeof(number));
	return number;
}

static bool say(const struct reading *reading, const char *what,
                unsigned long long number)
{
	snprintf(reading->sentence, RECORDS_SENTENCE, "%.300s: %s (%llu)",
	         reading->path, what, number);
	return false;
}

static bool result_is_right(uint64_t param, const unsigned char *body)
{
	for (size_t k = 0; k < plan_bytes(param); k++)
		if (body[k] != plan_byte(param, k))
			return false;
	return true;
}

/* Whether the task of index i has this result, or fails with this sentence. */
static bool body_is_right(size_t i, int status, const unsigned char *body,
                          size_t bytes, size_t error_bytes)
{
	const uint64_t param = plan_param(i);
	char sentence[PLAN_SENTENCE];

	if (!plan_fails(param))
		return status == COHORT_OK && error_bytes == 0 &&
		       bytes == plan_bytes(param) &&
		       result_is_right(param, body);
	plan_sentence(i, sentence);
	return status == COHORT_ETASK && bytes == 0 &&
	       error_bytes == strlen(sentence) + 1 &&
	       !memcmp(body, sentence, error_bytes);
}

/* *complete becomes false at the end of the file, where a record may be cut. */
static bool read_record(struct reading *reading, bool *complete)
{
	unsigned char header[HEADER_BYTES];
	unsigned char body[PLAN_BYTES + PLAN_SENTENCE];

	*complete =
	    fread(header, 1, sizeof(header), reading->file) == sizeof(header);
	if (!*complete)
		return true;
	const uint64_t index = number_at(header, AT_INDEX);
	const uint64_t bytes = number_at(header, AT_BYTES);
	const uint64_t error_bytes = number_at(header, AT_ERROR_BYTES);
	if (memcmp(header, "task", 4) != 0 || index >= PLAN_TASKS)
		return say(reading, "no record of the sweep", index);
	if (bytes > PLAN_BYTES || error_bytes > PLAN_SENTENCE)
		return say(reading, "a record is too large, of task", index);
	*complete = fread(body, 1, bytes + error_bytes, reading->file) ==
	            bytes + error_bytes;
	if (!*complete)
		return true;
	if (!body_is_right(index, small_number_at(header, AT_STATUS), body,
	                   bytes, error_bytes) ||
	    small_number_at(header, AT_ATTEMPTS) != 1)
		return say(reading, "a record is not true, of task", index);
	if (reading->has[index])
		return say(reading, "a second record of task", index);
	reading->has[index] = true;
	reading->count++;
	return true;
}

static bool read_file(struct reading *reading)
{
	bool complete = true;
	bool right = true;

	reading->file = fopen(reading->path, "re");
	if (!reading->file)
		return say(reading, "it cannot be read", 0);
	if (!fseek(reading->file, HEAD_BYTES, SEEK_SET))
		while (right && complete)
			right = read_record(reading, &complete);
	fclose(reading->file);
	return right;
}

int records_read(const char *journal, bool has[],
                 char sentence[RECORDS_SENTENCE])
{
	char path[PATH_MAX];
	struct reading reading = {
	    .path = path, .has = has, .sentence = sentence};
	const struct dirent *entry;
	bool right = true;
	DIR *folder = opendir(journal);

	if (!folder) {
		snprintf(sentence, RECORDS_SENTENCE, "%.300s: no journal",
		         journal);
		return -1;
	}
	while (right && (entry = readdir(folder))) {
		if (strncmp(entry->d_name, "tasks-", 6) != 0)
			continue;
		snprintf(path, sizeof(path), "%.3000s/%s", journal,
		         entry->d_name);
		right = read_file(&reading);
	}
	closedir(folder);
	return right ? reading.count : -1;
}
