/*
 * Calls that do not match, on mp. Every rank soon gets COHORT_EMISMATCH and a
 * sentence that names two ranks and their calls: in the call itself or, where it
 * waits for none of the ranks whose calls differ, in its next one. No receive buffer
 * is written but by a root that made the same call; the group stays broken, and
 * closes.
 */
#include "mismatch.h"
#include "call_times.h"
#include "pace.h"
#include "parts.h"
#include "pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More bytes than a slot of shared memory and than a block. */
enum { BYTES = 512 << 10, SENT = BYTES / sizeof(int32_t), SENT_SMALL = 4096 };

struct scene {
	cohort *group;
	cohort *other; /* a second group */
	int rank;
	int size;
	struct buffer out; /* room for what all send */
	int32_t in[SENT];
	size_t counts[64];
	size_t bytes; /* that a broadcast moves */
	cohort_results *results;
	bool closed;
};

/* How a rank takes part in its call. */
enum { JOINS = -1, GATHERS = 64 };

static int bcasts(int root)
{
	return root;
}

static int gathers(int root)
{
	return GATHERS + root;
}

static int execute(cohort_task *task)
{
	(void)task;
	return 0;
}

static cohort_status scatter_by(struct scene *s, cohort_schedule schedule,
                                size_t chunk)
{
	const cohort_job job = {.execute = execute,
	                        .param_bytes = 4,
	                        .schedule = schedule,
	                        .chunk = chunk};

	return cohort_scatter(s->group, &job, s->in, 2);
}

static cohort_status scatter(struct scene *s, size_t bytes, size_t chunk)
{
	const cohort_job job = {.execute = execute,
	                        .param_bytes = bytes,
	                        .schedule = COHORT_DYNAMIC,
	                        .chunk = chunk};

	return cohort_scatter(s->group, &job, s->in, 2);
}

/* All send the same count. */
static const size_t *counts_alike(struct scene *s, size_t count)
{
	for (int i = 0; i < s->size; i++)
		s->counts[i] = count;
	return s->counts;
}

/* counts[r] is 4 for all, but for rank `r`, where it is `count`. */
static const size_t *counts(struct scene *s, int r, size_t count)
{
	for (int i = 0; i < s->size; i++)
		s->counts[i] = 4;
	if (r >= 0)
		s->counts[r] = count;
	return s->counts;
}

static cohort_status allgatherv(struct scene *s, size_t count,
                                const size_t list[])
{
	return cohort_allgatherv(s->group, s->in, count, s->out.data, list,
	                         COHORT_INT32);
}

static cohort_status gatherv(struct scene *s, size_t count, int root,
                             const size_t list[])
{
	return cohort_gatherv(s->group, s->in, count, s->out.data, list,
	                      COHORT_INT32, root);
}

static cohort_status allreduce(struct scene *s, size_t count, cohort_type type,
                               cohort_op op)
{
	return cohort_allreduce(s->group, s->in, s->out.data, count, type, op);
}

static cohort_status sum(struct scene *s)
{
	const double one = 1;
	double all;

	return cohort_sum(s->group, &one, 1, &all);
}

/* A broadcast from rank 0: it reads `in`, and the others would write `out`. */
static cohort_status bcast(struct scene *s, size_t count, cohort_type type,
                           int root)
{
	s->bytes = count * cohort_type_size(type);
	return cohort_bcast(
	    s->group, s->rank == root ? (void *)s->in : (void *)s->out.data,
	    count, type, root);
}

static cohort_status bcast_object(struct scene *s, int root)
{
	cohort_blob object = {s->in, sizeof(s->in)};
	const void *before = object.data;
	cohort_status status = cohort_bcast_object(s->group, &object, root);

	CHECK(object.data == before, "the object was written");
	return status;
}

/* Two calls in this order; the first one does not match. */
static cohort_status in_order(cohort_status (*first)(cohort *),
                              cohort_status (*second)(cohort *), cohort *group)
{
	cohort_status status = first(group);

	return status == COHORT_OK ? second(group) : status;
}

static cohort_status sum_one(cohort *group)
{
	int32_t one = 1;
	int32_t sum = -7;
	cohort_status status =
	    cohort_allreduce(group, &one, &sum, 1, COHORT_INT32, COHORT_SUM);

	CHECK(sum == -7, "recv was written");
	return status;
}

#define I32 COHORT_INT32
#define SUM COHORT_SUM

struct kind {
	const char *name;
	int (*one_takes_part)(const struct scene *s);
	int (*others_take_part)(const struct scene *s);
	cohort_status (*one)(struct scene *s);
	cohort_status (*others)(struct scene *s);
	const char *words[2];
};

