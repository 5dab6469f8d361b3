/*
 * Ranks that append to one file. Rank 0 is the scenario's process, which makes
 * the file and is never killed. Rank 1 is a process that it starts.
 */
#define _POSIX_C_SOURCE 200809L
#include "runner.h"
#include "scenarios.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILLED = 128 + SIGKILL };

/* Ranks that are followed, and the tasks of each, by their indices. */
enum { FOLLOWED = 3, EACH = 3000, TASKS_OF_ALL = (FOLLOWED + 1) * EACH };

static struct journal *journal;
static struct journal_writer *own;   /* of rank 0 */
static struct journal_writer *other; /* of rank 1, and its children */

static struct journal_writer *share(int rank, struct journal_shared *shared)
{
	const struct journal_run this = journal_this_run(journal);
	const struct journal_peers peers = {&outcome->words, FOLLOWED + 1,
	                                    rank == 0, 0};
	struct journal_writer *writer = NULL;

	EXPECT(journal_writer_share(path, &this, rank, shared, &peers,
	                            &writer) == COHORT_OK,
	       "rank %d: %s", rank, cohort_error());
	if (writer)
		journal_writer_begin(writer, 0);
	return writer;
}

static void open_file(uint64_t tasks)
{
	const struct journal_sweep sweep = sample_sweep(tasks);

	EXPECT(journal_open(path, &sweep, &journal) == COHORT_OK, "%s",
	       cohort_error());
	own = share(0, NULL);
}

static void close_file(void)
{
	EXPECT(journal_writer_close(own) == COHORT_OK, "%s", cohort_error());
	journal_close(journal);
}

static bool write_with(struct journal_writer *writer, int index)
{
	const struct journal_record record = sample_record((uint64_t)index);

	if (journal_write(writer, &record) != COHORT_OK)
		return false;
	atomic_fetch_add(&outcome->returned, 1);
	return true;
}

static void write_next(void)
{
	EXPECT(write_with(own, atomic_load(&outcome->returned)), "%s",
	       cohort_error());
}

/* Rank 1: all tasks that are left but two. */
static void be_rank_1(void)
{
	other = share(1, &outcome->shared);
	while (atomic_load(&outcome->returned) < TASKS - 2)
		EXPECT(write_with(other, atomic_load(&outcome->returned)),
		       "rank 1: %s", cohort_error());
	EXPECT(journal_writer_close(other) == COHORT_OK, "%s", cohort_error());
}

/* Whether there was such a call. */
static bool die_beside(enum hook_mode mode, int at)
{
	fresh();
	hooks_reset();
	atomic_store(&hooks->spared, (int)getpid());
	open_file(TASKS);
	write_next();
	hooks->mode = mode;
	atomic_store(&hooks->at, at);
	const int code = run(be_rank_1);
	const bool reached = atomic_load(&hooks->count) >= at;
	hooks->mode = PASS;
	const int returned = atomic_load(&outcome->returned);
	EXPECT(code == 0 || code == KILLED, "call %d: status %d", at, code);
	/* What rank 1 wrote last may be there, and is written once more. */
	write_next();
	close_file();
	const struct loaded loaded = sample_load(path);
	EXPECT(loaded.status == COHORT_OK && loaded.wrong == 0 &&
	           loaded.records == returned + 1 && loaded.figures.torn <= 1,
	       "call %d: %s, %d records after %d, %d torn", at,
	       loaded.status ? cohort_error() : "OK", loaded.records,
	       returned + 1, (int)loaded.figures.torn);
	return reached;
}

/* Rank 1 is killed at each of its system calls, and rank 0 goes on. */
void scenario_killed_sharers(void)
{
	int deaths = 0;

	for (enum hook_mode mode = KILL_BEFORE; mode <= KILL_AFTER; mode++) {
		int at = 1;
		while (die_beside(mode, at))
			at++;
		EXPECT(at > TASKS, "only %d calls", at - 1);
		deaths += at - 1;
	}
	figure("%d deaths beside a rank that writes to the same file", deaths);
}

