/*
 * mpi_lacks calls FOLDER [SCENE...]   one rank lacks memory, in every call
 * mpi_lacks limit                     the system refuses a rank the memory
 *
 * In each scene, which is a collective call, the library's first request for
 * memory fails on one rank; then its second one, and so on until the call has no
 * more of them; then the same on the next rank. All ranks learn of it, and the group
 * stays usable. FOLDER is for journals.
 */
#define _GNU_SOURCE
#include "lack_memory.h"
#include "mpi_ranks.h"

#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	TASKS = 8,
	SET_BYTES = 24000,
	SMALL = 20,
	LARGE = 1000,
	RANKS_MOST = 16
};

static cohort *control; /* never fails */
static cohort *group;
static int rank, size;
static const char *folder;
static char journal[4096];
static size_t result_bytes;
static unsigned char sets[TASKS][SET_BYTES];

static unsigned char byte_of(size_t i)
{
	return (unsigned char)(3 + 7 * i);
}

static int execute(cohort_task *task)
{
	const size_t index = cohort_task_index(task);
	const unsigned char *set = cohort_task_param(task);
	unsigned char *result = cohort_task_result(task, result_bytes);

	CHECK(set[0] == byte_of(index) && set[SET_BYTES - 1] == byte_of(index));
	if (!result)
		return 1;
	memset(result, byte_of(index), result_bytes);
	return 0;
}

static int ignore_result(void *arg, const cohort_result *result)
{
	(void)arg;
	(void)result;
	return 0;
}

static cohort_status sweep(const cohort_job *more, size_t count)
{
	cohort_job job = *more;

	job.execute = execute;
	job.param_bytes = SET_BYTES;
	return cohort_scatter(group, &job, sets, count);
}

static cohort_status do_scatter(void)
{
	return sweep(&(cohort_job){0}, TASKS);
}

static cohort_status do_scatter_objects(void)
{
	cohort_blob blobs[TASKS];
	const cohort_job job = {.execute = execute};

	for (int i = 0; i < TASKS; i++)
		blobs[i] = (cohort_blob){sets[i], SET_BYTES};
	return cohort_scatter_objects(group, &job, blobs, TASKS);
}

static cohort_status do_results(void)
{
	return sweep(&(cohort_job){.on_result = ignore_result, .ordered = true},
	             TASKS);
}

/* A journal that has half of the tasks. */
static void prepare_resume(void)
{
	static int number;

	snprintf(journal, sizeof(journal), "%s/%d-%d", folder, (int)getppid(),
	         number++);
	CHECK(cohort_bcast(control, journal, sizeof(journal), COHORT_UINT8,
	                   0) == COHORT_OK);
	CHECK(sweep(&(cohort_job){.journal = journal}, TASKS / 2) == COHORT_OK);
}

static cohort_status do_resume(void)
{
	return sweep(&(cohort_job){.journal = journal}, TASKS);
}

static void prepare_small(void)
{
	result_bytes = SMALL;
	CHECK(do_scatter() == COHORT_OK);
}

static void prepare_large(void)
{
	result_bytes = SET_BYTES;
	CHECK(do_scatter() == COHORT_OK);
}

static cohort_status check_results(cohort_status status,
                                   cohort_results *results)
{
	size_t count;

	if (status != COHORT_OK)
		return status;
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		CHECK(all[i].status == COHORT_OK &&
		      all[i].bytes == result_bytes &&
		      *(const unsigned char *)all[i].data ==
		          byte_of(all[i].index));
	cohort_results_free(results);
	return status;
}

static cohort_status do_gather(void)
{
	cohort_results *results = NULL;
	const cohort_status status = cohort_gather(group, &results);

	return check_results(status, results);
}

static cohort_status do_gather_to_root(void)
{
	cohort_results *results = NULL;
	const cohort_status status = cohort_gather_to_root(group, &results);

	return check_results(status, results);
}

static cohort_status bcast_object(size_t bytes)
{
	cohort_blob blob = {rank == 0 ? sets[1] : NULL, bytes};
	const cohort_status status = cohort_bcast_object(group, &blob, 0);

	if (status != COHORT_OK || rank == 0)
		return status;
	CHECK(blob.bytes == bytes && !memcmp(blob.data, sets[1], bytes));
	free(blob.data);
	return status;
}

static cohort_status do_bcast_small(void)
{
	return bcast_object(SMALL);
}

static cohort_status do_bcast_large(void)
{
	return bcast_object(LARGE);
}

