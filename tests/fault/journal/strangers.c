/* Files in a journal's directory that cohort has not made: a second name of another
 * file, a symbolic link, a pipe, a directory. No other file is read or written in
 * their place, and nothing waits. */
#define _POSIX_C_SOURCE 200809L
#include "runner.h"
#include "scenarios.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char precious[] = "precious";
static char other[SCRATCH_PATH]; /* a file of the user's, outside */

enum kind { LINKED, SYMBOLIC, PIPE, FOLDER, KINDS };

static const char *const kinds[] = {"a second name", "a symbolic link",
                                    "a pipe", "a directory"};

/* The other file gets the contents of the one that is replaced, if there is one, so
 * that only its kind is wrong. */
static void replace(const char *name, enum kind kind)
{
	snprintf(other, sizeof(other), "%.200s.other", path);
	unlink(other);
	if (rename(name, other)) {
		FILE *file = fopen(other, "w");
		EXPECT(file && fputs(precious, file) >= 0 && !fclose(file),
		       "%s", other);
	}
	const int failed = kind == LINKED     ? link(other, name)
	                   : kind == SYMBOLIC ? symlink(other, name)
	                   : kind == PIPE     ? mkfifo(name, 0600)
	                                      : mkdir(name, 0700);
	EXPECT(!failed, "%s: %s", name, strerror(errno));
}

static void expect_untouched(const char *what)
{
	char text[sizeof(precious)] = "";
	FILE *file = fopen(other, "r");
	struct stat about;

	EXPECT(file && fgets(text, sizeof(text), file) &&
	           !strcmp(text, precious) && !fstat(fileno(file), &about) &&
	           about.st_size == sizeof(precious) - 1,
	       "%s: it has been overwritten: %s", what, text);
	if (file)
		fclose(file);
}

static void write_all(void)
{
	write_tasks(0, TASKS);
}

/* A file that is there is read. */
static void read_strange(const char *base, enum kind kind)
{
	char name[SCRATCH_PATH];
	const char *words = kind == LINKED ? "a second name of another file"
	                                   : "not a plain file";

	fresh();
	run(write_all);
	scratch_name(name, path, base);
	replace(name, kind);
	const struct loaded loaded = sample_load(path);
	EXPECT(loaded.status ==
	               (kind == LINKED ? COHORT_EINVAL : COHORT_ECORRUPT) &&
	           strstr(cohort_error(), base) &&
	           strstr(cohort_error(), words),
	       "%s is %s: %s: %s", base, kinds[kind],
	       cohort_status_name(loaded.status), cohort_error());
	/* As it was, it is read. */
	EXPECT(!(kind == FOLDER ? rmdir(name) : unlink(name)) &&
	           !rename(other, name),
	       "%s: %s", name, strerror(errno));
	expect_tasks(TASKS, kinds[kind], 0);
}

/* The file that an earlier run may have left is made anew. */
static void make_strange(enum kind kind)
{
	char name[SCRATCH_PATH];

	fresh();
	EXPECT(mkdir(path, 0700) == 0, "%s", strerror(errno));
	scratch_name(name, path, "identity.new");
	replace(name, kind);
	run(write_all);
	if (kind == FOLDER)
		EXPECT(outcome->status == COHORT_EIO &&
		           strstr(outcome->sentence, "identity.new"),
		       "%s", outcome->sentence);
	else
		expect_tasks(TASKS, kinds[kind], 0);
	expect_untouched(kinds[kind]);
	unlink(other);
}

void scenario_strange_files(void)
{
	for (enum kind kind = 0; kind < KINDS; kind++) {
		read_strange("identity", kind);
		read_strange("tasks-1-0", kind);
		make_strange(kind);
	}
}

static struct journal *journal;

/* Rank 0 has made the file; a result above 16 bytes has a file of its rank. */
static struct journal_writer *share(int rank)
{
	const struct journal_run this = journal_this_run(journal);
	const struct journal_peers peers = {&outcome->words, 2, rank == 0, 16};
	struct journal_writer *writer = NULL;