/* A child of rank 1 writes the tasks from `begin` on. */
static void write_in_child(int begin)
{
	int status;
	const pid_t pid = fork();

	if (pid == 0) {
		for (int i = begin; i < TASKS; i++)
			if (!write_with(other, i))
				_exit(1);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	EXPECT(WIFSIGNALED(status) || WEXITSTATUS(status) == 0,
	       "a child failed");
}

/* Rank 1 learns from time to time what its children have finished. */
static void rewind_other(void)
{
	const uint64_t bytes = journal_writer_committed(other);

	EXPECT(journal_writer_rewind(other, bytes) == COHORT_OK, "%s",
	       cohort_error());
}

static int kill_children(enum hook_mode mode, int distance)
{
	int deaths = 0;

	fresh();
	hooks_reset();
	atomic_store(&hooks->spared, (int)getpid());
	open_file(TASKS);
	other = share(1, &outcome->shared);
	while (atomic_load(&outcome->returned) < TASKS &&
	       EXPECT(deaths < 200, "no progress")) {
		write_next();
		atomic_store(&hooks->count, 0);
		atomic_store(&hooks->at, deaths % distance + 1);
		hooks->mode = mode;
		write_in_child(atomic_load(&outcome->returned));
		hooks->mode = PASS;
		if (++deaths % 3 == 0)
			rewind_other();
	}
	EXPECT(journal_writer_close(other) == COHORT_OK, "%s", cohort_error());
	close_file();
	const struct loaded loaded = sample_load(path);
	EXPECT(loaded.status == COHORT_OK && loaded.records == TASKS &&
	           loaded.wrong == 0 && loaded.figures.unused == 0,
	       "mode %d: %s, %d records, %d unused", (int)mode,
	       loaded.status ? cohort_error() : "OK", loaded.records,
	       (int)loaded.figures.unused);
	return deaths;
}

/* Children of rank 1 are killed at one call after the other, and rank 0 writes
 * between them: each task has one record that counts. */
void scenario_sharing_children(void)
{
	int deaths = 0;

	for (enum hook_mode mode = KILL_BEFORE; mode <= KILL_AFTER; mode++)
		for (int distance = 2; distance <= 8; distance += 3)
			deaths += kill_children(mode, distance);
	figure("%d children that were killed beside another rank", deaths);
}

/* Rank 1's write stops half-way, and then fails. Rank 0 goes on behind it. */
void scenario_sharers_failing(void)
{
	open_file(TASKS);
	other = share(1, &outcome->shared);
	EXPECT(write_with(other, 0) && write_with(own, 1), "%s",
	       cohort_error());
	hooks->mode = FAIL_HALF;
	hooks->kind = HOOK_WRITEV;
	hooks->number = ENOSPC;
	atomic_store(&hooks->count, 0);
	atomic_store(&hooks->at, 1);
	EXPECT(!write_with(other, 3) &&
	           strstr(cohort_error(), strerror(ENOSPC)),
	       "%s", cohort_error());
	hooks->mode = PASS;
	EXPECT(!write_with(other, 3), "a rank that has failed goes on");
	EXPECT(write_with(own, 4), "%s", cohort_error());
	EXPECT(journal_writer_close(other) == COHORT_EIO, "no failure");
	close_file();
	const struct loaded loaded = sample_load(path);
	EXPECT(loaded.status == COHORT_OK && loaded.records == 3 &&
	           loaded.wrong == 0 && loaded.figures.torn == 1 &&
	           loaded.have[4],
	       "%s, %d records, %d torn", loaded.status ? cohort_error() : "OK",
	       loaded.records, (int)loaded.figures.torn);
}

static int syncs(void)
{
	return atomic_load(&hooks->calls[HOOK_FDATASYNC]);
}

/* For as long as a hang takes, wait until there are `count` syncs. */
static void await_syncs(int count)
{
	const double start = now();

	while (syncs() < count && now() < start + 60)
		nap(1e-3);
}

/* One sync a second serves both ranks, and one at the end. */
void scenario_sharers_syncs(void)
{
	open_file(TASKS);
	other = share(1, &outcome->shared);
	await_syncs(1); /* of the head */
	const double begin = now();
	for (int i = 0; i < 3; i++) {
		const int before = syncs();
		EXPECT(write_with(own, 2 * i) && write_with(other, 2 * i + 1),
		       "%s", cohort_error());
		await_syncs(before + 1);
	}
	const double took = now() - begin;
	EXPECT(syncs() <= 1 + (int)took + 1, "%d syncs in %.1f s", syncs(),
	       took);
	nap(1.2);
	const int before = syncs();
	EXPECT(write_with(own, 6) && write_with(other, 7), "%s",
	       cohort_error());
	EXPECT(journal_writer_close(other) == COHORT_OK, "%s", cohort_error());
	close_file();
	EXPECT(syncs() - before <= 2, "%d syncs at the end", syncs() - before);
	EXPECT(sample_load(path).records == 8, "%s", cohort_error());
	figure("%d syncs of 8 records of 2 ranks in %.1f s", syncs(), took);
}

static _Noreturn void be_followed(int rank)
{
	struct journal_writer *writer = share(rank, NULL);

	for (int i = 0; i < EACH; i++) {
		struct journal_record record =
		    sample_record((uint64_t)(rank * EACH + i));
		record.rank = rank;
		EXPECT(journal_write(writer, &record) == COHORT_OK, "%s",
		       cohort_error());
	}
	_exit(journal_writer_close(writer) != COHORT_OK);
}

/* The next result of each rank is that of its next task. */
static void check_followed(const cohort_result *result, int next[])
{
	struct journal_record wanted = sample_record(result->index);
	const int rank = result->rank;
	const bool right = rank > 0 && rank <= FOLLOWED &&
	                   (int)result->index == rank * EACH + next[rank]++ &&
	                   result->bytes == (size_t)wanted.bytes &&
	                   (!result->bytes ||
	                    !memcmp(result->data, wanted.data, result->bytes));

	EXPECT(right, "rank %d: task %d", rank, (int)result->index);
}

/* All results that are there now. */
static void follow_all(cohort_journal *reader, int next[])
{
	cohort_result result;
	bool end = false;

	while (EXPECT(cohort_journal_next(reader, &result, &end) == COHORT_OK,
	              "%s", cohort_error()) &&
	       !end)
		check_followed(&result, next);
}

/* A reader beside three ranks that write to one file. One is killed when it has
 * written a third of its tasks. */
void scenario_sharers_followed(void)
{
	int next[FOLLOWED + 1] = {0};
	pid_t pids[FOLLOWED + 1];
	cohort_journal *reader;
	int status;

	open_file(TASKS_OF_ALL);
	for (int rank = 1; rank <= FOLLOWED; rank++) {
		pids[rank] = fork();
		if (pids[rank] == 0)
			be_followed(rank);
	}
	EXPECT(cohort_journal_open(path, &reader) == COHORT_OK, "%s",
	       cohort_error());
	while (next[1] < EACH / 3 && !atomic_load(&outcome->failures))
		follow_all(reader, next);
	kill(pids[1], SIGKILL);
	while ((next[2] < EACH || next[3] < EACH) &&
	       !atomic_load(&outcome->failures))
		follow_all(reader, next);
	for (int rank = 1; rank <= FOLLOWED; rank++) {
		waitpid(pids[rank], &status, 0);
		EXPECT(rank == 1 || status == 0, "rank %d: %x", rank,
		       (unsigned)status);
	}
	follow_all(reader, next);
	cohort_journal_close(reader);
	close_file();
	figure("%d, %d and %d results in their order", next[1], next[2],
	       next[3]);
}
