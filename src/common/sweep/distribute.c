/*
 * The root sends a header, the parameters once to each machine, and, if the
 * journal has results, a bit for each task that is done already.
 */
#include "distribute.h"
#include "common/core/group_call.h"

#include "common/base/bit_set.h"
#include "common/base/plural.h"
#include "common/journal/hash.h"
#include "job_check.h"
#include "status_exchange.h"
#include "unique.h"

#include <stdlib.h>
#include <string.h>

static const char function[] = "cohort_scatter";

/* Fields of the job that are set or not, the same on all ranks. Functions have
 * other addresses in other processes, and a journal may have another path. */
#define FLAGS_MAP(X)    \
	X(build)        \
	X(teardown)     \
	X(journal)      \
	X(rerun_failed) \
	X(rebuilt_ok)   \
	X(unique)       \
	X(on_result)    \
	X(ordered)      \
	X(discard)      \
	X(idle_root)

/* Fields of 64 bits only, so there is no padding that is not initialised. */
struct sweep_header {
	uint64_t count;
	/* From here to `flags`: must be the same in the jobs of all ranks. */
	uint64_t param_bytes;
	uint64_t schedule;
	uint64_t chunk;
	uint64_t isolate;
	double timeout;
	uint64_t retries;
	uint64_t seed;
	double deadline;
	uint64_t identity[2]; /* digest of the job's, with a journal */
	uint64_t flags;       /* a bit for each field of FLAGS_MAP */
	struct journal_run id;
	uint64_t resumed;     /* tasks that the journal has */
	uint64_t param_total; /* bytes of the memory for all sets */
	uint64_t status;      /* the root's own so far */
	double stop_at;       /* the deadline, by the root's clock */
};

static cohort_status send_bytes(struct sweep_run *run, void *data, size_t bytes)
{
	struct world *world = run->group->world;

	return group_finish(
	    run->group, world->backend->bcast(world, &run->call, data, bytes));
}

/* The environment's chunk belongs to the environment's schedule: a job that
 * names a schedule has a chunk of its own, or none. */
static void set_schedule(struct sweep_run *run)
{
	const cohort_job *job = run->job;
	const cohort *group = run->group;

	run->schedule = job->schedule;
	run->chunk = job->chunk;
	if (job->schedule == COHORT_SCHEDULE_DEFAULT) {
		run->schedule = group->schedule;
		if (job->chunk == 0)
			run->chunk = group->chunk;
	}
	run->isolate = job_is_isolated(group, job);
	run->call.op = run->schedule;
	run->call.count = run->param_bytes;
	run->call.detail = run->chunk;
}

#define FLAG_BIT(field) FLAG_##field,
enum { FLAGS_MAP(FLAG_BIT) };
#undef FLAG_BIT

static uint64_t set_flags_of(const cohort_job *job)
{
	uint64_t flags = 0;

#define ADD_FLAG(field) flags |= (uint64_t)(job->field != 0) << FLAG_##field;
	FLAGS_MAP(ADD_FLAG)
#undef ADD_FLAG
	return flags;
}

static struct sweep_header header_of(const struct sweep_run *run, size_t count)
{
	const cohort_job *job = run->job;
	struct sweep_header header = {
	    .count = count,
	    .param_bytes = run->param_bytes,
	    .schedule = run->schedule,
	    .chunk = run->chunk,
	    .isolate = run->isolate,
	    .timeout = job->timeout,
	    .retries = (uint64_t)job->retries,
	    .seed = job->seed,
	    .deadline = job->deadline,
	    .flags = set_flags_of(job),
	};

	if (job->journal && job->identity_bytes > 0)
		hash_128(job->identity, job->identity_bytes, header.identity);
	return header;
}

