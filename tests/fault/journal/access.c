/* Directories of another user, and directories that this user cannot write to. */
#define _GNU_SOURCE
#include "runner.h"
#include "scenarios.h"

#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOBODY = 61234, CANNOT = 2 };

static void expect_refused(cohort_status expected, const char *words)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	const int entries = scratch_entries(path);
	struct journal *journal;

	cohort_status status = journal_open(path, &sweep, &journal);
	EXPECT(status == expected && strstr(cohort_error(), words), "%s: %s",
	       cohort_status_name(status), cohort_error());
	EXPECT(scratch_entries(path) == entries, "something has changed");
	if (status == COHORT_OK)
		journal_close(journal);
}

static void write_all(void)
{
	write_tasks(0, TASKS);
}

void scenario_other_user(void)
{
	char name[SCRATCH_PATH];
	const uid_t self = geteuid();

	if (self != 0)
		skip("only root can give files away");
	EXPECT(mkdir(path, 0700) == 0 && chown(path, NOBODY, (gid_t)-1) == 0,
	       "%s", strerror(errno));
	expect_refused(COHORT_EINVAL, "belongs to user 61234");
	EXPECT(chown(path, self, (gid_t)-1) == 0, "%s", strerror(errno));
	run(write_all);
	expect_tasks(TASKS, "one's own", 0);
	scratch_name(name, path, "tasks-1-0");
	EXPECT(chown(name, NOBODY, (gid_t)-1) == 0, "%s", strerror(errno));
	const struct loaded loaded = sample_load(path);
	EXPECT(loaded.status == COHORT_EINVAL &&
	           strstr(cohort_error(), "tasks-1-0 belongs to user 61234"),
	       "%s", cohort_error());
}

static void read_as_another(void)
{
	cohort_journal *reader;
	char name[SCRATCH_PATH];

	if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		_exit(CANNOT);
	EXPECT(cohort_journal_open(path, &reader) == COHORT_OK, "%s",
	       cohort_error());
	expect_results(reader, TASKS, "another user");
	cohort_journal_close(reader);
	scratch_name(name, path, "lock");
	EXPECT(access(name, W_OK) && access(path, W_OK), "it may write");
	/* To go on with it is another matter. */
	expect_refused(COHORT_EINVAL, "belongs to user 0");
}

static void fail_to_read(void)
{
	cohort_journal *reader = NULL;
	cohort_result result;
	bool end = false;

	if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		_exit(CANNOT);
	cohort_status status = cohort_journal_open(path, &reader);
	if (status == COHORT_OK)
		status = cohort_journal_next(reader, &result, &end);
	EXPECT(status == COHORT_EIO && !end &&
	           strstr(cohort_error(), strerror(EACCES)),
	       "%s: %s", cohort_status_name(status), cohort_error());
	cohort_journal_close(reader);
}

/* Whoever may read the files may read the journal. */
void scenario_other_reader(void)
{
	char folder[SCRATCH_PATH];
	char name[SCRATCH_PATH];

	if (geteuid() != 0)
		skip("only root can become another user");
	snprintf(folder, sizeof(folder), "%s", path);
	*strrchr(folder, '/') = '\0';
	EXPECT(chmod(folder, 0755) == 0, "chmod");
	run(write_all);
	if (run(fail_to_read) == CANNOT)
		skip("root cannot become somebody else here");
	EXPECT(chmod(path, 0755) == 0, "chmod");
	EXPECT(run(fail_to_read) == 0, "the identity is not readable");
	scratch_name(name, path, "identity");
	EXPECT(chmod(name, 0644) == 0, "chmod");
	EXPECT(run(fail_to_read) == 0, "the records are not readable");
	scratch_name(name, path, "tasks-1-0");
	EXPECT(chmod(name, 0644) == 0, "chmod");
	EXPECT(run(read_as_another) == 0, "all is readable");
}

/* The lock's file is overwritten: it must not be another file. */
void scenario_strange_lock(void)
{
	char lock[SCRATCH_PATH];
	char mine[SCRATCH_PATH];
	char text[16] = "";

	EXPECT(mkdir(path, 0700) == 0, "%s", strerror(errno));
	scratch_name(lock, path, "lock");
	snprintf(mine, sizeof(mine), "%.200s.mine", path);
	FILE *file = fopen(mine, "w");
	EXPECT(file && fputs("precious", file) >= 0 && !fclose(file), "%s",
	       mine);
	EXPECT(link(mine, lock) == 0, "%s", strerror(errno));
	expect_refused(COHORT_EINVAL, "lock is a second name");
	unlink(lock);
	EXPECT(symlink(mine, lock) == 0, "%s", strerror(errno));
	expect_refused(COHORT_EIO, "cannot open lock");
	unlink(lock);
	EXPECT(mkfifo(lock, 0600) == 0, "%s", strerror(errno));
	expect_refused(COHORT_EINVAL, "lock is not a plain file");
	unlink(lock);
	file = fopen(mine, "r");
	EXPECT(file && fgets(text, sizeof(text), file) &&
	           !strcmp(text, "precious"),
	       "it has been overwritten: %s", text);
	if (file)
		fclose(file);
	unlink(mine);
	run(write_all);
	expect_tasks(TASKS, "a lock of its own", 0);
}

/* A file system that has locks of records, and none of files. */
void scenario_no_flock(void)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	struct journal *journal;

	hooks->mode = FAIL_ON;
	hooks->kind = HOOK_FLOCK;
	hooks->number = EOPNOTSUPP;
	atomic_store(&hooks->at, 1);
	EXPECT(journal_open(path, &sweep, &journal) == COHORT_OK, "%s",
	       cohort_error());
	expect_refused(COHORT_ESTATE, "is in use");
	journal_close(journal);
	EXPECT(journal_open(path, &sweep, &journal) == COHORT_OK, "%s",
	       cohort_error());
	journal_close(journal);
}

