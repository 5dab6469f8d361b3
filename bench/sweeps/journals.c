/*
 * Reading a journal beside reading its bytes. Makes a journal of `count` records
 * with results of `bytes` bytes, and reads it in turn with read(2) in pieces of a
 * megabyte, as dd does; with cohort_journal_next; and with a sweep that has all
 * of its results from there. The first two also when the system keeps nothing of
 * the files in memory ("cold"). Prints for each: the number of records, the bytes
 * of all files, and seconds: of wall-clock time, of the processor, and for which
 * the process could run but had no core.
 *
 * usage: bench-journals DIRECTORY COUNT BYTES ROUNDS
 */
#define _GNU_SOURCE
#include <cohort.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PIECE_BYTES = 1 << 20 };

static size_t result_bytes;
static size_t resumed; /* tasks, by the last sweep */

static void check(cohort_status status)
{
	if (status == COHORT_OK)
		return;
	fprintf(stderr, "%s: %s\n", cohort_status_name(status), cohort_error());
	exit(EXIT_FAILURE);
}

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	perror(what);
	exit(EXIT_FAILURE);
}

static int execute(cohort_task *task)
{
	const size_t index = cohort_task_index(task);
	unsigned char *result = cohort_task_result(task, result_bytes);

	for (size_t i = 0; i < result_bytes; i += sizeof(index))
		memcpy(result + i, &index,
		       result_bytes - i < sizeof(index) ? result_bytes - i
		                                        : sizeof(index));
	return 0;
}

/* The second time, all results are there. */
static void sweep(const char *path, size_t count)
{
	const cohort_options options = {.backend = "serial"};
	const cohort_job job = {.execute = execute, .journal = path};
	cohort *group;
	cohort_counts counts;

	check(cohort_open(&options, &group));
	check(cohort_scatter(group, &job, "", count));
	check(cohort_progress(group, &counts));
	resumed = counts.resumed;
	check(cohort_close(group));
}

static double seconds(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* 0 if the system does not count them. */
static double seconds_without_core(void)
{
	FILE *file = fopen("/proc/self/schedstat", "re");
	unsigned long long ran;
	unsigned long long waited = 0;

	if (file && fscanf(file, "%llu %llu", &ran, &waited) != 2)
		waited = 0;
	if (file)
		fclose(file);
	return 1e-9 * (double)waited;
}

static void read_records(const char *path, size_t *records)
{
	cohort_journal *journal;
	cohort_result result;
	bool end = false;

	check(cohort_journal_open(path, &journal));
	while (check(cohort_journal_next(journal, &result, &end)), !end)
		++*records;
	cohort_journal_close(journal);
}

/* Call `each` for every file with records. Returns the sum of what it
 * returns. */
static size_t for_files(const char *path, size_t each(int fd))
{
	DIR *stream = opendir(path);
	size_t total = 0;

	require(stream, path);
	for (const struct dirent *entry; (entry = readdir(stream));) {
		if (strncmp(entry->d_name, "tasks-", 6))
			continue;
		const int fd =
		    openat(dirfd(stream), entry->d_name, O_RDONLY | O_CLOEXEC);
		require(fd >= 0, entry->d_name);
		total += each(fd);
		close(fd);
	}
	closedir(stream);
	return total;
}

static size_t read_file(int fd)
{
	static unsigned char piece[PIECE_BYTES];
	size_t total = 0;
	ssize_t got;

	while ((got = read(fd, piece, sizeof(piece))) > 0)
		total += (size_t)got;
	require(got == 0, "read");
	return total;
}

/* The system drops what it has of the file. */
static size_t drop_file(int fd)
{
	require(!fsync(fd), "fsync");
	require(!posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), "posix_fadvise");
	return 0;
}

/* Returns the number of records that it has counted, or 0. */
static size_t read_in_way(const char *way, const char *path, size_t count)
{
	size_t records = 0;

	if (!strcmp(way, "resume")) {
		sweep(path, count);
		records = resumed;
	} else if (strstr(way, "next")) {
		read_records(path, &records);
	} else {
		for_files(path, read_file);
	}
	return records;
}

/* False if records are missing. */
static bool time_way(const char *way, const char *path, size_t count,
                     size_t bytes)
{
	if (!strncmp(way, "cold-", 5))
		for_files(path, drop_file);
	const double begin = seconds(CLOCK_MONOTONIC);
	const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	const double waited = seconds_without_core();
	const size_t records = read_in_way(way, path, count);

	printf("%s %zu %zu %.6f %.6f %.6f\n", way, count, bytes,
	       seconds(CLOCK_MONOTONIC) - begin,
	       seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu,
	       seconds_without_core() - waited);
	if (records == count || strstr(way, "read"))
		return true;
	fprintf(stderr, "%s: %zu records, not %zu\n", way, records, count);
	return false;
}

int main(int argc, char *argv[])
{
	static const char *const ways[] = {"read", "next", "resume",
	                                   "cold-read", "cold-next"};

	if (argc != 5) {
		fprintf(stderr, "usage: %s DIRECTORY COUNT BYTES ROUNDS\n",
		        argv[0]);
		return 2;
	}
	const char *path = argv[1];
	const size_t count = strtoull(argv[2], NULL, 10);
	const int rounds = atoi(argv[4]);
	result_bytes = strtoull(argv[3], NULL, 10);
	if (access(path, F_OK))
		sweep(path, count);
	const size_t bytes = for_files(path, read_file);
	for (int round = 0; round < rounds; round++)
		for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
			if (!time_way(ways[i], path, count, bytes))
				return 1;
	return 0;
}
