/* Records that claim to be large, in files that are large only because of a hole. */
#define _GNU_SOURCE
#include "common/journal/format_record.h"
#include "common/journal/hash.h"
#include "runner.h"
#include "scenarios.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CANNOT = 2 };

static const off_t larger = (off_t)400 << 20; /* than `limit` */
static const rlim_t limit = (rlim_t)256 << 20;
static const off_t giant = (off_t)1 << 42; /* than the machine's memory */

/* Behind the records that there are: the header of one of `bytes` bytes, which are
 * a hole. */
static void append_claim(off_t bytes)
{
	struct format_record head = {
	    .magic = {'t', 'a', 's', 'k'}, .bytes = (uint64_t)bytes, .body = 1};
	char name[SCRATCH_PATH];

	head.checksum =
	    hash_64(&head, offsetof(struct format_record, checksum));
	scratch_name(name, path, "tasks-1-0");
	const int fd = open(name, O_WRONLY | O_APPEND);
	const off_t end = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	EXPECT(end > 0 && write(fd, &head, sizeof(head)) == sizeof(head), "%s",
	       name);
	if (ftruncate(fd, end + (off_t)sizeof(head) + bytes))
		_exit(CANNOT);
	close(fd);
}

/* In little memory: the claim is found to be wrong, and takes none. */
static void read_larger(void)
{
	const struct rlimit memory = {limit, limit};

	write_tasks(0, 3);
	append_claim(larger);
	/* A sanitizer's shadow of the memory needs more. */
#if !defined(__SANITIZE_ADDRESS__)
	setrlimit(RLIMIT_AS, &memory);
#else
	(void)memory;
#endif
	const struct loaded loaded = sample_load(path);
	EXPECT(loaded.status == COHORT_ECORRUPT &&
	           strstr(cohort_error(), "tasks-1-0 is damaged") &&
	           strstr(cohort_error(), "result is not what was written"),
	       "%s: %s", cohort_status_name(loaded.status), cohort_error());
}

static void read_giant(void)
{
	write_tasks(0, 3);
	append_claim(giant);
	const struct loaded loaded = sample_load(path);
	EXPECT(loaded.status == COHORT_ENOMEM &&
	           strstr(cohort_error(), "tasks-1-0") &&
	           strstr(cohort_error(), "4398046511192 bytes"),
	       "%s: %s", cohort_status_name(loaded.status), cohort_error());
}

void scenario_giants(void)
{
	int code = run(read_larger);

	EXPECT(code == 0 || code == CANNOT, "exit status %d", code);
	fresh();
	if (code == 0)
		code = run(read_giant);
	if (code == CANNOT)
		skip("the file system has no files of this size");
	EXPECT(code == 0, "exit status %d", code);
}