/* The name of a field of the job in which two ranks differ; NULL: none. */
static const char *differing_field(const struct sweep_header *a,
                                   const struct sweep_header *b)
{
#define RETURN_IF_DIFFERENT(field) \
	if (a->field != b->field)  \
		return #field;
	RETURN_IF_DIFFERENT(param_bytes)
	RETURN_IF_DIFFERENT(schedule)
	RETURN_IF_DIFFERENT(chunk)
	RETURN_IF_DIFFERENT(isolate)
	RETURN_IF_DIFFERENT(timeout)
	RETURN_IF_DIFFERENT(retries)
	RETURN_IF_DIFFERENT(seed)
	RETURN_IF_DIFFERENT(deadline)
#undef RETURN_IF_DIFFERENT
#define RETURN_IF_DIFFERENT(field)                     \
	if ((a->flags ^ b->flags) >> FLAG_##field & 1) \
		return #field;
	FLAGS_MAP(RETURN_IF_DIFFERENT)
#undef RETURN_IF_DIFFERENT
	if (memcmp(a->identity, b->identity, sizeof(a->identity)) != 0)
		return "identity";
	return NULL;
}

/* On the root: create the sweep, with the results that its journal has. */
static cohort_status create_on_root(struct sweep_run *run,
                                    const struct param_source *source,
                                    struct sweep_header *header)
{
	const size_t bytes = param_source_total(source);

	*header = header_of(run, source->count);
	header->param_total = bytes;
	cohort_status status =
	    sweep_create(source->count, run->param_bytes, run->isolate,
	                 run->group->world->regions, &run->sweep);
	if (status != COHORT_OK)
		return status;
	if (bytes > 0 && !param_source_copy(source, &run->sweep->params,
	                                    run->group->world->size > 1
	                                        ? NODE_MEMORY_SHARED
	                                        : NODE_MEMORY_PRIVATE))
		return error_sys("%s: memory for the parameter sets, of %zu "
		                 "byte%s, cannot be had by pwrite, fcntl, mmap "
		                 "and mprotect",
		                 function, bytes, plural(bytes));
	if (run->job->unique)
		status = unique_check(run->sweep);
	if (status != COHORT_OK || !run->job->journal)
		return status;
	status = checkpoint_open(&run->checkpoint, run->job,
	                         run->group->journal_unlocked, run->sweep);
	header->id = run->checkpoint.id;
	header->resumed = run->checkpoint.figures.records;
	return status;
}

/* The todo list, on every rank: the tasks that the journal has no result of. */
static cohort_status send_todo(struct sweep_run *run, uint64_t resumed,
                               cohort_status mine)
{
	const size_t count = run->sweep->count;
	const size_t bytes = bits_bytes(count);
	struct todo reserved = {0};

	run->todo.count = count;
	if (resumed == 0)
		return COHORT_OK;
	if (!run->checkpoint.done)
		run->checkpoint.done = calloc(1, bytes);
	if (mine == COHORT_OK &&
	    (!run->checkpoint.done || !todo_reserve(count, &reserved)))
		mine = error_sys(
		    "%s: rank %d has no memory for the list of tasks that the "
		    "journal has: calloc or malloc",
		    function, run->group->world->rank);
	cohort_status status = status_agree(run, mine);
	if (status == COHORT_OK)
		status = send_bytes(run, run->checkpoint.done, bytes);
	if (status == COHORT_OK)
		todo_fill(&run->todo, reserved, count, run->checkpoint.done);
	else
		todo_clear(&reserved);
	return status;
}

static cohort_status spread_params(struct sweep_run *run, uint64_t bytes,
                                   cohort_status *mine)
{
	struct world *world = run->group->world;
	cohort_status own = COHORT_OK;

	if (bytes == 0)
		return COHORT_OK;
	const cohort_status status = world->backend->spread(
	    world, &run->call, &run->sweep->params, (size_t)bytes, &own);
	if (own != COHORT_OK)
		*mine = own;
	return group_finish(run->group, status);
}

/* A rank without memory for a sweep goes on with an empty one, until all ranks
 * learn that it cannot take part. */
static cohort_status create_on_peer(struct sweep_run *run,
                                    const struct sweep_header *header)
{
	const cohort_status status =
	    sweep_create((size_t)header->count, (size_t)header->param_bytes,
	                 run->isolate, run->group->world->regions, &run->sweep);

	if (status == COHORT_OK)
		return status;
	run->spare = (struct sweep){
	    .references = 2, /* the struct is not on the heap */
	    .count = (size_t)header->count,
	    .param_bytes = (size_t)header->param_bytes,
	};
	run->sweep = &run->spare;
	return status;
}

cohort_status distribute_sweep(struct sweep_run *run,
                               const struct param_source *source,
                               cohort_status *mine)
{
	cohort *group = run->group;
	const bool is_root = group->world->rank == 0;

	set_schedule(run);
	const struct sweep_header own = header_of(run, 0);
	struct sweep_header header = own;
	const char *differs;

	if (is_root)
		header.status = *mine != COHORT_OK
		                    ? *mine
		                    : create_on_root(run, source, &header);
	header.stop_at = run->stop_at;
	cohort_status status = send_bytes(run, &header, sizeof(header));
	if (status != COHORT_OK)
		return status;
	if (header.status != COHORT_OK)
		return status_share(run, 0, (cohort_status)header.status);
	if ((differs = differing_field(&header, &own)))
		*mine =
		    error_set(COHORT_EMISMATCH,
		              "%s: job.%s, or what the environment makes of "
		              "it, is not the same on rank 0 and on rank %d",
		              function, differs, group->world->rank);
	run->checkpoint.id = header.id;
	run->resumed = header.resumed;
	run->stop_at = header.stop_at;
	const cohort_status made =
	    is_root ? COHORT_OK : create_on_peer(run, &header);
	if (made != COHORT_OK)
		*mine = made;
	status = spread_params(run, header.param_total, mine);
	return status == COHORT_OK ? send_todo(run, header.resumed, *mine)
	                           : status;
}