/* A file system without any lock: refused, unless the user wants it. */
void scenario_no_lock(void)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	struct journal *journal;

	hooks->mode = FAIL_ON;
	hooks->kind = HOOK_FLOCK;
	hooks->number = EOPNOTSUPP;
	atomic_store(&hooks->at, 1);
	atomic_store(&hooks->no_locks, 1);
	EXPECT(journal_open(path, &sweep, &journal) == COHORT_EIO &&
	           strstr(cohort_error(), "has no locks") &&
	           strstr(cohort_error(), "COHORT_JOURNAL_UNLOCKED=1"),
	       "%s", cohort_error());
	EXPECT(journal_open_unlocked(path, &sweep, &journal) == COHORT_OK, "%s",
	       cohort_error());
	journal_close(journal);
	/* Where there are locks, it takes one. */
	hooks_reset();
	EXPECT(journal_open_unlocked(path, &sweep, &journal) == COHORT_OK, "%s",
	       cohort_error());
	expect_refused(COHORT_ESTATE, "is in use");
	journal_close(journal);
}

/* A file system that shows one owner and mode 777 for every file: a directory that
 * cohort has made is used, another one is not. */
void scenario_no_modes(void)
{
	char name[SCRATCH_PATH];

	atomic_store(&hooks->owner, NOBODY);
	write_tasks(0, 3);
	EXPECT(outcome->status == COHORT_OK, "%s", outcome->sentence);
	write_tasks(3, TASKS);
	EXPECT(outcome->status == COHORT_OK, "%s", outcome->sentence);
	expect_tasks(TASKS, "no modes", 0);
	scratch_name(name, path, "identity");
	unlink(name);
	scratch_name(name, path, "tasks-1-0");
	unlink(name);
	scratch_name(name, path, "tasks-2-0");
	unlink(name);
	expect_refused(COHORT_EINVAL, "a path that does not exist yet");
}

/* Permissions do not restrict root, so the tests of permissions run as another
 * user. */
static void become_somebody(void)
{
	if (geteuid() == 0 &&
	    (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY)))
		_exit(CANNOT);
}

static void try_modes(void)
{
	become_somebody();
	write_tasks(0, 2);
	EXPECT(outcome->status == COHORT_OK, "%s", outcome->sentence);
	EXPECT(chmod(path, 0500) == 0, "chmod");
	expect_refused(COHORT_EIO, strerror(EACCES));
	char name[SCRATCH_PATH];
	snprintf(name, sizeof(name), "%s", path);
	scratch_name(path, name, "below");
	expect_refused(COHORT_EIO, strerror(EACCES));
	snprintf(path, sizeof(path), "%s", name);
	EXPECT(chmod(path, 0300) == 0, "chmod");
	expect_refused(COHORT_EIO, strerror(EACCES));
	chmod(path, 0700);
	scratch_name(name, path, "tasks-1-0");
	EXPECT(chmod(name, 0) == 0, "chmod");
	EXPECT(sample_load(path).status == COHORT_EIO &&
	           strstr(cohort_error(), "tasks-1-0"),
	       "%s", cohort_error());
	scratch_name(name, path, "lock");
	EXPECT(chmod(name, 0) == 0, "chmod");
	expect_refused(COHORT_EIO, "lock");
}

void scenario_not_writable(void)
{
	char folder[SCRATCH_PATH];

	snprintf(folder, sizeof(folder), "%s", path);
	*strrchr(folder, '/') = '\0';
	chmod(folder, 0777);
	const int code = run(try_modes);
	if (code == CANNOT)
		skip("root cannot become somebody else here");
	EXPECT(code == 0, "exit status %d", code);
}

static void try_mount(void)
{
	EXPECT(mkdir(path, 0700) == 0, "mkdir");
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", path, "tmpfs", 0, "size=64k,mode=700"))
		_exit(CANNOT);
	write_tasks(0, 3);
	EXPECT(outcome->status == COHORT_OK, "%s", outcome->sentence);
	EXPECT(mount("none", path, "tmpfs", MS_REMOUNT | MS_RDONLY,
	             "size=64k") == 0,
	       "%s", strerror(errno));
	expect_refused(COHORT_EIO, strerror(EROFS));
	cohort_journal *reader;
	EXPECT(cohort_journal_open(path, &reader) == COHORT_OK, "%s",
	       cohort_error());
	expect_results(reader, 3, "a file system that is read-only");
	/* A disk that is really full. */
	EXPECT(mount("none", path, "tmpfs", MS_REMOUNT, "size=64k") == 0, "%s",
	       strerror(errno));
	char name[SCRATCH_PATH];
	scratch_name(name, path, "ballast");
	FILE *file = fopen(name, "wb");
	while (file && fputc('x', file) != EOF && !fflush(file))
		;
	atomic_store(&outcome->returned, 0);
	write_tasks(3, TASKS);
	EXPECT(outcome->status == COHORT_EIO &&
	           strstr(outcome->sentence, strerror(ENOSPC)),
	       "%s", outcome->sentence);
	expect_results(reader, atomic_load(&outcome->returned), "a full disk");
	unlink(name);
	if (file)
		fclose(file);
	expect_tasks(3, "a full disk", 0);
	write_tasks(3, TASKS);
	EXPECT(outcome->status == COHORT_OK, "%s", outcome->sentence);
	expect_results(reader, TASKS - 3, "after a full disk");
	cohort_journal_close(reader);
}

void scenario_read_only(void)
{
	const int code = run(try_mount);

	if (code == CANNOT)
		skip("nothing can be mounted here");
	EXPECT(code == 0, "exit status %d", code);
}
