/* A writer that forked children use, one after another. */
#define _GNU_SOURCE
#include "runner.h"
#include "scenarios.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct journal *journal;
static struct journal_writer *writer;

static void open_writer(struct journal_shared *shared)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);

	EXPECT(journal_open(path, &sweep, &journal) == COHORT_OK, "%s",
	       cohort_error());
	const struct journal_run this = journal_this_run(journal);
	EXPECT(journal_writer_open(path, &this, 0, shared, &writer) ==
	           COHORT_OK,
	       "%s", cohort_error());
}

static void close_writer(cohort_status expected)
{
	cohort_status status = journal_writer_close(writer);
	EXPECT(status == expected, "%s: %s", cohort_status_name(status),
	       cohort_error());
	journal_close(journal);
}

static bool write_task(uint64_t index)
{
	const struct journal_record record = sample_record(index);

	if (journal_write(writer, &record) != COHORT_OK)
		return false;
	atomic_fetch_add(&outcome->returned, 1);
	return true;
}

/* A child writes tasks begin to end - 1. Returns its exit status, or 128 + n if
 * signal n has ended it. */
static int write_in_child(int begin, int end)
{
	int status;
	const pid_t pid = fork();

	if (pid == 0) {
		for (int i = begin; i < end; i++)
			if (!write_task((uint64_t)i))
				_exit(1);
		_exit(journal_writer_close(writer) == COHORT_OK ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
	                           : WEXITSTATUS(status);
}

void scenario_children(void)
{
	open_writer(&outcome->shared);
	for (int i = 0; i < TASKS; i += 3) {
		EXPECT(write_task((uint64_t)i), "%s", cohort_error());
		EXPECT(write_in_child(i + 1, i + 3) == 0, "a child failed");
	}
	close_writer(COHORT_OK);
	expect_tasks(TASKS, "children", 0);
}

/* Each child is killed at another of its calls. The next child goes on from
 * there, and the root does not clean up in between. The root's sync thread runs
 * meanwhile; the hooks spare the root. */
void scenario_killed_children(void)
{
	for (enum hook_mode mode = KILL_BEFORE; mode <= KILL_AFTER; mode++) {
		fresh();
		atomic_store(&hooks->spared, (int)getpid());
		open_writer(&outcome->shared);
		int deaths = 0;
		while (atomic_load(&outcome->returned) < TASKS) {
			const int done = atomic_load(&outcome->returned);
			atomic_store(&hooks->count, 0);
			atomic_store(&hooks->at, deaths % 4 + 1);
			hooks->mode = mode;
			write_in_child(done, TASKS);
			hooks->mode = PASS;
			deaths++;
			if (!EXPECT(deaths < 200, "no progress"))
				break;
			if (deaths % 3 == 0) {
				const uint64_t bytes =
				    journal_writer_committed(writer);
				EXPECT(journal_writer_rewind(writer, bytes) ==
				           COHORT_OK,
				       "%s", cohort_error());
			}
		}
		close_writer(COHORT_OK);
		expect_tasks(TASKS, "killed children", (int)mode);
	}
}

/* Wait until there are more than `above` calls of a kind, for 5 s at most.
 * Returns the seconds that it took. */
static double await_call(enum hook kind, int above)
{
	const double start = now();

	while (atomic_load(&hooks->calls[kind]) <= above &&
	       now() < start + 60) /* detects a hang */
		nap(1e-3);
	return now() - start;
}

static int syncs(void)
{
	return atomic_load(&hooks->calls[HOOK_FDATASYNC]);
}

void scenario_syncs(void)
{
	double slowest = 0;

	open_writer(NULL);
	await_call(HOOK_FDATASYNC, 0);
	for (uint64_t i = 0; i < 3; i++) {
		const int before = syncs();
		EXPECT(write_task(i), "%s", cohort_error());
		const double took = await_call(HOOK_FDATASYNC, before);
		EXPECT_WITHIN(took, 2, "the sync of write %d", (int)i);
		slowest = took > slowest ? took : slowest;
		nap(0.2);
	}
	const int before = syncs();
	nap(1.5);
	EXPECT(syncs() == before, "%d syncs of nothing", syncs() - before);
	const double begin = now();
	close_writer(COHORT_OK);
	EXPECT_WITHIN(now() - begin, 0.5, "%s", "closing");
	figure("from a write to its sync: %.2f s at the most (promised: 1 s)",
	       slowest);
}

void scenario_syncs_of_children(void)
{
	open_writer(&outcome->shared);
	await_call(HOOK_FDATASYNC, 0);
	nap(0.1);
	const int before = syncs();
	EXPECT(write_in_child(0, 3) == 0, "exit status");
	EXPECT(syncs() == before, "the child has synced");
	const double took = await_call(HOOK_FDATASYNC, before);
	EXPECT_WITHIN(took, 2, "%s", "the sync of a child's writes");
	/* A failure in one process is known in all of them. */
	hooks->mode = FAIL;
	hooks->kind = HOOK_FDATASYNC;
	hooks->number = 5;
	atomic_store(&hooks->at, 1);
	EXPECT(write_task(3), "%s", cohort_error());
	await_call(HOOK_FDATASYNC, syncs());
	nap(0.1);
	EXPECT(write_in_child(4, 5) == 1,
	       "the child does not know of the failure");
	EXPECT(!write_task(4) && strstr(cohort_error(), "sync tasks-1-0"), "%s",
	       cohort_error());
	close_writer(COHORT_EIO);
	figure("from a child's write to its sync: %.2f s (promised: 1 s)",
	       took);
}

/* Where no thread can be started, a write syncs if a second has passed. */
void scenario_no_thread(void)
{
	hooks->mode = FAIL_ON;
	hooks->kind = HOOK_THREAD;
	hooks->number = 11;
	atomic_store(&hooks->at, 1);
	open_writer(&outcome->shared);
	EXPECT(atomic_load(&hooks->calls[HOOK_THREAD]) == 2, "no thread");
	EXPECT(write_task(0) && syncs() == 0, "%d syncs", syncs());
	nap(1.1);
	EXPECT(write_task(1) && syncs() == 1, "%d syncs", syncs());
	EXPECT(write_task(2) && syncs() == 1, "%d syncs", syncs());
	nap(1.1);
	EXPECT(write_in_child(3, 5) == 0 && syncs() == 2, "%d syncs", syncs());
	close_writer(COHORT_OK);
	EXPECT(syncs() == 3, "%d syncs", syncs());
	expect_tasks(5, "no thread", 0);
}

static sigset_t seen;

/* The signals that a thread of this process blocks. */
static unsigned long long blocked_by(const char *tid)
{
	char name[300];
	char line[256];
	unsigned long long mask = 0;

	snprintf(name, sizeof(name), "/proc/self/task/%s/status", tid);
	FILE *file = fopen(name, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "SigBlk: %llx", &mask) == 1)
			break;
	if (file)
		fclose(file);
	return mask;
}

static void check_thread(void)
{
	const unsigned long long all = 0x7ffbfeff; /* that can be blocked */
	const struct dirent *entry;
	int threads = 0;

	open_writer(NULL);
	DIR *folder = opendir("/proc/self/task");
	while (folder && (entry = readdir(folder))) {
		/* The first thread is the program's. */
		if (entry->d_name[0] == '.' ||
		    atoi(entry->d_name) == (int)getpid())
			continue;
		threads++;
		EXPECT((blocked_by(entry->d_name) & all) == all,
		       "thread %s does not block all signals", entry->d_name);
	}
	if (folder)
		closedir(folder);
	EXPECT(threads == 1, "%d threads of the library's", threads);
	pthread_sigmask(SIG_BLOCK, NULL, &seen);
	EXPECT(!sigismember(&seen, SIGUSR1), "the mask has changed");
	close_writer(COHORT_OK);
}

void scenario_signals(void)
{
	EXPECT(run(check_thread) == 0, "exit status");
}
