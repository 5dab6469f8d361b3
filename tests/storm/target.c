/*
 * The program under attack: makes the calls of one attack until one fails, and
 * checks all data on the way.
 *
 *	storm_target STATE SEED NUMBER JOURNAL
 */
#define _POSIX_C_SOURCE 200809L
#include "attack.h"
#include "cohort.h"
#include "monotonic.h"
#include "storm_state.h"
#include "turns.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { TASKS = 400 };

struct target {
	struct attack attack;
	const char *journal;
	struct storm_state *state;
	cohort *group;
	int rank;
	unsigned char *send;
	unsigned char *recv;
	size_t *counts;
};

static void mark_wrong(const struct target *target, const char *what)
{
	atomic_fetch_add(&target->state->ranks[target->rank].wrong, 1);
	fprintf(stderr, "rank %d: wrong: %s\n", target->rank, what);
}

/* What the first call that failed returned. */
static void tell(struct storm_rank *rank, cohort_status status)
{
	if (atomic_load(&rank->told) > 0)
		return;
	const int64_t told = monotonic_ns();
	const struct turns turns = turns_of(getpid());
	atomic_store(&rank->turns, turns.count);
	atomic_store(&rank->turns_ns, turns.ns);
	atomic_store(&rank->status, (int)status);
	atomic_store(&rank->told, told);
}

/* Byte i of what rank r sends in call k. */
static unsigned char byte_of(int r, uint64_t k, size_t i)
{
	return (unsigned char)(i * 7 + k * 31 + (uint64_t)r * 101);
}

static void fill(const struct target *target, uint64_t k)
{
	for (size_t i = 0; i < target->attack.bytes; i++)
		target->send[i] = byte_of(target->rank, k, i);
}

static void expect(const struct target *target, const unsigned char *got, int r,
                   uint64_t k)
{
	for (size_t i = 0; i < target->attack.bytes; i++)
		if (got[i] != byte_of(r, k, i)) {
			mark_wrong(target, "a byte of a call that succeeded");
			return;
		}
}

static cohort_status run_bcast(const struct target *target, uint64_t k)
{
	const int root = (int)(k % (uint64_t)target->attack.ranks);
	cohort_status status =
	    cohort_bcast(target->group, target->send, target->attack.bytes,
	                 COHORT_UINT8, root);

	if (status == COHORT_OK)
		expect(target, target->send, root, k);
	return status;
}

static cohort_status run_gather(const struct target *target, uint64_t k,
                                bool all)
{
	const int root = (int)(k % (uint64_t)target->attack.ranks);
	const size_t bytes = target->attack.bytes;
	cohort_status status =
	    all ? cohort_allgatherv(target->group, target->send, bytes,
	                            target->recv, target->counts, COHORT_UINT8)
	        : cohort_gatherv(target->group, target->send, bytes,
	                         target->recv, target->counts, COHORT_UINT8,
	                         root);

	for (int r = 0; status == COHORT_OK && r < target->attack.ranks; r++)
		if (all || root == target->rank)
			expect(target, target->recv + (size_t)r * bytes, r, k);
	return status;
}

/* All ranks send byte 0 of rank 0 and call k everywhere, so the maximum is
 * that. */
static cohort_status run_allreduce(const struct target *target, uint64_t k)
{
	for (size_t i = 0; i < target->attack.bytes; i++)
		target->send[i] = byte_of(0, k, i);
	cohort_status status =
	    cohort_allreduce(target->group, target->send, target->recv,
	                     target->attack.bytes, COHORT_UINT8, COHORT_MAX);
	if (status == COHORT_OK)
		expect(target, target->recv, 0, k);
	return status;
}

static cohort_status run_objects(const struct target *target, uint64_t k)
{
	const cohort_blob mine = {target->send, target->attack.bytes};
	cohort_blob *all = NULL;
	cohort_status status =
	    cohort_allgather_objects(target->group, mine, &all);

	for (int r = 0; status == COHORT_OK && r < target->attack.ranks; r++)
		if (all[r].bytes != target->attack.bytes)
			mark_wrong(target, "an object's size");
		else
			expect(target, all[r].data, r, k);
	if (status == COHORT_OK)
		free(all);
	return status;
}

