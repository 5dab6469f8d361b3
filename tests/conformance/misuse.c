/* Bad arguments, the same on all ranks: COHORT_EINVAL with a sentence that
 * names what is wrong, and the group works as before. */
#include "parts.h"
#include "pattern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 8 };

struct fixture {
	cohort *g;
	int rank;
	int size;
	int32_t in[COUNT];
	int32_t *out;         /* room for COUNT from every rank */
	size_t *counts;       /* COUNT from every rank */
	size_t *vast;         /* so many that only the sum is too much */
	size_t many;          /* one of those */
	cohort_blob *objects; /* never written */
	cohort_results *results;
	double sum; /* never written */
};

static int execute(cohort_task *task)
{
	(void)task;
	return 0;
}

static cohort_status scatter(cohort *g, int (*function)(cohort_task *))
{
	const cohort_job job = {.execute = function};

	return cohort_scatter(g, &job, NULL, 0);
}

static const cohort_blob hollow = {NULL, 5};
static const cohort_blob vast[] = {{(void *)&hollow, PTRDIFF_MAX / 2 - 5},
                                   {(void *)&hollow, 6}};
#define TYPE COHORT_INT32
#define HALF ((size_t)PTRDIFF_MAX)

/* name, a word of the sentence, the call. On gatherv each rank names itself as the
 * root, so that each of them has to refuse. */
