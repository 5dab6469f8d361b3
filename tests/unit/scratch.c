#define _GNU_SOURCE
#include "scratch.h"

#include "common/journal/hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void require(bool holds, const char *action, const char *path)
{
	if (holds)
		return;
	fprintf(stderr, "the test cannot go on: %s %s: %s\n", action, path,
	        strerror(errno));
	exit(99);
}

void scratch_make(char path[SCRATCH_PATH])
{
	const char *base = getenv("TMPDIR");
	char folder[SCRATCH_PATH / 2];

	snprintf(folder, sizeof(folder), "%s/cohort-XXXXXX",
	         base ? base : "/tmp");
	require(mkdtemp(folder), "mkdtemp", folder);
	snprintf(path, SCRATCH_PATH, "%s/journal", folder);
}

static int remove_one(const char *path, const struct stat *about, int type,
                      struct FTW *walk)
{
	(void)about;
	(void)type;
	(void)walk;
	return remove(path);
}

void scratch_remove(const char *path)
{
	char folder[SCRATCH_PATH];

	snprintf(folder, sizeof(folder), "%s", path);
	*strrchr(folder, '/') = '\0';
	require(!nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), "remove",
	        folder);
}

void scratch_name(char out[SCRATCH_PATH], const char *path, const char *name)
{
	const int bytes = snprintf(out, SCRATCH_PATH, "%s/%s", path, name);

	require(bytes < SCRATCH_PATH, "the name is too long:", name);
}

int scratch_entries(const char *path)
{
	DIR *stream = opendir(path);
	int count = 0;

	if (!stream)
		return -1;
	while (readdir(stream))
		count++;
	closedir(stream);
	return count - 2;
}

struct bytes scratch_load(const char *path, const char *name)
{
	char whole[SCRATCH_PATH];
	struct stat about;

	scratch_name(whole, path, name);
	FILE *file = fopen(whole, "rb");
	require(file && !fstat(fileno(file), &about), "open", whole);
	struct bytes bytes = {malloc((size_t)about.st_size + 1),
	                      (size_t)about.st_size};
	require(bytes.at &&
	            fread(bytes.at, 1, bytes.count, file) == bytes.count,
	        "read", whole);
	fclose(file);
	return bytes;
}

void scratch_save(const char *path, const char *name, struct bytes bytes)
{
	char whole[SCRATCH_PATH];

	scratch_name(whole, path, name);
	FILE *file = fopen(whole, "wb");
	const bool written =
	    file && (bytes.count == 0 ||
	             fwrite(bytes.at, 1, bytes.count, file) == bytes.count);
	require(written && !fclose(file), "write", whole);
}

struct journal_sweep sample_sweep(uint64_t count)
{
	static uint64_t sets[SETS];

	for (uint64_t i = 0; i < count; i++)
		sets[i] = i;
	return (struct journal_sweep){
	    .identity = {sizeof(*sets), {1, 2}, {3, 4}},
	    .sets = {(const unsigned char *)sets, (size_t)count, sizeof(*sets)},
	    .seed = 42,
	};
}

void sample_digest(uint64_t index, uint64_t digest[2])
{
	hash_128(&index, sizeof(index), digest);
}

struct journal_record sample_record(uint64_t index)
{
	static const char *const sentences[] = {"it did not converge", "x"};
	static const uint32_t flags[] = {0, JOURNAL_OF_INDEX,
	                                 JOURNAL_OF_INDEX | JOURNAL_OF_SEED};
	static unsigned char data[64];
	const bool failed = index % 4 == 2;
	struct journal_record record;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(index * 31 + i * 7);
	record = (struct journal_record){
	    .index = index,
	    .bytes = failed ? 0 : index * 5 % sizeof(data),
	    .data = failed ? NULL : data,
	    .error = failed ? sentences[index / 4 % 2] : NULL,
	    .seconds = 0.25 * (double)index,
	    .rank = (int32_t)index % 3,
	    .status = failed ? COHORT_ETASK : COHORT_OK,
	    .attempts = 1 + (int32_t)index % 2,
	    .flags = flags[index % 3],
	};
	sample_digest(index, record.digest);
	return record;
}

bool sample_matches(const struct journal_record *record)
{
	const struct journal_record wanted = sample_record(record->index);

	return record->bytes == wanted.bytes &&
	       (!wanted.bytes ||
	        !memcmp(record->data, wanted.data, (size_t)wanted.bytes)) &&
	       !strcmp(record->error, wanted.error ? wanted.error : "") &&
	       !memcmp(&record->seconds, &wanted.seconds, sizeof(double)) &&
	       record->rank == wanted.rank && record->status == wanted.status &&
	       record->attempts == wanted.attempts &&
	       record->flags == wanted.flags &&
	       record->digest[0] == wanted.digest[0] &&
	       record->digest[1] == wanted.digest[1];
}

static cohort_status count_record(void *arg,
                                  const struct journal_record *record)
{
	struct loaded *loaded = arg;

	loaded->records++;
	loaded->wrong += !sample_matches(record);
	if (record->index < TASKS) {
		loaded->again += loaded->have[record->index];
		loaded->have[record->index] = true;
	}
	return COHORT_OK;
}

struct loaded sample_read(const struct journal *journal)
{
	struct loaded loaded = {0};

	loaded.status =
	    journal_read(journal, count_record, &loaded, &loaded.figures);
	return loaded;
}

struct loaded sample_load(const char *path)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	struct loaded loaded = {0};
	struct journal *journal;

	loaded.status = journal_open(path, &sweep, &journal);
	if (loaded.status != COHORT_OK)
		return loaded;
	loaded = sample_read(journal);
	journal_close(journal);
	return loaded;
}

cohort_status sample_run(const char *path, int rank, uint64_t begin,
                         uint64_t end)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	struct journal *journal = NULL;
	struct journal_writer *writer = NULL;

	cohort_status status = journal_open(path, &sweep, &journal);
	if (status == COHORT_OK) {
		const struct journal_run run = journal_this_run(journal);
		status = journal_writer_open(path, &run, rank, NULL, &writer);
	}
	for (uint64_t i = begin; i < end && status == COHORT_OK; i++) {
		const struct journal_record record = sample_record(i);
		status = journal_write(writer, &record);
	}
	cohort_status closed = journal_writer_close(writer);
	journal_close(journal);
	return status == COHORT_OK ? closed : status;
}