/* In the rank, or in the child process that runs its tasks. */
static void note_task_begins(const struct target *target)
{
	struct storm_rank *own = &target->state->ranks[target->rank];

	if (atomic_load(&target->state->killed) > 0 &&
	    atomic_load(&own->went_on) == 0)
		atomic_store(&own->went_on, monotonic_ns());
}

static int square(cohort_task *task)
{
	const struct target *target = cohort_task_state(task);
	const uint64_t *x = cohort_task_param(task);
	uint64_t *result = cohort_task_result(task, sizeof(*result));
	struct timespec pause = {0, 20000};

	if (!result)
		return -1;
	note_task_begins(target);
	if (*x % 8 == 0)
		nanosleep(&pause, NULL);
	*result = *x * *x;
	atomic_store(&target->state->ranks[target->rank].worked,
	             monotonic_ns());
	return 0;
}

/* Signals that may be one of many, to all processes of a job: rank 0 waits whether
 * it is ended too (cohort.h). */
static bool is_waited_for(int signal)
{
	return signal == SIGKILL || signal == SIGTERM;
}

/* A sweep outlives its ranks: only the task that the victim ran may have failed,
 * and its sentence names the victim. */
static void check_failed(const struct target *target,
                         const cohort_result *result)
{
	char name[32];

	snprintf(name, sizeof(name), "rank %d was killed",
	         target->attack.victim);
	if (result->status != COHORT_ETASK || !strstr(result->error, name))
		mark_wrong(target, result->error);
}

/* What on_result got of the sweep under way. */
static struct {
	size_t next; /* no lower index may come */
	size_t calls;
	size_t failed;
} come;

static void check_result(const struct target *target,
                         const cohort_result *result)
{
	const uint64_t i = result->index;

	if (result->status != COHORT_OK)
		check_failed(target, result);
	else if (result->bytes != sizeof(uint64_t) ||
	         *(const uint64_t *)result->data != i * i)
		mark_wrong(target, "a result");
}

static int take_result(void *arg, const cohort_result *result)
{
	const struct target *target = arg;

	if (target->rank != 0 || result->index < come.next)
		mark_wrong(target, "a result that comes twice or too late");
	come.next = result->index + 1;
	come.calls++;
	come.failed += result->status != COHORT_OK;
	check_result(target, result);
	return 0;
}

/* Of a sweep whose tasks have all ended. */
static void check_come(const struct target *target)
{
	if (target->attack.ordered && target->rank == 0 && come.calls != TASKS)
		mark_wrong(target, "the number of calls of on_result");
}

static cohort_status check_results(const struct target *target)
{
	cohort_results *results = NULL;
	size_t count = 0;
	size_t failed = 0;

	cohort_status status = cohort_gather(target->group, &results);
	if (status != COHORT_OK)
		return status;
	const cohort_result *all = cohort_results_all(results, &count);
	if (!target->attack.discard && count != TASKS)
		mark_wrong(target, "the number of results");
	for (size_t i = 0; i < count; i++) {
		check_result(target, &all[i]);
		failed += all[i].status != COHORT_OK;
	}
	if (target->attack.discard && target->rank == 0 &&
	    (count != failed || failed != come.failed))
		mark_wrong(target, "the number of failed results");
	if (failed > 1)
		mark_wrong(target, "more than one failed task");
	if (failed > 0 && is_waited_for(target->attack.signal))
		atomic_store(&target->state->ranks[target->rank].waited, 1);
	cohort_results_free(results);
	return COHORT_OK;
}