#define MISUSE_MAP(X)                                                          \
	X(null_barrier, "group", cohort_barrier(NULL))                         \
	X(null_bcast, "group", cohort_bcast(NULL, f->in, 1, TYPE, 0))          \
	X(null_gatherv, "group",                                               \
	  cohort_gatherv(NULL, f->in, COUNT, f->out, f->counts, TYPE, 0))      \
	X(null_allgatherv, "group",                                            \
	  cohort_allgatherv(NULL, f->in, COUNT, f->out, f->counts, TYPE))      \
	X(null_allreduce, "group",                                             \
	  cohort_allreduce(NULL, f->in, f->out, 1, TYPE, COHORT_SUM))          \
	X(null_sum, "group", cohort_sum(NULL, &f->sum, 1, &f->sum))            \
	X(null_bcast_object, "group",                                          \
	  cohort_bcast_object(NULL, f->objects, 0))                            \
	X(null_allgather_objects, "group",                                     \
	  cohort_allgather_objects(NULL, (cohort_blob){0}, &f->objects))       \
	X(null_bcast_pieces, "group",                                          \
	  cohort_bcast_pieces(NULL, &hollow, 1, f->objects, 0))                \
	X(null_allgather_pieces, "group",                                      \
	  cohort_allgather_pieces(NULL, &hollow, 1, &f->objects))              \
	X(bcast_pieces_root, "root",                                           \
	  cohort_bcast_pieces(f->g, NULL, 0, f->objects, f->size))             \
	X(bcast_pieces_null, "NULL",                                           \
	  cohort_bcast_pieces(f->g, NULL, 2, NULL, 0))                         \
	X(bcast_pieces_data, "NULL",                                           \
	  cohort_bcast_pieces(f->g, &hollow, 1, NULL, 0))                      \
	X(allgather_pieces_null, "pieces",                                     \
	  cohort_allgather_pieces(f->g, NULL, 2, &f->objects))                 \
	X(allgather_pieces_data, "data",                                       \
	  cohort_allgather_pieces(f->g, &hollow, 1, &f->objects))              \
	X(allgather_pieces_bytes, "memory",                                    \
	  cohort_allgather_pieces(f->g, vast, 2, &f->objects))                 \
	X(allgather_pieces_all, "all",                                         \
	  cohort_allgather_pieces(f->g, NULL, 0, NULL))                        \
	X(null_scatter, "group", scatter(NULL, execute))                       \
	X(null_gather, "group", cohort_gather(NULL, &f->results))              \
	X(null_gather_to_root, "group",                                        \
	  cohort_gather_to_root(NULL, &f->results))                            \
	X(bcast_root_low, "-1", cohort_bcast(f->g, f->in, 1, TYPE, -1))        \
	X(bcast_root_high, "root",                                             \
	  cohort_bcast(f->g, f->in, 1, TYPE, f->size))                         \
	X(bcast_type, "10", cohort_bcast(f->g, f->in, 1, (cohort_type)10, 0))  \
	X(bcast_type_low, "type",                                              \
	  cohort_bcast(f->g, f->in, 1, (cohort_type)-1, 0))                    \
	X(bcast_data, "data", cohort_bcast(f->g, NULL, 1, TYPE, 0))            \
	X(bcast_count, "count",                                                \
	  cohort_bcast(f->g, f->in, HALF / 4 + 1, TYPE, 0))                    \
	X(bcast_count_wraps, "count",                                          \
	  cohort_bcast(f->g, f->in, SIZE_MAX / 4 + 2, TYPE, 0))                \
	X(gatherv_root_low, "-7",                                              \
	  cohort_gatherv(f->g, f->in, COUNT, f->out, f->counts, TYPE, -7))     \
	X(gatherv_root_high, "root",                                           \
	  cohort_gatherv(f->g, f->in, COUNT, f->out, f->counts, TYPE,          \
	                 f->size))                                             \
	X(gatherv_type, "99",                                                  \
	  cohort_gatherv(f->g, f->in, COUNT, f->out, f->counts,                \
	                 (cohort_type)99, 0))                                  \
	X(gatherv_send, "send",                                                \
	  cohort_gatherv(f->g, NULL, COUNT, f->out, f->counts, TYPE, f->rank)) \
	X(gatherv_recv, "recv",                                                \
	  cohort_gatherv(f->g, f->in, COUNT, NULL, f->counts, TYPE, f->rank))  \
	X(gatherv_counts, "counts",                                            \
	  cohort_gatherv(f->g, f->in, COUNT, f->out, NULL, TYPE, f->rank))     \
	X(gatherv_count, "count",                                              \
	  cohort_gatherv(f->g, f->in, SIZE_MAX / 2, f->out, f->counts, TYPE,   \
	                 f->rank))                                             \
	X(gatherv_overlap, "overlap",                                          \
	  cohort_gatherv(f->g, f->out + 1, COUNT, f->out, f->counts, TYPE,     \
	                 f->rank))                                             \
	X(gatherv_at_its_place, "overlap",                                     \
	  cohort_gatherv(f->g, f->out + COUNT * f->rank, COUNT, f->out,        \
	                 f->counts, TYPE, f->rank))                            \
	X(allgatherv_type, "-5",                                               \
	  cohort_allgatherv(f->g, f->in, COUNT, f->out, f->counts,             \
	                    (cohort_type)-5))                                  \
	X(allgatherv_send, "send",                                             \
	  cohort_allgatherv(f->g, NULL, COUNT, f->out, f->counts, TYPE))       \
	X(allgatherv_recv, "recv",                                             \
	  cohort_allgatherv(f->g, f->in, COUNT, NULL, f->counts, TYPE))        \
	X(allgatherv_counts, "counts",                                         \
	  cohort_allgatherv(f->g, f->in, COUNT, f->out, NULL, TYPE))           \
	X(allgatherv_count, "count",                                           \
	  cohort_allgatherv(f->g, f->in, HALF, f->out, f->counts, TYPE))       \
	X(allgatherv_overlap, "overlap",                                       \
	  cohort_allgatherv(f->g, f->out + COUNT * f->size - 1, COUNT, f->out, \
	                    f->counts, TYPE))                                  \
	X(allreduce_type, "type",                                              \
	  cohort_allreduce(f->g, f->in, f->out, 1, (cohort_type)11,            \
	                   COHORT_SUM))                                        \
	X(allreduce_op, "9",                                                   \
	  cohort_allreduce(f->g, f->in, f->out, 1, TYPE, (cohort_op)9))        \
	X(allreduce_op_low, "op",                                              \
	  cohort_allreduce(f->g, f->in, f->out, 1, TYPE, (cohort_op)-1))       \
	X(allreduce_band, "COHORT_BAND",                                       \
	  cohort_allreduce(f->g, f->in, f->out, 1, COHORT_FLOAT, COHORT_BAND)) \
	X(allreduce_bor, "COHORT_DOUBLE",                                      \
	  cohort_allreduce(f->g, f->in, f->out, 1, COHORT_DOUBLE, COHORT_BOR)) \
	X(allreduce_bxor, "COHORT_BXOR",                                       \
	  cohort_allreduce(f->g, f->in, f->out, 0, COHORT_DOUBLE,              \
	                   COHORT_BXOR))                                       \
	X(allreduce_send, "send",                                              \
	  cohort_allreduce(f->g, NULL, f->out, 1, TYPE, COHORT_SUM))           \
	X(allreduce_recv, "recv",                                              \
	  cohort_allreduce(f->g, f->in, NULL, 1, TYPE, COHORT_SUM))            \
	X(allreduce_in_place, "recv",                                          \
	  cohort_allreduce(f->g, COHORT_IN_PLACE, NULL, 1, TYPE, COHORT_SUM))  \
	X(allreduce_count, "count",                                            \
	  cohort_allreduce(f->g, f->in, f->out, SIZE_MAX / 2, COHORT_DOUBLE,   \
	                   COHORT_SUM))                                        \
	X(allreduce_same, "overlap",                                           \
	  cohort_allreduce(f->g, f->out, f->out, 2, TYPE, COHORT_SUM))         \
	X(allreduce_overlap, "overlap",                                        \
	  cohort_allreduce(f->g, f->out + 1, f->out, 2, TYPE, COHORT_SUM))     \
	X(sum_out, "out", cohort_sum(f->g, &f->sum, 1, NULL))                  \
	X(sum_values, "values", cohort_sum(f->g, NULL, 1, &f->sum))            \
	X(sum_in_place, "COHORT_IN_PLACE",                                     \
	  cohort_sum(f->g, COHORT_IN_PLACE, 1, &f->sum))                       \
	X(sum_count, "count",                                                  \
	  cohort_sum(f->g, &f->sum, SIZE_MAX / 8, &f->sum))                    \
	X(bcast_object_root, "root",                                           \
	  cohort_bcast_object(f->g, f->objects, -1))                           \
	X(bcast_object_root_high, "root",                                      \
	  cohort_bcast_object(f->g, f->objects, f->size))                      \
	X(bcast_object_null, "object", cohort_bcast_object(f->g, NULL, 0))     \
	X(bcast_object_hollow, "data",                                         \
	  cohort_bcast_object(f->g, &(cohort_blob){NULL, 5}, f->rank))         \
	X(allgather_objects_all, "all",                                        \
	  cohort_allgather_objects(f->g, (cohort_blob){0}, NULL))              \
	X(allgather_objects_hollow, "data",                                    \
	  cohort_allgather_objects(f->g, hollow, &f->objects))                 \
	X(scatter_job, "job", cohort_scatter(f->g, NULL, f->in, 1))            \
	X(scatter_execute, "execute", scatter(f->g, NULL))                     \
	X(gather_out, "out", cohort_gather(f->g, NULL))                        \
	X(gather_to_root_out, "out", cohort_gather_to_root(f->g, NULL))

