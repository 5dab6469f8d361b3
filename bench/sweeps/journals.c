/*
 * Reading a journal beside reading its bytes. Makes a journal of `count` records
 * with results of `bytes` bytes, and reads it in turn with cohort_journal_next
 * and with read(2). Prints both, for each round: the number of records, the
 * bytes of all files, and seconds of wall-clock time and of the processor.
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

static void make(const char *path, size_t count)
{
	const cohort_options options = {.backend = "serial"};
	const cohort_job job = {.execute = execute, .journal = path};
	cohort *group;

	check(cohort_open(&options, &group));
	check(cohort_scatter(group, &job, "", count));
	check(cohort_close(group));
}

static double seconds(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
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

/* Returns the number of bytes. */
static size_t read_bytes(const char *path)
{
	static unsigned char piece[PIECE_BYTES];
	DIR *stream = opendir(path);
	size_t total = 0;

	require(stream, path);
	for (const struct dirent *entry; (entry = readdir(stream));) {
		if (strncmp(entry->d_name, "tasks-", 6))
			continue;
		const int fd =
		    openat(dirfd(stream), entry->d_name, O_RDONLY | O_CLOEXEC);
		require(fd >= 0, entry->d_name);
		ssize_t got;
		while ((got = read(fd, piece, sizeof(piece))) > 0)
			total += (size_t)got;
		require(got == 0, entry->d_name);
		close(fd);
	}
	closedir(stream);
	return total;
}

int main(int argc, char *argv[])
{
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
		make(path, count);
	const size_t bytes = read_bytes(path);
	for (int round = 0; round < 2 * rounds; round++) {
		const double begin = seconds(CLOCK_MONOTONIC);
		const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
		size_t records = 0;
		if (round % 2)
			read_records(path, &records);
		else
			read_bytes(path);
		printf("%s %zu %zu %.6f %.6f\n", round % 2 ? "next" : "read",
		       records, bytes, seconds(CLOCK_MONOTONIC) - begin,
		       seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
		if (round % 2 && records != count) {
			fprintf(stderr, "%zu records, not %zu\n", records,
			        count);
			return 1;
		}
	}
	return 0;
}
