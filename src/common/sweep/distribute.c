#include "distribute.h"

#include "status_exchange.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char function[] = "cohort_scatter";

static bool is_isolated(const cohort *group, const cohort_job *job)
{
	return !job->not_isolated && (job->isolate || group->isolate);
}

cohort_status distribute_check(const cohort *group, const cohort_job *job,
                               const void *params, size_t count)
{
	if (!job->execute)
		return error_set(COHORT_EINVAL,
		                 "%s: job.execute is NULL: a job needs it",
		                 function);
	if (!config_schedule_valid(job->schedule))
		return error_set(COHORT_EINVAL,
		                 "%s: job.schedule is %d, which is no "
		                 "cohort_schedule",
		                 function, (int)job->schedule);
	if (!(job->timeout >= 0) || isinf(job->timeout))
		return error_set(COHORT_EINVAL,
		                 "%s: job.timeout is %g: it must be a number "
		                 "of seconds, or 0 for no limit",
		                 function, job->timeout);
	if (job->isolate && job->not_isolated)
		return error_set(COHORT_EINVAL,
		                 "%s: job.isolate and job.not_isolated are "
		                 "both set: set one of them",
		                 function);
	for (size_t i = 0; i < sizeof(job->unused); i++)
		if (job->unused[i])
			return error_set(COHORT_EINVAL,
			                 "%s: job.unused[%zu] is not 0: "
			                 "initialise the whole cohort_job, as "
			                 "with {.execute = f}",
			                 function, i);
	if (job->timeout > 0 && !is_isolated(group, job))
		return error_set(COHORT_EINVAL,
		                 "%s: job.timeout is %g, but a task can only "
		                 "be ended in a process of its own: set "
		                 "job.isolate, or COHORT_ISOLATE=1 without "
		                 "job.not_isolated",
		                 function, job->timeout);
	if (job->retries < 0)
		return error_set(COHORT_EINVAL,
		                 "%s: job.retries is %d: it must be 0 or more",
		                 function, job->retries);
	if (group->world->rank != 0 || count == 0 || job->param_bytes == 0)
		return COHORT_OK;
	if (!params)
		return error_set(COHORT_EINVAL,
		                 "%s: params is NULL, but there are %zu "
		                 "parameter sets",
		                 function, count);
	if (count > PTRDIFF_MAX / job->param_bytes)
		return error_set(COHORT_EINVAL,
		                 "%s: %zu parameter sets of %zu bytes are more "
		                 "than there can be in memory",
		                 function, count, job->param_bytes);
	return COHORT_OK;
}

/* What the root says of a sweep before it begins. Fields of 64 bits only. */
struct plan {
	uint64_t count;
	/* Those of the job that must be alike on all ranks: */
	uint64_t param_bytes;
	uint64_t schedule;
	uint64_t chunk;
	uint64_t isolate;
	double timeout;
	uint64_t retries;
	uint64_t seed;
	uint64_t journaled;
	struct journal_run id;
	uint64_t resumed; /* tasks that the journal has */
	uint64_t status;  /* of the root so far */
};

static cohort_status send_plan(struct sweep_run *run, void *data, size_t bytes)
{
	struct world *world = run->group->world;

	return group_finish(
	    run->group, world->backend->bcast(world, &run->call, data, bytes));
}

static void set_schedule(struct sweep_run *run)
{
	const cohort_job *job = run->job;
	const cohort *group = run->group;

	run->schedule = job->schedule ? job->schedule : group->schedule;
	run->chunk = job->chunk ? job->chunk : group->chunk;
	run->isolate = is_isolated(group, job);
	run->call.op = run->schedule;
	run->call.count = job->param_bytes;
	run->call.detail = run->chunk;
}

static struct plan plan_of(const struct sweep_run *run, size_t count)
{
	const cohort_job *job = run->job;

	return (struct plan){
	    .count = count,
	    .param_bytes = job->param_bytes,
	    .schedule = run->schedule,
	    .chunk = run->chunk,
	    .isolate = run->isolate,
	    .timeout = job->timeout,
	    .retries = (uint64_t)job->retries,
	    .seed = job->seed,
	    .journaled = job->journal != NULL,
	};
}

