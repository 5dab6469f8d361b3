#define _POSIX_C_SOURCE 200809L
#include "mpi_world_open.h"

#include "call_exchange.h"
#include "call_presence.h"
#include "chunked.h"
#include "collectives.h"
#include "common/base/error.h"
#include "common/base/worker_stats.h"
#include "communicator.h"
#include "host_calls.h"
#include "initialise.h"
#include "mpi_error.h"
#include "mpi_process.h"
#include "open_check.h"
#include "open_watch.h"
#include "result_mail.h"
#include "ticket_drain.h"
#include "ticket_server.h"
#include "ticket_window.h"

#include <stdlib.h>
#include <unistd.h>

#define CANNOT "cannot open an mpi group: "

static const struct call opening = {.kind = CALL_OPEN};

/* A launcher of another MPI starts n processes, and each of them is the only
 * rank of a job of its own. */
static cohort_status check_launcher_size(const struct launcher *launcher)
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

/* Checked before the library initialises MPI: an MPI that is not initialised
 * has no communicators of the program. */
static cohort_status check_communicator_exists(const struct config *config)
{
	int initialised = 0;

	MPI_Initialized(&initialised);
	if (!config->mpi_comm || initialised)
		return COHORT_OK;
	return error_set(COHORT_ESTATE,
	                 CANNOT "options.mpi_comm is set, but the program has "
	                        "not initialised MPI: call MPI_Init first");
}

/* Settings that may differ between ranks. The largest value of each setting
 * holds for the whole group. */
enum { NUMBER, CHECK, TIMED, NODES, SINGLE, SETTINGS };

static cohort_status take_largest(MPI_Comm comm, unsigned values[], int count)
{
	const int code = MPI_Allreduce(MPI_IN_PLACE, values, count,
	                               MPI_UNSIGNED, MPI_MAX, comm);

	return code == MPI_SUCCESS
	           ? COHORT_OK
	           : mpi_error_report(&opening, "MPI_Allreduce", code);
}

static cohort_status agree_on_settings(struct mpi_world *world,
                                       const struct config *config,
                                       int *test_nodes)
{
	unsigned settings[SETTINGS] = {
	    [NUMBER] = mpi_process_count_group(),
	    [CHECK] = config->check,
	    [TIMED] = config->timeout > 0,
	    [NODES] = (unsigned)*test_nodes,
	    [SINGLE] = !mpi_process_allows_threads(),
	};
	cohort_status status = take_largest(world->comm, settings, SETTINGS);

	if (status != COHORT_OK)
		return status;
	world->base.number = settings[NUMBER];
	world->checked = settings[CHECK];
	world->timed = settings[TIMED];
	world->timeout = config->timeout;
	world->tickets.threads = !settings[SINGLE];
	*test_nodes = (int)settings[NODES];
	return COHORT_OK;
}

static cohort_status allocate_arrays(struct mpi_world *world)
{
	const size_t size = (size_t)world->base.size;

	world->counts = malloc(4 * size * sizeof(*world->counts) + size);
	world->starts = malloc((size + 1) * sizeof(*world->starts));
	world->base.scratch = malloc(size * WORLD_SCRATCH_BYTES);
	if (!world->counts || !world->starts || !world->base.scratch)
		return error_sys(CANNOT "malloc of %zu counts", 4 * size);
	world->displacements = world->counts + size;
	world->tickets.led = world->displacements + size;
	world->tickets.leader_of = world->tickets.led + size;
	world->base.works = (unsigned char *)(world->tickets.leader_of + size);
	return world->checked ? call_exchange_open(world) : COHORT_OK;
}

/* COHORT_ENOMEM on every rank if one of them lacks memory. */
static cohort_status allocate_everywhere(struct mpi_world *world)
{
	const cohort_status mine = allocate_arrays(world);
	unsigned failed = mine != COHORT_OK;
	cohort_status status = take_largest(world->comm, &failed, 1);

	world->lacks_memory = status == COHORT_OK && failed;
	if (status != COHORT_OK || mine != COHORT_OK)
		return mine != COHORT_OK ? mine : status;
	return failed ? error_set(COHORT_ENOMEM,
	                          CANNOT "another rank has no memory for it")
	              : COHORT_OK;
}

static void free_arrays(struct mpi_world *world)
{
	result_mail_free(world);
	call_exchange_close(&world->exchange);
	free(world->tickets.pieces);
	free(world->base.scratch);
	free(world->starts);
	free(world->counts);
	free(world);
}

/* Fill in the fields that depend on the communicator. */
static cohort_status set_up(struct mpi_world *world,
                            const struct config *config, int test_nodes)
{
	cohort_status status;

	MPI_Comm_rank(world->comm, &world->base.rank);
	MPI_Comm_size(world->comm, &world->base.size);
	world->part_bytes = chunked_part_bytes(world->base.size);
	if ((status = agree_on_settings(world, config, &test_nodes)) ||
	    (status = allocate_everywhere(world)) ||
	    (status = ticket_window_open(world, test_nodes)))
		return status;
	world->base.stats = world->tickets.stats;
	world->base.states = world->tickets.states;
	world->base.stats_ranks = world->tickets.node_size;
	world->base.stats_index = world->tickets.node_rank;
	world->base.nodes = world->tickets.nodes;
	world->base.scoped = config->scoped;
	/* A wrong word in the pool of a node would do harm on all nodes, so a
	 * child cannot write there (module_become_task). */
	world->base.copies_claim = world->tickets.nodes == 1;
	if (world->base.size > 1)
		world->base.result_transfer = &result_mail;
	if (world->base.nodes > 1 && world->base.rank == 0)
		world->base.elsewhere =
		    &world->tickets.stats->ranks[world->tickets.node_size];
	world->tickets.process = getpid();
	return COHORT_OK;
}

