/* A group: opened, closed, ended; and the table of what can be done with it. */
#include "chunked.h"
#include "collectives.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "module_abi.h"
#include "mpi_error.h"
#include "mpi_process.h"
#include "mpi_world.h"
#include "output.h"

#include <stdlib.h>
#include <string.h>

#define CANNOT "cannot open an mpi group: "

static const struct call opening = {.kind = CALL_OPEN};

/* "Four programs that each believe they are alone": the launcher started so
 * many, but this MPI was not told. */
static cohort_status check_launcher(const struct launcher *launcher)
{
	int size = 0;

	MPI_Comm_size(MPI_COMM_WORLD, &size);
	if (!launcher || launcher->size <= 1 || launcher->size == size)
		return COHORT_OK;
	return error_set(COHORT_EBACKEND,
	                 CANNOT "%s (%s is set) started %d ranks, but MPI sees "
	                        "%d: the launcher and the MPI library are "
	                        "not of the same installation; start the "
	                        "program with the launcher of that MPI",
	                 launcher->name, launcher->variable, launcher->size,
	                 size);
}

/* Before anything else is done: an MPI that cohort initialises has no
 * communicators of the program's. */
static cohort_status check_order(const struct config *config)
{
	int initialised = 0;

	MPI_Initialized(&initialised);
	if (!config->mpi_comm || initialised)
		return COHORT_OK;
	return error_set(COHORT_ESTATE,
	                 CANNOT "options.mpi_comm is set, but the program has "
	                        "not initialised MPI: call MPI_Init first");
}

/* The program's communicator, or all ranks. */
static cohort_status find_comm(const void *mpi_comm, MPI_Comm *out)
{
	int between = 0;

	*out = MPI_COMM_WORLD;
	if (!mpi_comm)
		return COHORT_OK;
	memcpy(out, mpi_comm, sizeof(*out));
	if (*out == MPI_COMM_NULL)
		return error_set(COHORT_ECONFIG,
		                 CANNOT "options.mpi_comm is MPI_COMM_NULL: "
		                        "only ranks of the communicator may "
		                        "open it");
	MPI_Comm_test_inter(*out, &between);
	if (between)
		return error_set(COHORT_ECONFIG,
		                 CANNOT "options.mpi_comm is an "
		                        "intercommunicator: merge it first");
	return COHORT_OK;
}

/* Errors on the program's communicator would reach the program's handler, by
 * default the one that aborts, so it is set aside for this one call. */
static int duplicate(MPI_Comm from, MPI_Comm *out)
{
	MPI_Errhandler handler;
	int code = MPI_Comm_get_errhandler(from, &handler);

	if (code != MPI_SUCCESS)
		return code;
	MPI_Comm_set_errhandler(from, MPI_ERRORS_RETURN);
	code = MPI_Comm_dup(from, out);
	MPI_Comm_set_errhandler(from, handler);
	MPI_Errhandler_free(&handler);
	if (code == MPI_SUCCESS)
		code = MPI_Comm_set_errhandler(*out, MPI_ERRORS_RETURN);
	return code;
}

/* What ranks may differ in, and must not: the largest of each holds for all.
 * One that had no memory tells the others in `failed`. */
enum { AGREED_NUMBER, AGREED_CHECK, AGREED_TIMED, AGREED_NODES, AGREEMENTS };

static int agree(MPI_Comm comm, unsigned values[], int count)
{
	return MPI_Allreduce(MPI_IN_PLACE, values, count, MPI_UNSIGNED, MPI_MAX,
	                     comm);
}

static cohort_status allocate(struct mpi_world *world)
{
	const size_t size = (size_t)world->base.size;

	world->counts = malloc(2 * size * sizeof(*world->counts));
	if (!world->counts)
		return error_sys(CANNOT "malloc of %zu counts", 2 * size);
	world->places = world->counts + size;
	return world->checked ? check_open(world) : COHORT_OK;
}

static void release(struct mpi_world *world)
{
	check_close(&world->check);
	free(world->counts);
	free(world);
}