#define CALLS(name, one_part, others_part, one, others, word, other_word) \
	static int one_part_##name(const struct scene *s)                 \
	{                                                                 \
		(void)s;                                                  \
		return one_part;                                          \
	}                                                                 \
	static int others_part_##name(const struct scene *s)              \
	{                                                                 \
		(void)s;                                                  \
		return others_part;                                       \
	}                                                                 \
	static cohort_status one_##name(struct scene *s)                  \
	{                                                                 \
		return one;                                               \
	}                                                                 \
	static cohort_status others_##name(struct scene *s)               \
	{                                                                 \
		return others;                                            \
	}
KIND_MAP(CALLS)

#define ROW(name, one_part, others_part, one, others, word, other_word) \
	{#name,      one_part_##name, others_part_##name,               \
	 one_##name, others_##name,   {word, other_word}},
static const struct kind kinds[] = {KIND_MAP(ROW)};

enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

/* The sentence names two different ranks. */
static void checks_two_ranks(int size)
{
	const char *at = cohort_error();
	int ranks[2] = {-1, -1};
	int found = 0;

	while (found < 2 && (at = strstr(at, "rank "))) {
		at += strlen("rank ");
		int rank = atoi(at);
		if (found == 0 || rank != ranks[0])
			ranks[found++] = rank;
	}
	CHECK(found == 2 && ranks[0] < size && ranks[1] < size,
	      "the sentence must name two ranks: \"%s\"", cohort_error());
}

/* Its sentence may be that of the call that broke the group. */
static cohort_status next_barrier(struct scene *s)
{
	return cohort_barrier(s->group);
}

static cohort_status next_large(struct scene *s)
{
	static int32_t large[SENT];
	cohort_status status =
	    cohort_bcast(s->group, large, SENT, COHORT_INT32, 0);

	for (size_t i = 0; i < SENT; i++)
		CHECK(!large[i], "a later call wrote its buffer");
	return status;
}

static cohort_status next_close(struct scene *s)
{
	check_begin(NULL);
	s->closed = true;
	return cohort_close(s->group);
}

/* The call that tells a rank what it has left: another one for each kind. */
static cohort_status next_call(struct scene *s, size_t kind)
{
	switch (kind % 5) {
	case 0:
		return next_close(s);
	case 1:
		return sum_one(s->group);
	case 2:
		return next_large(s);
	case 3:
		return scatter(s, 4, 1);
	default:
		return next_barrier(s);
	}
}

/* Every further call returns the same status at once. */
static void checks_broken(struct scene *s)
{
	char sentence[2048];

	/* The first call may have been on another group. */
	CHECK_STATUS(COHORT_EMISMATCH, next_barrier(s));
	snprintf(sentence, sizeof(sentence), "%s", cohort_error());
	for (int i = 0; i < 3; i++) {
		CHECK_STATUS(COHORT_EMISMATCH, next_barrier(s));
		CHECK_STATUS(COHORT_EMISMATCH, bcast(s, 8, I32, 0));
		CHECK_STATUS(COHORT_EMISMATCH, sum_one(s->group));
		CHECK_STATUS(COHORT_EMISMATCH, scatter(s, 4, 1));
	}
	CHECK(!strcmp(sentence, cohort_error()), "\"%s\", and then \"%s\"",
	      sentence, cohort_error());
}

static void prepare(struct scene *s, const struct kind *kind)
{
	const cohort_options options = {.backend = "mp"};

	MUST(cohort_open(&options, &s->group));
	check_begin(s->group);
	s->rank = cohort_rank(s->group);
	s->size = cohort_size(s->group);
	s->out = buffer_open(BYTES, 0);
	pattern_fill(s->in, 0, sizeof(s->in), (uint64_t)s->rank);
	CHECK(s->size >= 2 && s->size <= 64, "%d ranks", s->size);
	if (!strcmp(kind->name, "group"))
		MUST(cohort_open(&options, &s->other));
	if (!strcmp(kind->name, "gather"))
		MUST(scatter(s, 4, 1));
	MUST(cohort_barrier(s->group));
}

static bool closes(const struct scene *s, const struct kind *kind)
{
	return s->closed ||
	       !strcmp(kind->name,
	               s->rank == s->size - 1 ? "closing" : "staying");
}

static bool is_one(const struct scene *s, int rank)
{
	return rank == s->size - 1;
}

/* The root of this rank's broadcast, if the root makes the same call; else -1. In
 * `own_root` each rank is its own root. */
static int matching_root(const struct scene *s, const struct kind *kind)
{
	const int root = is_one(s, s->rank) ? kind->one_takes_part(s)
	                                    : kind->others_take_part(s);

	return root >= 0 && root < GATHERS &&
	               is_one(s, root) == is_one(s, s->rank)
	           ? root
	           : -1;
}

/* Whether this rank's call waits for none of those that make the other call. Over
 * sockets every call waits for all ranks. */
static bool may_leave(const struct scene *s, const struct kind *kind)
{
	const char *transport = getenv("COHORT_TRANSPORT");
	const int part = is_one(s, s->rank) ? kind->one_takes_part(s)
	                                    : kind->others_take_part(s);

	if (transport && !strcmp(transport, "socket"))
		return false;
	return part >= GATHERS ? part != gathers(s->rank)
	                       : matching_root(s, kind) >= 0;
}

/* No receive buffer is written; but a broadcast may come from a root that made the
 * same call. */
static void checks_buffers(const struct scene *s, const struct kind *kind)
{
	const int root = matching_root(s, kind);
	unsigned char sent[SENT_SMALL];

	pattern_check(s->in, 0, sizeof(s->in), (uint64_t)s->rank, "send");
	CHECK(!s->results, "results were given out");
	if (root >= 0 && s->bytes <= sizeof(sent)) {
		pattern_fill(sent, 0, s->bytes, (uint64_t)root);
		if (!memcmp(sent, s->out.data, s->bytes)) {
			buffer_check(&s->out, "recv");
			return;
		}
	}
	buffer_untouched(&s->out, "recv");
}

static void checks_after(struct scene *s, const struct kind *kind,
                         cohort_status status)
{
	bool refuses =
	    !strcmp(kind->name, "refusing") && s->rank == s->size - 1;

	CHECK(status == (refuses ? COHORT_EINVAL : COHORT_EMISMATCH),
	      "got %s: %s", cohort_status_name(status), cohort_error());
	/* The rank that refused gets the mismatch in its next call. */
	if (refuses)
		CHECK_STATUS(COHORT_EMISMATCH, next_barrier(s));
	if (!strstr(kind->name, "own_count") || s->rank != s->size - 1)
		checks_two_ranks(s->size);
	for (int i = 0; i < 2; i++)
		CHECK_NAMES(kind->words[i]);
	checks_buffers(s, kind);
	if (!closes(s, kind)) {
		checks_broken(s);
		check_begin(NULL);
		MUST(cohort_close(s->group));
	}
}

/* Make the call. The one comes when the others wait already, or have left. A rank
 * that has left makes one more call. */
static cohort_status differ(struct scene *s, const struct kind *kind,
                            struct call_times *times)
{
	const bool one = is_one(s, s->rank);
	const bool early = may_leave(s, kind);

	if (!one && !early)
		call_times_pass(times, s->rank);
	if (one)
		call_times_await_passes(times, s->size - 1);
	/* Two ranks that do not match need not wait for a third one. */
	if (one)
		nap(0.03);
	if (!strcmp(kind->name, "late") && s->size > 2 &&
	    s->rank == s->size - 2)
		nap(0.5);
	call_times_enter(times, s->rank);
	cohort_status status = one ? kind->one(s) : kind->others(s);
	/* In `own_root` the others' calls differ, too: the first of them may
	 * have found it in its next call. */
	if (early && !one) {
		if (strcmp(kind->name, "own_root"))
			MUST(status);
		call_times_pass(times, s->rank);
	}
	if (early && status == COHORT_OK)
		status = next_call(s, (size_t)(kind - kinds));
	call_times_leave(times, s->rank);
	return status;
}

static void play(const struct kind *kind, struct call_times *times)
{
	struct scene s = {0};
	const bool late = !strcmp(kind->name, "late");

	prepare(&s, kind);
	call_times_barrier(times, s.rank, s.size);
	cohort_status status = differ(&s, kind, times);
	if (closes(&s, kind))
		check_begin(NULL);
	checks_after(&s, kind, status);
	call_times_report(times, kind->name, s.rank, s.size,
	                  late && s.size > 2 ? s.size - 2 : -1);
	buffer_close(&s.out, "recv");
}

bool mismatch(const char *name)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (strcmp(kinds[i].name, name))
			continue;
		check_case("mismatch %s", name);
		check_begin(NULL);
		pace_begin(NULL);
		struct call_times *times = call_times_map();
		play(&kinds[i], times);
		return true;
	}
	return false;
}