/* Large and small pieces in turn, so that there are many segments, of which
 * some are put together first. */
static cohort_status do_bcast_pieces(void)
{
	enum { PIECE = 64 * 1024, PIECES = 18 };
	static unsigned char bytes[PIECE];
	cohort_blob pieces[PIECES];
	cohort_blob blob = {NULL, 0};

	for (int i = 0; i < PIECES; i++)
		pieces[i] = (cohort_blob){bytes, i % 3 ? 5 : PIECE};
	const cohort_status status =
	    cohort_bcast_pieces(group, pieces, PIECES, &blob, 0);
	if (status != COHORT_OK || rank == 0)
		return status;
	CHECK(blob.bytes == PIECES / 3 * (PIECE + 10));
	free(blob.data);
	return status;
}

static cohort_status allgather_objects(size_t bytes)
{
	cohort_blob *all = NULL;
	const cohort_status status = cohort_allgather_objects(
	    group, (cohort_blob){sets[rank], bytes}, &all);

	if (status != COHORT_OK)
		return status;
	for (int r = 0; r < size; r++)
		CHECK(all[r].bytes == bytes &&
		      !memcmp(all[r].data, sets[r], bytes));
	free(all);
	return status;
}

static cohort_status do_allgather_small(void)
{
	return allgather_objects(SMALL);
}

static cohort_status do_allgather_large(void)
{
	return allgather_objects(LARGE);
}

static cohort_status do_open(void)
{
	cohort *other = NULL;
	const cohort_status status = cohort_open(NULL, &other);

	lack_end();
	return status == COHORT_OK ? cohort_close(other) : status;
}

static const struct scene {
	const char *name;
	cohort_status (*call)(void);
	void (*prepare)(void);
} scenes[] = {
    {"open", do_open, NULL},
    {"bcast_small", do_bcast_small, NULL},
    {"bcast_large", do_bcast_large, NULL},
    {"bcast_pieces", do_bcast_pieces, NULL},
    {"allgather_small", do_allgather_small, NULL},
    {"allgather_large", do_allgather_large, NULL},
    {"scatter", do_scatter, NULL},
    {"scatter_objects", do_scatter_objects, NULL},
    {"results", do_results, NULL},
    {"resume", do_resume, prepare_resume},
    {"gather_small", do_gather, prepare_small},
    {"gather_large", do_gather, prepare_large},
    {"gather_to_root_small", do_gather_to_root, prepare_small},
    {"gather_to_root_large", do_gather_to_root, prepare_large},
};

/* What one rank got. */
struct outcome {
	int32_t status; /* of the call */
	int32_t next;   /* of another call of the group */
	int32_t lacked; /* a request for memory has failed */
	int32_t says;   /* the sentence has to do with memory */
};

static bool says_memory(cohort_status status)
{
	return status == COHORT_OK || strstr(cohort_error(), "no memory") ||
	       strstr(cohort_error(), "Cannot allocate memory");
}

/* The group stays usable. At the end of a call the victim alone may fail. */
static bool is_right(const struct outcome all[], int victim)
{
	const int32_t failure = all[victim].status;
	bool told = true;
	bool untold = true;

	for (int r = 0; r < size; r++) {
		if (all[r].next != COHORT_OK || !all[r].says)
			return false;
		told &= all[r].status != COHORT_OK;
		untold &= r == victim || all[r].status == COHORT_OK;
	}
	return untold || (failure != COHORT_OK && told);
}

static void show(const struct scene *scene, int victim, long request,
                 const struct outcome all[])
{
	printf("WRONG: %s, request %ld of rank %d:", scene->name, request,
	       victim);
	for (int r = 0; r < size; r++)
		printf(" %s then %s%s",
		       cohort_status_name((cohort_status)all[r].status),
		       cohort_status_name((cohort_status)all[r].next),
		       all[r].says ? "" : ", with another reason");
	puts("");
}

/* Returns whether a request has failed. */
static bool try_scene(const struct scene *scene, int victim, long request,
                      enum lack kind, bool *right)
{
	struct outcome mine = {0};
	struct outcome all[RANKS_MOST];
	size_t counts[RANKS_MOST];

