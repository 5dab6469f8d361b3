/* The module's one entry, and the table of its functions. */
#include "abort.h"
#include "agreement.h"
#include "call_exchange.h"
#include "collectives.h"
#include "host_calls.h"
#include "mpi_memory.h"
#include "mpi_process.h"
#include "mpi_world_open.h"
#include "progress_thread.h"
#include "ticket_window.h"
#include "tickets.h"

#include <stdlib.h>
#include <string.h>

static cohort_status module_become_task(struct world *base)
{
	return ticket_window_shut(&world_of(base)->tickets);
}

static const struct backend module_backend;

static cohort_status module_open(const struct config *config,
                                 const struct launcher *launcher,
                                 struct world **out)
{
	struct mpi_world *world;
	struct shared_files before;
	int started = 0;

	MPI_Initialized(&started);
	mpi_memory_begin(&before, started ? MPI_STARTED : MPI_NOT_STARTED);
	cohort_status status = mpi_world_open(config, launcher, &world);
	mpi_memory_end(&before);
	if (status != COHORT_OK)
		return status;
	world->base.backend = &module_backend;
	*out = &world->base;
	return COHORT_OK;
}

static cohort_status module_close(struct world *base, const struct call *call)
{
	const bool scoped = base->scoped;
	const int rank = base->rank;
	const cohort_status status = mpi_world_close(world_of(base), call);

	if (scoped)
		mpi_process_end(rank, call && status == COHORT_OK);
	return status;
}

static void module_abort(struct world *base, int exit_code)
{
	const bool without_mpi = mpi_process_without_mpi();

	mpi_process_forget();
	/* The thread of a sweep is in MPI without the lock. */
	if (!without_mpi)
		abort_bounded(world_of(base)->comm, exit_code,
		              progress_thread_lock);
	_Exit(exit_code);
}

static void module_refuse(struct world *base, const struct call *call)
{
	struct mpi_world *world = world_of(base);

	if (world->checked)
		call_exchange_refuse(world, call);
}

static const struct backend module_backend = {
    .name = "mpi",
    .open = module_open,
    .close = module_close,
    .abort = module_abort,
    .refuse = module_refuse,
    .agree = agreement_agree,
    .barrier = collective_barrier,
    .bcast = collective_bcast,
    .gatherv = collective_gatherv,
    .allgatherv = collective_allgatherv,
    .allreduce = collective_allreduce,
    .spread = collective_spread,
    .gather_shared = collective_gather_shared,
    .tickets_open = tickets_open,
    .tickets_claim = tickets_claim,
    .become_task = module_become_task,
    .tickets_join = tickets_join,
    .tickets_leave = tickets_leave,
};

__attribute__((visibility("default"))) mpi_module_entry cohort_mpi_module;

const struct mpi_module *cohort_mpi_module(const struct module_host *host)
{
	static struct mpi_module module = {.version = MODULE_ABI_VERSION};

	if (!strcmp(host->version, MODULE_ABI_VERSION)) {
		host_set(host);
		module.backend = &module_backend;
	}
	return &module;
}