static cohort_status run_sweep(const struct target *target, uint64_t k)
{
	uint64_t params[TASKS];
	char journal[4096];
	const struct attack *attack = &target->attack;
	cohort_job job = {
	    .execute = square,
	    .arg = (void *)(uintptr_t)target,
	    .param_bytes = sizeof(*params),
	    .isolate = attack->isolated,
	    .on_result = attack->ordered ? take_result : NULL,
	    .ordered = attack->ordered,
	    .discard = attack->discard,
	};

	for (uint64_t i = 0; i < TASKS; i++)
		params[i] = i;
	if (attack->journal && k < 4) {
		snprintf(journal, sizeof(journal), "%s-%d", target->journal,
		         (int)k);
		job.journal = journal;
	}
	memset(&come, 0, sizeof(come));
	cohort_status status =
	    cohort_scatter(target->group, &job, params, TASKS);
	struct storm_rank *own = &target->state->ranks[target->rank];
	if (status == COHORT_OK ||
	    strstr(cohort_error(), "cohort_gather has all results"))
		check_come(target);
	if (status == COHORT_OK) {
		/* Rank 0's death ends the gather too. */
		status = check_results(target);
		if (status != COHORT_OK && attack->victim != 0)
			mark_wrong(target, "no results of a whole sweep");
		return status;
	}
	tell(own, status);
	/* If the sweep had begun, there are results, on all ranks that live. A
	 * scatter that was turned away at once leaves those of the last one. */
	const bool kept = strstr(cohort_error(), "cohort_gather has") != NULL;
	if (!strncmp(cohort_error(), "cohort_scatter", 14)) {
		atomic_store(&own->kept, kept);
		atomic_store(&own->sweep, k + 1);
	}
	if (status == COHORT_EPEER && check_results(target) != COHORT_OK &&
	    kept)
		mark_wrong(target, "the results of a sweep are lost");
	return status;
}

static cohort_status run_call(const struct target *target, uint64_t k)
{
	const int64_t until = monotonic_ns() + 300000;

	fill(target, k);
	switch (target->attack.call) {
	case STORM_BCAST:
		return run_bcast(target, k);
	case STORM_GATHERV:
		return run_gather(target, k, false);
	case STORM_ALLGATHERV:
		return run_gather(target, k, true);
	case STORM_ALLREDUCE:
		return run_allreduce(target, k);
	case STORM_OBJECTS:
		return run_objects(target, k);
	case STORM_SWEEP:
		return run_sweep(target, k);
	case STORM_COMPUTE:
		while (monotonic_ns() < until)
			continue;
		return cohort_barrier(target->group);
	default:
		return cohort_barrier(target->group);
	}
}

static void prepare(struct target *target)
{
	const size_t bytes = target->attack.bytes;
	const size_t ranks = (size_t)target->attack.ranks;

	target->send = calloc(1, bytes);
	target->recv = calloc(ranks, bytes);
	target->counts = calloc(ranks, sizeof(*target->counts));
	if (!target->send || !target->recv || !target->counts)
		exit(2);
	for (size_t r = 0; r < ranks; r++)
		target->counts[r] = bytes;
}

static void *map_state(const char *path)
{
	const int fd = open(path, O_RDWR | O_CLOEXEC);
	void *memory = mmap(NULL, sizeof(struct storm_state),
	                    PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (fd < 0 || memory == MAP_FAILED) {
		perror(path);
		exit(2);
	}
	close(fd);
	return memory;
}

int main(int argc, char *argv[])
{
	cohort *groups[2] = {NULL, NULL};
	struct target target = {0};
	cohort_status status = COHORT_OK;

	if (argc != 5)
		return 2;
	target.state = map_state(argv[1]);
	target.attack = attack_draw(strtoull(argv[2], NULL, 10),
	                            strtoull(argv[3], NULL, 10));
	target.journal = argv[4];
	const pid_t first = getpid();
	if (target.attack.call == STORM_OPEN) {
		atomic_store(&target.state->ranks[0].pid, first);
		atomic_store(&target.state->ready, target.attack.ranks);
	}
	for (int g = 0; g < target.attack.groups && status == COHORT_OK; g++)
		status = cohort_open(NULL, &groups[g]);
	if (status != COHORT_OK && target.attack.call == STORM_OPEN) {
		tell(&target.state
		          ->ranks[groups[0] ? cohort_rank(groups[0]) : 0],
		     status);
		return getpid() == first || groups[0] ? 0 : 2;
	}
	if (status != COHORT_OK) {
		fprintf(stderr, "%s\n", cohort_error());
		return 2;
	}
	target.rank = cohort_rank(groups[0]);
	struct storm_rank *own = &target.state->ranks[target.rank];
	prepare(&target);
	atomic_store(&own->pid, getpid());
	atomic_fetch_add(&target.state->ready, 1);
	for (uint64_t k = 0; status == COHORT_OK; k++) {
		target.group = groups[k % (uint64_t)target.attack.groups];
		status = run_call(&target, k);
	}
	tell(own, status);
	for (int g = 0; g < target.attack.groups; g++)
		status = cohort_close(groups[g]);
	return 0;
}