	result_bytes = SMALL;
	if (scene->prepare)
		scene->prepare();
	CHECK(cohort_barrier(control) == COHORT_OK);
	if (rank == victim)
		lack_begin(request, kind);
	const cohort_status status = scene->call();
	mine.lacked = rank == victim && lack_end();
	mine.status = (int32_t)status;
	mine.says = says_memory(status);
	if (rank == victim && getenv("VERBOSE"))
		printf("%s %ld of rank %d: %s: %s\n", scene->name, request,
		       victim, cohort_status_name(status),
		       status == COHORT_OK ? "" : cohort_error());
	mine.next = (int32_t)cohort_barrier(group);
	for (int r = 0; r < size; r++)
		counts[r] = sizeof(mine);
	CHECK(cohort_allgatherv(control, &mine, sizeof(mine), all, counts,
	                        COHORT_UINT8) == COHORT_OK);
	*right = is_right(all, victim);
	if (!*right && rank == 0)
		show(scene, victim, request, all);
	return all[victim].lacked;
}

/* Returns the number of wrong outcomes. */
static int run_scene(const struct scene *scene, long *requests)
{
	int wrong = 0;

	for (int victim = 0; victim < size; victim++)
		for (int kind = LACK_ONE; kind <= LACK_ALL; kind++) {
			bool right;
			for (long n = 1; try_scene(scene, victim, n,
			                           (enum lack)kind, &right);
			     n++) {
				wrong += !right;
				++*requests;
			}
			wrong += !right;
		}
	return wrong;
}

static bool is_asked_for(const char *name, char *names[])
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

static int run_calls(char *names[])
{
	int wrong = 0;

	for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++) {
		long requests = 0;
		if (!is_asked_for(scenes[i].name, names))
			continue;
		alarm(240); /* detects a hang, and bounds nothing */
		wrong += run_scene(&scenes[i], &requests);
		CHECK(requests > 0);
		if (rank == 0)
			printf("%s: %ld requests failed, all ranks went on\n",
			       scenes[i].name, requests);
		fflush(stdout);
	}
	return wrong;
}

/* The bytes that this process has mapped. */
static size_t mapped_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	size_t pages = 0;

	CHECK(file && fscanf(file, "%zu", &pages) == 1);
	fclose(file);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* The last rank may not map the parameters; later it may. */
static int run_limit(void)
{
	enum { SETS = 64, BYTES = 1 << 20, ROOM = 16 << 20 };
	const cohort_job job = {.execute = execute, .param_bytes = BYTES};
	const bool is_last = rank == size - 1;
	struct rlimit before;
	unsigned char *params = rank == 0 ? calloc(SETS, BYTES) : NULL;

	CHECK(rank > 0 || params);
	for (int i = 0; rank == 0 && i < SETS; i++)
		params[(size_t)i * BYTES] =
		    params[(size_t)i * BYTES + SET_BYTES - 1] =
		        byte_of((size_t)i);
	result_bytes = SMALL;
	alarm(240);
	CHECK(getrlimit(RLIMIT_AS, &before) == 0);
	const struct rlimit limit = {mapped_bytes() + ROOM, before.rlim_max};
	CHECK(!is_last || setrlimit(RLIMIT_AS, &limit) == 0);
	const cohort_status status = cohort_scatter(group, &job, params, SETS);
	printf("rank %d: %s: %s\n", rank, cohort_status_name(status),
	       cohort_error());
	CHECK(status == COHORT_ENOMEM);
	CHECK(!is_last || setrlimit(RLIMIT_AS, &before) == 0);
	CHECK(cohort_scatter(group, &job, params, SETS) == COHORT_OK);
	CHECK(do_gather() == COHORT_OK);
	free(params);
	return 0;
}

int main(int argc, char *argv[])
{
	int wrong = 0;

	CHECK(argc > 1);
	for (size_t i = 0; i < TASKS; i++)
		memset(sets[i], byte_of(i), SET_BYTES);
	CHECK(cohort_open(NULL, &control) == COHORT_OK);
	rank = cohort_rank(control);
	size = cohort_size(control);
	CHECK(size <= RANKS_MOST && size <= TASKS);
	CHECK(cohort_open(NULL, &group) == COHORT_OK);
	if (!strcmp(argv[1], "limit")) {
		wrong = run_limit();
	} else {
		CHECK(argc > 2);
		folder = argv[2];
		wrong = run_calls(argv + 3);
	}
	CHECK(cohort_close(group) == COHORT_OK);
	CHECK(cohort_close(control) == COHORT_OK);
	printf("rank %d: %s\n", rank, wrong ? "WRONG" : "no rank waits");
	fflush(stdout);
	return wrong > 0;
}