/* The kinds that one rank alone can make. */
#define ALONE_MAP(X)                                                           \
	X(scatter_params, "params",                                            \
	  cohort_scatter(f->g,                                                 \
	                 &(cohort_job){.execute = execute, .param_bytes = 4},  \
	                 NULL, 3))                                             \
	X(scatter_count, "parameter sets",                                     \
	  cohort_scatter(f->g,                                                 \
	                 &(cohort_job){.execute = execute, .param_bytes = 16}, \
	                 f->in, SIZE_MAX / 8))

/* The kinds that need two ranks. */
#define TOGETHER_MAP(X)                                                      \
	X(gatherv_sum, "add up",                                             \
	  cohort_gatherv(f->g, f->in, f->many, f->out, f->vast, COHORT_INT8, \
	                 f->rank))                                           \
	X(allgatherv_sum, "add up",                                          \
	  cohort_allgatherv(f->g, f->in, f->many, f->out, f->vast,           \
	                    COHORT_INT8))

#define CALL(name, word, call)                              \
	static cohort_status call_##name(struct fixture *f) \
	{                                                   \
		(void)f;                                    \
		return call;                                \
	}
MISUSE_MAP(CALL)
ALONE_MAP(CALL)
TOGETHER_MAP(CALL)

struct misuse {
	const char *name;
	const char *word;
	cohort_status (*call)(struct fixture *f);
};