	EXPECT(journal_writer_share(path, &this, rank, &outcome->shared, &peers,
	                            &writer) == COHORT_OK,
	       "rank %d: %s", rank, cohort_error());
	if (writer)
		journal_writer_begin(writer, 0);
	return writer;
}

/* Rank 1 opens the file of rank 0, or makes one for a large result. */
static void write_strange(const char *base, enum kind kind)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	const struct journal_record record = sample_record(5);
	char name[SCRATCH_PATH];

	fresh();
	memset(&outcome->shared, 0, sizeof(outcome->shared));
	EXPECT(journal_open(path, &sweep, &journal) == COHORT_OK, "%s",
	       cohort_error());
	struct journal_writer *first = share(0);
	scratch_name(name, path, base);
	unlink(name);
	replace(name, kind);
	struct journal_writer *second = share(1);
	const cohort_status status = journal_write(second, &record);
	EXPECT(status == COHORT_EIO, "%s is %s: %s: %s", base, kinds[kind],
	       cohort_status_name(status), cohort_error());
	expect_untouched(kinds[kind]);
	(void)!journal_writer_close(second);
	(void)!journal_writer_close(first);
	journal_close(journal);
	unlink(other);
}

/* The program closes a descriptor of `name` and opens a file of its own, which gets
 * the number. Returns it. */
static int take_descriptor(const char *name)
{
	char link[64];
	char target[SCRATCH_PATH];
	int taken = -1;

	snprintf(other, sizeof(other), "%.200s.other", path);
	const int file = open(other, O_RDWR | O_CREAT | O_TRUNC, 0600);
	EXPECT(write(file, precious, sizeof(precious) - 1) > 0, "%s", other);
	for (int fd = 3; fd < file; fd++) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		const ssize_t bytes =
		    readlink(link, target, sizeof(target) - 1);
		target[bytes > 0 ? bytes : 0] = '\0';
		if (!strcmp(target, name))
			taken = dup2(file, fd);
	}
	close(file);
	EXPECT(taken >= 0, "no descriptor of %s", name);
	return taken;
}

/* Nothing is written to the program's file, it stays open, and the run says why it
 * has lost its own. */
static void lose_descriptor(bool shares)
{
	static const char says[] = "has closed its descriptor";
	const struct journal_sweep sweep = sample_sweep(TASKS);
	const struct journal_record record = sample_record(3);
	char name[SCRATCH_PATH];
	struct journal_writer *writer = NULL;

	fresh();
	EXPECT(journal_open(path, &sweep, &journal) == COHORT_OK, "%s",
	       cohort_error());
	const struct journal_run this = journal_this_run(journal);
	if (shares)
		writer = share(0);
	else
		EXPECT(journal_writer_open(path, &this, 0, &outcome->shared,
		                           &writer) == COHORT_OK,
		       "%s", cohort_error());
	EXPECT(journal_write(writer, &record) == COHORT_OK, "%s",
	       cohort_error());
	scratch_name(name, path, "tasks-1-0");
	const int taken = take_descriptor(name);
	EXPECT(journal_write(writer, &record) == COHORT_EIO &&
	           strstr(cohort_error(), says),
	       "written: %s", cohort_error());
	EXPECT(journal_writer_close(writer) == COHORT_EIO &&
	           strstr(cohort_error(), says),
	       "closed: %s", cohort_error());
	journal_close(journal);
	expect_untouched("a descriptor that was taken");
	EXPECT(!close(taken), "the program's file has been closed");
	EXPECT(sample_load(path).records == 1, "%s", cohort_error());
	unlink(other);
}

void scenario_strange_writes(void)
{
	lose_descriptor(false);
	lose_descriptor(true);
	for (enum kind kind = 0; kind < KINDS; kind++) {
		write_strange("tasks-1-0", kind);
		write_strange("tasks-1-3", kind);
	}
}