/* Everything that needs the communicator. */
static cohort_status set_up(struct mpi_world *world,
                            const struct config *config)
{
	unsigned failed;
	unsigned agreed[AGREEMENTS] = {
	    [AGREED_NUMBER] = process_count(),
	    [AGREED_CHECK] = config->check,
	    [AGREED_TIMED] = config->timeout > 0,
	    [AGREED_NODES] = (unsigned)config->test_nodes,
	};

	MPI_Comm_rank(world->comm, &world->base.rank);
	MPI_Comm_size(world->comm, &world->base.size);
	int code = agree(world->comm, agreed, AGREEMENTS);
	if (code != MPI_SUCCESS)
		return mpi_error_report(&opening, "MPI_Allreduce", code);
	world->base.number = agreed[AGREED_NUMBER];
	world->checked = agreed[AGREED_CHECK];
	world->timed = agreed[AGREED_TIMED];
	world->timeout = config->timeout;
	world->part_bytes = chunked_part_bytes(world->base.size);

	cohort_status status = allocate(world);
	failed = status != COHORT_OK;
	code = agree(world->comm, &failed, 1);
	if (code != MPI_SUCCESS)
		return mpi_error_report(&opening, "MPI_Allreduce", code);
	if (status != COHORT_OK)
		return status;
	if (failed)
		return error_set(COHORT_ENOMEM,
		                 CANNOT "another rank had no memory");
	status = tickets_create(world, (int)agreed[AGREED_NODES]);
	world->base.stats = world->tickets.stats;
	world->base.stats_ranks = world->tickets.node_size;
	world->base.stats_index = world->tickets.node_rank;
	world->base.copies_claim = world->tickets.nodes == 1;
	return status;
}

static cohort_status module_open(const struct config *config,
                                 const struct launcher *launcher,
                                 struct world **out)
{
	MPI_Comm from;
	cohort_status status;

	if ((status = check_order(config)) || (status = process_enter()) ||
	    (status = check_launcher(launcher)) ||
	    (status = find_comm(config->mpi_comm, &from)))
		return status;
	struct mpi_world *world = calloc(1, sizeof(*world));
	if (!world)
		return error_sys(CANNOT "calloc");
	world->base.backend = &mpi_module_backend;
	world->base.call = &world->call;
	int code = duplicate(from, &world->comm);
	if (code != MPI_SUCCESS) {
		free(world);
		return mpi_error_report(&opening, "MPI_Comm_dup", code);
	}
	status = set_up(world, config);
	if (status != COHORT_OK) {
		/* Whether the others fail too is not known, so nothing is
		 * freed that they would have to free with us. */
		process_leave(false);
		release(world);
		return status;
	}
	*out = &world->base;
	return COHORT_OK;
}

/* Without `call` the others may not come: what MPI has of this group stays,
 * and its buffers with it where MPI may still read them. */
static cohort_status module_close(struct world *base, const struct call *call)
{
	struct mpi_world *world = world_of(base);
	cohort_status status = COHORT_OK;

	if (!call)
		goto abandon;
	if (process_without_mpi()) {
		status = error_set(COHORT_ESTATE,
		                   "cohort_close: the program has finalised "
		                   "MPI before: close groups first");
		goto abandon;
	}
	status = collective_barrier(base, call);
	if (status != COHORT_OK)
		goto abandon;
	tickets_free(&world->tickets);
	MPI_Comm_free(&world->comm);
	process_leave(true);
	release(world);
	return COHORT_OK;
abandon:
	process_leave(false);
	return status;
}

static void module_abort(struct world *base, int exit_code)
{
	const bool without_mpi = process_without_mpi();

	process_forget();
	if (!without_mpi) {
		output_settle();
		MPI_Abort(world_of(base)->comm, exit_code);
	}
	_Exit(exit_code);
}

static void module_refuse(struct world *base, const struct call *call)
{
	struct mpi_world *world = world_of(base);

	if (world->checked)
		check_refuse(world, call);
}

/* What MPI moves best is ordinary memory. */
static void *module_alloc(struct world *base, size_t bytes)
{
	(void)base;
	return memory_alloc(bytes);
}

static void module_release(struct world *base, void *memory)
{
	(void)base;
	free(memory);
}

const struct backend mpi_module_backend = {
    .name = "mpi",
    .open = module_open,
    .close = module_close,
    .abort = module_abort,
    .refuse = module_refuse,
    .barrier = collective_barrier,
    .bcast = collective_bcast,
    .gatherv = collective_gatherv,
    .allgatherv = collective_allgatherv,
    .allreduce = collective_allreduce,
    .alloc = module_alloc,
    .release = module_release,
    .tickets_open = tickets_open,
    .tickets_claim = tickets_claim,
    .tickets_leave = tickets_leave,
};

__attribute__((visibility("default"))) mpi_module_entry cohort_mpi_module;

const struct mpi_module *cohort_mpi_module(const struct mpi_host *host)
{
	static struct mpi_module module = {.version = MODULE_ABI_VERSION};

	if (!strcmp(host->version, MODULE_ABI_VERSION)) {
		mpi_error_route(host);
		module.backend = &mpi_module_backend;
	}
	return &module;
}