/* Whether this rank can open the group, and all others can, too. */
static cohort_status check_together(struct mpi_world *world,
                                    const struct config *config,
                                    cohort_status so_far, int *test_nodes)
{
	struct open_side mine = {.variables = config->variables,
	                         .variables_digest = config->variables_digest,
	                         .scoped = config->scoped,
	                         .refused = so_far};

	if (so_far != COHORT_OK)
		return open_check(world->comm, &mine);
	if (config->refused)
		mine.refused =
		    error_set(config->refused, "%s", config->refused_sentence);
	else if (config->scoped)
		mine.refused = mpi_process_check_scoped();
	if (mine.refused == COHORT_OK)
		mine.refused = host_test_nodes(test_nodes);
	return open_check(world->comm, &mine);
}

/* As in MPI_Init, the ranks may come to the first open at different times. */
static double seconds_to_wait(const struct config *config)
{
	return mpi_process_is_first() ? initialise_limit(config->timeout)
	                              : config->timeout;
}

/* Of everything in which this rank waits for others until the group is open:
 * most of it are calls of MPI that have no deadline. */
static struct open_watch *watch_open(const struct config *config)
{
	return open_watch_begin(seconds_to_wait(config) +
	                        initialise_limit(config->timeout));
}

/* Connect the ranks, and find out whether all of them can open the group.
 * `so_far`: this rank's own status. */
static cohort_status meet(struct mpi_world *world, const struct config *config,
                          cohort_status so_far, int *test_nodes)
{
	cohort_status status =
	    communicator_open(world, config->mpi_comm, seconds_to_wait(config));

	/* The others may come later. */
	if (status == COHORT_ETIMEOUT) {
		mpi_process_count_group();
		mpi_process_leave_group(false);
	} else if (status == COHORT_OK) {
		status = check_together(world, config, so_far, test_nodes);
		if (status != COHORT_OK)
			MPI_Comm_free(&world->comm);
	}
	return status;
}

/* This rank has no memory for a world, which the others are told. */
static cohort_status refuse_for_memory(const struct config *config,
                                       cohort_status status)
{
	struct mpi_world world = {0};
	int test_nodes = 0;
	struct open_watch *watch = watch_open(config);

	status = meet(&world, config, status, &test_nodes);
	open_watch_end(watch);
	return status;
}

cohort_status mpi_world_open(const struct config *config,
                             const struct launcher *launcher,
                             struct mpi_world **out)
{
	int test_nodes = 0;
	cohort_status status;

	/* Failures before the ranks are connected. */
	if ((status = check_communicator_exists(config)) ||
	    (status = mpi_process_enter(launcher, config->timeout)) ||
	    (status = check_launcher_size(launcher)))
		return status;
	struct mpi_world *world = calloc(1, sizeof(*world));
	if (!world)
		return refuse_for_memory(config, error_sys(CANNOT "calloc"));
	world->base.caller = mpi_process_caller();
	world->base.call =
	    world->base.caller ? mpi_process_call() : &world->call;
	world->base.cancels = true;
	ticket_window_prepare(&world->tickets);
	struct open_watch *watch = watch_open(config);
	status = meet(world, config, COHORT_OK, &test_nodes);
	if (status != COHORT_OK) {
		open_watch_end(watch);
		free(world);
		return status;
	}
	status = set_up(world, config, test_nodes);
	open_watch_end(watch);
	if (status != COHORT_OK) {
		/* If MPI has failed, the other ranks may have succeeded, so
		 * nothing is freed that all ranks have to free together. */
		if (world->lacks_memory) {
			ticket_window_close(&world->tickets);
			MPI_Comm_free(&world->comm);
		}
		mpi_process_leave_group(world->lacks_memory);
		free_arrays(world);
		return status;
	}
	*out = world;
	return COHORT_OK;
}

/* Without `call` the other ranks may not come: everything that MPI has of this
 * group stays, and also its buffers, which MPI may still read. */
cohort_status mpi_world_close(struct mpi_world *world, const struct call *call)
{
	cohort_status status = COHORT_OK;

	if (!call)
		goto abandon;
	if (mpi_process_without_mpi()) {
		status = error_set(COHORT_ESTATE,
		                   "cohort_close: the program has finalised "
		                   "MPI before: close groups first");
		goto abandon;
	}
	if ((status = collective_barrier(&world->base, call)) ||
	    (status = ticket_drain(world, call)))
		goto abandon;
	presence_drain(world);
	ticket_server_close(world->tickets.server);
	ticket_window_close(&world->tickets);
	MPI_Comm_free(&world->comm);
	mpi_process_leave_group(true);
	free_arrays(world);
	return COHORT_OK;
abandon:
	mpi_process_leave_group(false);
	return status;
}