#define ROW(name, word, call) {#name, word, call_##name},
static const struct misuse misuses[] = {MISUSE_MAP(ROW)};
static const struct misuse alone[] = {ALONE_MAP(ROW)};
static const struct misuse together[] = {TOGETHER_MAP(ROW)};

/* "cohort_allgather_objects" of the case "allgather_objects_all". */
static bool names_function(const char *name)
{
	const char *said = strstr(cohort_error(), "cohort_");
	const char *function = strncmp(name, "null_", 5) ? name : name + 5;

	if (!said || said != cohort_error())
		return false;
	said += strlen("cohort_");
	size_t length = strcspn(said, ":");
	return length > 0 && !strncmp(function, said, length);
}

static void checks_still_works(const struct run *run, struct fixture *f)
{
	int32_t sum = -1;
	const int32_t one = 1;

	for (int i = 0; i < COUNT; i++)
		CHECK(f->in[i] == i, "in[%d] was written", i);
	for (int i = 0; i < COUNT * run->size; i++)
		CHECK(f->out[i] == -1, "out[%d] was written", i);
	CHECK(!f->objects && !f->results && f->sum == 0,
	      "an output was written");
	MUST(cohort_allreduce(run->group, &one, &sum, 1, COHORT_INT32,
	                      COHORT_SUM));
	CHECK(sum == run->size, "sum is %d", (int)sum);
}

static void checks_all(const struct run *run, struct fixture *f,
                       const struct misuse *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		check_case("misuse: %s", list[i].name);
		CHECK_STATUS(COHORT_EINVAL, list[i].call(f));
		CHECK_NAMES(list[i].word);
		CHECK(names_function(list[i].name), "the sentence is \"%s\"",
		      cohort_error());
		checks_still_works(run, f);
	}
}

/* A rank may refuse its next call while others still leave the one before. */
static void checks_in_a_row(const struct run *run)
{
	const int many = run->quick ? 50 : 2000;
	int32_t number = 0;

	for (int i = 0; i < many; i++) {
		check_case("misuse %d of %d in a row", i, many);
		CHECK_STATUS(COHORT_EINVAL, cohort_bcast(run->group, &number, 1,
		                                         COHORT_INT32, -1));
		MUST(cohort_barrier(run->group));
	}
}

void part_misuse(const struct run *run)
{
	const size_t size = (size_t)run->size;
	struct fixture f = {.g = run->group,
	                    .rank = run->rank,
	                    .size = run->size,
	                    .many = PTRDIFF_MAX / 4 * 3};

	f.counts = check_alloc(size * sizeof(*f.counts));
	f.vast = check_alloc(size * sizeof(*f.vast));
	f.out = check_alloc(size * COUNT * sizeof(*f.out));
	memset(f.out, 0xff, size * COUNT * sizeof(*f.out));
	for (size_t r = 0; r < size; r++) {
		f.counts[r] = COUNT;
		f.vast[r] = f.many;
	}
	for (int i = 0; i < COUNT; i++)
		f.in[i] = i;
	checks_all(run, &f, misuses, sizeof(misuses) / sizeof(*misuses));
	if (run->size == 1)
		checks_all(run, &f, alone, sizeof(alone) / sizeof(*alone));
	else
		checks_all(run, &f, together,
		           sizeof(together) / sizeof(*together));
	checks_in_a_row(run);
	free(f.out);
	free(f.vast);
	free(f.counts);
}