/* The name of a field that is not alike; NULL: all are. */
static const char *plan_difference(const struct plan *a, const struct plan *b)
{
#define PLAN_DIFFERS(field)       \
	if (a->field != b->field) \
		return #field;
	PLAN_DIFFERS(param_bytes)
	PLAN_DIFFERS(schedule)
	PLAN_DIFFERS(chunk)
	PLAN_DIFFERS(isolate)
	PLAN_DIFFERS(timeout)
	PLAN_DIFFERS(retries)
	PLAN_DIFFERS(seed)
#undef PLAN_DIFFERS
	return a->journaled != b->journaled ? "journal" : NULL;
}

/* On the root: the sweep, and what its journal has of it. */
static cohort_status prepare(struct sweep_run *run, const void *params,
                             size_t count, struct plan *plan)
{
	const size_t bytes = count * run->job->param_bytes;

	*plan = plan_of(run, count);
	run->sweep = sweep_create(count, run->job->param_bytes, run->isolate,
	                          run->group->world->regions);
	if (!run->sweep)
		return COHORT_ENOMEM;
	if (bytes > 0)
		memcpy(run->sweep->params, params, bytes);
	if (!run->job->journal)
		return COHORT_OK;
	cohort_status status = checkpoint_open(
	    &run->checkpoint, run->job->journal, run->job->seed, run->sweep);
	plan->id = run->checkpoint.id;
	plan->resumed = run->sweep->store.count;
	return status;
}

/* Which parameter sets are left, from the root to every rank. */
static cohort_status send_done(struct sweep_run *run, uint64_t resumed)
{
	const size_t count = run->sweep->count;
	const size_t bytes = bits_bytes(count);

	run->todo.count = count;
	if (resumed == 0)
		return COHORT_OK;
	if (!run->checkpoint.done)
		run->checkpoint.done = calloc(1, bytes);
	if (!run->checkpoint.done)
		return group_give_up(run->group, &run->call,
		                     error_sys("%s: calloc", function));
	cohort_status status = send_plan(run, run->checkpoint.done, bytes);
	if (status == COHORT_OK &&
	    !todo_set(&run->todo, count, run->checkpoint.done))
		status = group_give_up(run->group, &run->call,
		                       error_sys("%s: malloc", function));
	return status;
}

static cohort_status send_params(struct sweep_run *run)
{
	const struct sweep *sweep = run->sweep;
	const size_t bytes = sweep->count * sweep->param_bytes;

	return bytes > 0 ? send_plan(run, sweep->params, bytes) : COHORT_OK;
}

cohort_status distribute_sweep(struct sweep_run *run, const void *params,
                               size_t count, cohort_status *mine)
{
	cohort *group = run->group;
	const bool is_root = group->world->rank == 0;

	set_schedule(run);
	const struct plan own = plan_of(run, 0);
	struct plan plan = own;
	const char *differs;

	if (is_root)
		plan.status = prepare(run, params, count, &plan);
	cohort_status status = send_plan(run, &plan, sizeof(plan));
	if (status != COHORT_OK)
		return status;
	if (plan.status != COHORT_OK)
		return status_share(run, 0, (cohort_status)plan.status);
	if ((differs = plan_difference(&plan, &own)))
		*mine =
		    error_set(COHORT_EMISMATCH,
		              "%s: job.%s, or what the environment makes of "
		              "it, is not the same on rank 0 and on rank %d",
		              function, differs, group->world->rank);
	run->checkpoint.id = plan.id;
	run->resumed = plan.resumed;
	if (!is_root)
		run->sweep =
		    sweep_create((size_t)plan.count, (size_t)plan.param_bytes,
		                 run->isolate, group->world->regions);
	if (!run->sweep)
		return group_give_up(group, &run->call, COHORT_ENOMEM);
	status = send_params(run);
	return status == COHORT_OK ? send_done(run, plan.resumed) : status;
}
