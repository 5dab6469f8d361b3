#include "calls.h"

#include <stdlib.h>
#include <string.h>

enum { TASKS = 8 };

/* A call under way. The test allocates all memory before it, so that only the
 * library can fail in it. */
struct made {
	cohort *group;
	int rank;
	int size;
	size_t n;
	int64_t *mine;  /* n elements of this rank */
	int64_t *all;   /* n elements of every rank */
	size_t *counts; /* n for every rank */
	bool right;
};

static int64_t element(int rank, size_t i)
{
	return (int64_t)rank * 1000003 + (int64_t)(i * 7 + 1);
}

static void fill(int64_t *data, int rank, size_t n)
{
	for (size_t i = 0; i < n; i++)
		data[i] = element(rank, i);
}

static bool filled(const int64_t *data, int rank, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (data[i] != element(rank, i))
			return false;
	return true;
}

static bool all_filled(const struct made *made, const int64_t *all)
{
	for (int r = 0; r < made->size; r++)
		if (!filled(all + (size_t)r * made->n, r, made->n))
			return false;
	return true;
}

static cohort_status make_barrier(struct made *made)
{
	made->right = true;
	return cohort_barrier(made->group);
}

static cohort_status bcast_from(struct made *made, int root)
{
	if (made->rank != root)
		memset(made->mine, 0xff, made->n * sizeof(*made->mine));
	cohort_status status =
	    cohort_bcast(made->group, made->mine, made->n, COHORT_INT64, root);
	made->right = filled(made->mine, root, made->n);
	return status;
}

static cohort_status make_bcast(struct made *made)
{
	return bcast_from(made, 0);
}

static cohort_status make_bcast_relayed(struct made *made)
{
	return bcast_from(made, made->size - 1);
}

static cohort_status gatherv_to(struct made *made, int root)
{
	cohort_status status =
	    cohort_gatherv(made->group, made->mine, made->n, made->all,
	                   made->counts, COHORT_INT64, root);

	made->right = made->rank != root || all_filled(made, made->all);
	return status;
}

static cohort_status make_gatherv(struct made *made)
{
	return gatherv_to(made, 0);
}

static cohort_status make_gatherv_relayed(struct made *made)
{
	return gatherv_to(made, made->size - 1);
}

static cohort_status make_allgatherv(struct made *made)
{
	cohort_status status =
	    cohort_allgatherv(made->group, made->mine, made->n, made->all,
	                      made->counts, COHORT_INT64);

	made->right = all_filled(made, made->all);
	return status;
}

static cohort_status make_allreduce(struct made *made)
{
	const int64_t p = made->size;
	cohort_status status =
	    cohort_allreduce(made->group, made->mine, made->all, made->n,
	                     COHORT_INT64, COHORT_SUM);

	made->right = true;
	for (size_t i = 0; i < made->n; i++)
		if (made->all[i] !=
		    p * element(0, i) + 1000003 * (p * (p - 1) / 2))
			made->right = false;
	return status;
}

static cohort_status make_bcast_object(struct made *made)
{
	const size_t bytes = made->n * sizeof(*made->mine);
	cohort_blob object = {NULL, 0};

	if (made->rank == 0)
		object = (cohort_blob){made->mine, bytes};
	cohort_status status = cohort_bcast_object(made->group, &object, 0);
	if (status != COHORT_OK)
		return status;
	made->right = object.bytes == bytes && filled(object.data, 0, made->n);
	if (made->rank != 0)
		free(object.data);
	return status;
}

static cohort_status make_allgather_objects(struct made *made)
{
	const size_t bytes = made->n * sizeof(*made->mine);
	cohort_blob *all = NULL;
	cohort_status status = cohort_allgather_objects(
	    made->group, (cohort_blob){made->mine, bytes}, &all);

	if (status != COHORT_OK)
		return status;
	made->right = true;
	for (int r = 0; r < made->size; r++)
		if (all[r].bytes != bytes || !filled(all[r].data, r, made->n))
			made->right = false;
	free(all);
	return status;
}

