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
	SHARED_HEADER_BYTES = 96, /* in a file that ranks share */
	AT_VERSION = 12,
	SHARED_VERSION = 3,
	AT_STATUS = 4,
	AT_INDEX = 8,
	AT_BYTES = 16,
	AT_ERROR_BYTES = 24,
	AT_ATTEMPTS = 44
};

struct reading {
	FILE *file;
	bool shared; /* several ranks have written it */
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

/* Whether the next bytes of the file begin a record, or it ends. */
static bool begins_record(const struct reading *reading)
{
	char magic[4];

	if (fread(magic, 1, sizeof(magic), reading->file) < sizeof(magic))
		return true;
	fseek(reading->file, -(long)sizeof(magic), SEEK_CUR);
	return !memcmp(magic, "task", 4) || !memcmp(magic, "void", 4);
}

/* The bytes at `begin` are a piece of a record, and the next one follows it. */
static void pass_piece(const struct reading *reading, long begin)
{
	do
		fseek(reading->file, ++begin, SEEK_SET);
	while (!begins_record(reading));
}

/* A whole record. */
static bool note_record(struct reading *reading, const unsigned char *header,
                        const unsigned char *body)
{
	const uint64_t index = number_at(header, AT_INDEX);

	if (!body_is_right(index, small_number_at(header, AT_STATUS), body,
	                   number_at(header, AT_BYTES),
	                   number_at(header, AT_ERROR_BYTES)) ||
	    small_number_at(header, AT_ATTEMPTS) != 1)
		return say(reading, "a record is not true, of task", index);
	if (reading->has[index])
		return say(reading, "a second record of task", index);
	reading->has[index] = true;
	reading->count++;
	return true;
}

/* *complete becomes false at the end of the file, where a record may be cut. */
static bool read_record(struct reading *reading, bool *complete)
{
	unsigned char header[SHARED_HEADER_BYTES];
	unsigned char body[PLAN_BYTES + PLAN_SENTENCE];
	const size_t header_bytes =
	    reading->shared ? SHARED_HEADER_BYTES : HEADER_BYTES;
	const long begin = ftell(reading->file);

	*complete =
	    fread(header, 1, header_bytes, reading->file) == header_bytes;
	if (!*complete)
		return true;
	const uint64_t bytes = number_at(header, AT_BYTES);
	const uint64_t error_bytes = number_at(header, AT_ERROR_BYTES);
	const bool dropped = reading->shared && !memcmp(header, "void", 4);
	const bool plausible = (dropped || !memcmp(header, "task", 4)) &&
	                       number_at(header, AT_INDEX) < PLAN_TASKS &&
	                       bytes <= PLAN_BYTES &&
	                       error_bytes <= PLAN_SENTENCE;
	if (!plausible && !reading->shared)
		return say(reading, "no record of the sweep at",
		           (unsigned long long)begin);
	*complete = plausible && fread(body, 1, bytes + error_bytes,
	                               reading->file) == bytes + error_bytes;
	if (!reading->shared && !*complete)
		return true;
	if (reading->shared && (!*complete || !begins_record(reading))) {
		pass_piece(reading, begin);
		*complete = true;
		return true;
	}
	return dropped || note_record(reading, header, body);
}

static bool read_file(struct reading *reading)
{
	unsigned char head[HEAD_BYTES];
	bool complete = true;
	bool right = true;

	reading->file = fopen(reading->path, "re");
	if (!reading->file)
		return say(reading, "it cannot be read", 0);
	if (fread(head, 1, sizeof(head), reading->file) == sizeof(head)) {
		reading->shared =
		    small_number_at(head, AT_VERSION) == SHARED_VERSION;
		while (right && complete)
			right = read_record(reading, &complete);
	}
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
