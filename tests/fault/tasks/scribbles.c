/* Isolated tasks that write to memory that is not their own: before and behind
 * their result, and anywhere in the memory that their process shares with ranks.
 * No other task gets a wrong result, no rank crashes, and the sweep ends. */
#include "cases.h"
#include "shared_mappings.h"
#include "sweep.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TASKS = 60, BAD = 30, ROUNDS = 12, WORDS = 300 };

static struct {
	long
	    from; /* of the bytes that are destroyed, from the result's first */
	long to;
	bool crash;
	uint64_t seed; /* not 0: any shared memory is destroyed instead */
	bool far_deadline;
} scribble;

static uint64_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Destroy words of a mapping, in its first pages more than elsewhere. */
static void destroy(uint64_t *begin, size_t words, uint64_t *state)
{
	const size_t near = words < 4096 ? words : 4096;

	for (int i = 0; i < WORDS; i++) {
		const size_t range = draw(state) % 2 ? near : words;
		begin[draw(state) % range] = draw(state);
	}
}

/* The test's own: a program's shared memory stays writable for its tasks. */
static bool is_own(const char *line, uintptr_t begin)
{
	(void)begin;
	return strstr(line, "/memfd:failures") || strstr(line, "/shared");
}

/* All other memory that this process may write and shares with others: the
 * library's, and the MPI library's. */
static void destroy_all(uint64_t seed)
{
	static struct shared_mapping found[SHARED_MAPPINGS_MOST];
	const size_t count = shared_mappings(found, is_own);

	for (size_t i = 0; i < count; i++)
		destroy((uint64_t *)found[i].begin,
		        (found[i].end - found[i].begin) / 8, &seed);
}

static int scribbler(cohort_task *task)
{
	const size_t index = cohort_task_index(task);
	unsigned char *result = cohort_task_result(task, 64);

	memset(result, (int)index, 64);
	if (index != BAD)
		return 0;
	if (scribble.seed)
		destroy_all(scribble.seed);
	/* volatile hides the bad addresses from the compiler. */
	for (long i = scribble.from; i < scribble.to; i++)
		*(volatile unsigned char *)(result + i) = 0xEE;
	if (scribble.crash)
		abort();
	return 0;
}

static bool is_right(const cohort_result *result)
{
	unsigned char expected[64];

	memset(expected, (int)result->index, sizeof(expected));
	return result->bytes == sizeof(expected) &&
	       !memcmp(result->data, expected, sizeof(expected));
}

/* All results are right, but that of the task that scribbles: it has failed, or its
 * result is what it wrote. */
static void expect_alone(struct gathered *gathered, const char *what)
{
	EXPECT(gathered->count == TASKS, "%s: %zu results", what,
	       gathered->count);
	for (size_t i = 0; i < gathered->count; i++) {
		const cohort_result *result = &gathered->all[i];
		const bool failed = result->status == COHORT_ETASK;
		EXPECT(result->index == i &&
		           (i == BAD ? failed || result->status == COHORT_OK
		                     : result->status == COHORT_OK &&
		                           is_right(result)),
		       "%s: task %zu: %s, %zu bytes, %s", what, i,
		       cohort_status_name(result->status), result->bytes,
		       result->error);
	}
	sweep_free(gathered);
}

static void scribble_on(cohort_schedule schedule, const char *journal,
                        const char *what)
{
	const cohort_job job = {.execute = scribbler,
	                        .isolate = true,
	                        .schedule = schedule,
	                        .journal = journal,
	                        .deadline = scribble.far_deadline ? 1e6 : 0};
	struct gathered gathered = sweep_run(job, TASKS);

	expect_alone(&gathered, what);
	if (!journal)
		return;
	/* What the journal has is right as well. */
	gathered = sweep_run(job, TASKS);
	expect_alone(&gathered, "journal");
	barrier();
	if (here.rank == 0)
		folder_empty();
	barrier();
}

void case_scribbles(void)
{
	static const struct {
		long from;
		long to;
		const char *what;
	} places[] = {
	    {-400, 0, "before its result"},
	    {-48, 0, "in its own header"},
	    {-150, -100, "in an earlier result"},
	    {-8, -1, "just before its result"},
	    {-5000, -3000, "in results long before"},
	    {64, 3000, "behind its result"},
	    {64, 200000, "far behind its result"},
	};
	char journal[PATH_BYTES];

	path_of(journal, "journal");
	for (size_t i = 0; i < 2 * sizeof(places) / sizeof(*places); i++) {
		const size_t place = i / 2;
		scribble.from = places[place].from;
		scribble.to = places[place].to;
		scribble.crash = i % 2;
		scribble_on((cohort_schedule)(COHORT_STATIC + i % 3),
		            i % 4 == 0 ? journal : NULL, places[place].what);
	}
	memset(&scribble, 0, sizeof(scribble));
}

/* COHORT_TEST_SCRIBBLES: the number of rounds. */
void case_scribbles_anywhere(void)
{
	const char *wish = getenv("COHORT_TEST_SCRIBBLES");
	const uint64_t rounds = wish ? strtoull(wish, NULL, 10) : ROUNDS;
	char journal[PATH_BYTES];
	char what[64];

	path_of(journal, "journal");
	for (uint64_t round = 1; round <= rounds; round++) {
		scribble.seed = round * 0x9e3779b97f4a7c15;
		scribble.crash = round % 3 == 0;
		scribble.far_deadline = round % 4 == 1;
		snprintf(what, sizeof(what), "anywhere, round %d", (int)round);
		scribble_on((cohort_schedule)(COHORT_STATIC + round % 3),
		            round % 2 ? NULL : journal, what);
	}
	memset(&scribble, 0, sizeof(scribble));
}