/* A task's result is its parameter set, backwards. */
static int execute(cohort_task *task)
{
	const size_t n = *(const size_t *)cohort_task_state(task);
	const int64_t *param = cohort_task_param(task);
	int64_t *result = cohort_task_result(task, n * sizeof(*result));

	for (size_t i = 0; result && i < n; i++)
		result[i] = param[n - 1 - i];
	return 0;
}

static cohort_status make_scatter(struct made *made)
{
	const cohort_job job = {
	    .execute = execute,
	    .arg = &made->n,
	    .param_bytes = made->n * sizeof(int64_t),
	};
	int64_t *params = malloc(TASKS * job.param_bytes);

	if (!params)
		return COHORT_ENOMEM;
	for (int t = 0; t < TASKS; t++)
		fill(params + (size_t)t * made->n, t, made->n);
	cohort_status status = cohort_scatter(made->group, &job, params, TASKS);
	free(params);
	made->right = true;
	return status;
}

/* A task that there was no memory for has failed, and says so: only where
 * memory is limited. */
static bool result_right(const cohort_result *result, size_t n)
{
	const int64_t *data = result->data;

	if (result->status == COHORT_ETASK)
		return strstr(result->error, "no memory") != NULL;
	if (result->status != COHORT_OK || result->bytes != n * sizeof(*data))
		return false;
	for (size_t i = 0; i < n; i++)
		if (data[i] != element((int)result->index, n - 1 - i))
			return false;
	return true;
}

static void check_results(struct made *made, cohort_results *results, bool all)
{
	size_t count;
	const cohort_result *list = all ? cohort_results_all(results, &count)
	                                : cohort_results_local(results, &count);

	made->right = !all || count == TASKS;
	for (size_t t = 0; t < count; t++)
		if ((all && list[t].index != t) ||
		    !result_right(&list[t], made->n))
			made->right = false;
	cohort_results_free(results);
}

static cohort_status make_gather(struct made *made)
{
	cohort_results *results = NULL;
	cohort_status status = cohort_gather(made->group, &results);

	if (status == COHORT_OK)
		check_results(made, results, true);
	return status;
}

static cohort_status make_gather_to_root(struct made *made)
{
	cohort_results *results = NULL;
	cohort_status status = cohort_gather_to_root(made->group, &results);

	if (status == COHORT_OK)
		check_results(made, results, made->rank == 0);
	return status;
}

static const struct {
	const char *name;
	cohort_status (*make)(struct made *made);
} collectives[] = {
#define ROW(name) {#name, make_##name},
    COLLECTIVE_MAP(ROW)
#undef ROW
};

const char *collective_name(enum collective call)
{
	return collectives[call].name;
}

cohort_status collective_make(cohort *group, enum collective call, size_t n,
                              bool *right)
{
	struct made made = {
	    .group = group,
	    .rank = cohort_rank(group),
	    .size = cohort_size(group),
	    .n = n,
	};
	const size_t ranks = (size_t)made.size;
	cohort_status status = COHORT_ENOMEM;

	made.mine = malloc(n * sizeof(*made.mine));
	made.all = calloc(ranks * n, sizeof(*made.all));
	made.counts = malloc(ranks * sizeof(*made.counts));
	if (made.mine && made.all && made.counts) {
		fill(made.mine, made.rank, n);
		for (size_t r = 0; r < ranks; r++)
			made.counts[r] = n;
		status = collectives[call].make(&made);
	}
	free(made.mine);
	free(made.all);
	free(made.counts);
	*right = status == COHORT_OK && made.right;
	return status;
}

cohort_status collective_prepare(cohort *group, enum collective call, size_t n)
{
	bool right;

	if (call != CALL_gather && call != CALL_gather_to_root)
		return COHORT_OK;
	return collective_make(group, CALL_scatter, n, &right);
}

cohort_status collectives_all(cohort *group, size_t n, bool *right)
{
	*right = true;
	for (int call = 0; call < COLLECTIVES; call++) {
		bool this_right;
		cohort_status status = collective_make(
		    group, (enum collective)call, n, &this_right);
		if (status != COHORT_OK)
			return status;
		*right = *right && this_right;
	}
	return COHORT_OK;
}
