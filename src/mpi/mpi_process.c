/*
 * If cohort has initialised MPI, an exit handler finalises it, provided that
 * every group was closed by all of its ranks. Otherwise MPI_Finalize might wait
 * for ranks that never call it, and other ranks may wait for this one: the
 * handler then ends the job with MPI_Abort. Not every launcher would do so by
 * itself: Hydra takes an exit status of 0 for success, and Slurm leaves the
 * other ranks running.
 */
#define _DEFAULT_SOURCE /* on_exit */
#include "mpi_process.h"

#include "abort.h"
#include "common/base/error.h"
#include "common/base/flush_streams.h"
#include "common/base/log.h"
#include "exit_origin.h"
#include "finalize.h"
#include "initialise.h"
#include "launcher_watch.h"
#include "mpi_error.h"
#include "mpi_types.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static struct {
	pid_t id;        /* the process that uses MPI; 0: none yet */
	bool serialized; /* cohort initialised MPI, and any thread may call
	                  * it, one at a time */
	bool multiple;   /* any thread may call MPI at any time */
	bool disorder;   /* some group was not closed by all its ranks */
	bool own;        /* cohort initialised MPI */
	bool ended;      /* by the close of a scoped group */
	unsigned open;   /* groups that are open */
	unsigned count;  /* groups that were ever opened */
	world_caller caller;
	struct call call; /* of that caller */
} process;

static bool is_finalised(void)
{
	int flag = 0;

	return MPI_Finalized(&flag) == MPI_SUCCESS && flag;
}

bool mpi_process_without_mpi(void)
{
	return process.id != getpid() || is_finalised();
}

/* If MPI called `exit`, another rank has aborted the job and has said why. */
static void log_why_job_ends(void)
{
	int rank = -1;

	if (exit_comes_from_mpi())
		return;
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	if (process.open > 0)
		log_line(LOG_ERROR, rank,
		         "mpi: this rank exits, with a group that its peers "
		         "may still be in: ending the job; call cohort_close "
		         "on every rank before");
	else
		log_line(LOG_ERROR, rank,
		         "mpi: a group of this rank is broken, and its peers "
		         "may still wait in it: this rank exits and ends the "
		         "job");
}

/* `status` is the exit status of the program. The job gets the same, or
 * EXIT_FAILURE if that is 0. MPI_Abort is also called if the job is being
 * aborted: Hydra then reports this status, and not the signal with which it
 * would kill this process. */
static void end_job(int status)
{
	log_why_job_ends();
	flush_streams();
	abort_bounded(MPI_COMM_WORLD, status ? status : EXIT_FAILURE, NULL);
}

static void at_exit(int status, void *unused)
{
	int size = 0;

	(void)unused;
	if (mpi_process_without_mpi())
		return;
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	if (size > 1 && (process.open > 0 || process.disorder)) {
		end_job(status);
		return;
	}
	mpi_op_handles_free();
	finalize_bounded(status);
}

#ifdef __GLIBC__
static int register_exit(void)
{
	return on_exit(at_exit, NULL);
}
#else
static void at_exit_anyhow(void)
{
	at_exit(EXIT_SUCCESS, NULL);
}

static int register_exit(void)
{
	return atexit(at_exit_anyhow);
}
#endif

/* What an MPI without threads costs depends on the nodes, which nobody knows
 * yet. */
static void warn_of_one_thread(const struct launcher *launcher)
{
	char name[MPI_NAME_BYTES];

	if (!launcher || launcher->size == 1 || launcher->rank > 0)
		return;
	log_line(LOG_WARN, launcher->rank,
	         "mpi: %s allows no thread of cohort's own to call it, though "
	         "MPI_THREAD_SERIALIZED was asked for: on several hosts ranks "
	         "may wait until a task of another rank has ended; start the "
	         "job with an MPI that was built for threads",
	         mpi_library_name(name));
}

static cohort_status initialise_mpi(const struct launcher *launcher,
                                    double timeout)
{
	int provided = MPI_THREAD_SINGLE;

	if (initialise_bounded(launcher, timeout, &provided) != MPI_SUCCESS)
		return error_set(COHORT_EBACKEND,
		                 "cannot open an mpi group: MPI_Init_thread "
		                 "failed: start the program with the MPI's "
		                 "launcher");
	if (register_exit())
		return error_set(COHORT_ENOMEM,
		                 "cannot open an mpi group: no memory "
		                 "for a handler");
	process.own = true;
	process.serialized = provided >= MPI_THREAD_SERIALIZED;
	if (!process.serialized)
		warn_of_one_thread(launcher);
	return COHORT_OK;
}

static void read_thread_level(void)
{
	int provided = MPI_THREAD_SINGLE;

	if (MPI_Query_thread(&provided) != MPI_SUCCESS)
		return;
	process.multiple = provided == MPI_THREAD_MULTIPLE;
	if (provided < MPI_THREAD_SERIALIZED)
		log_line(LOG_INFO, -1,
		         "mpi: initialised for one thread only (%s): use "
		         "groups in the thread that initialised MPI",
		         provided == MPI_THREAD_FUNNELED ? "MPI_THREAD_FUNNELED"
		                                         : "MPI_THREAD_SINGLE");
}

cohort_status mpi_process_enter(const struct launcher *launcher, double timeout)
{
	int initialised = 0;

	if (process.id && process.id != getpid())
		return error_set(COHORT_ESTATE,
		                 "cannot open an mpi group: this process was "
		                 "forked off by one that uses MPI: open groups "
		                 "there");
	if (process.ended)
		return error_set(COHORT_ESTATE,
		                 "cannot open an mpi group: the close of a "
		                 "scoped group has ended this job's other "
		                 "ranks, and MPI cannot start twice: do all "
		                 "work in one group, or open it without "
		                 "scoped");
	if (is_finalised())
		return error_set(COHORT_ESTATE,
		                 "cannot open an mpi group: MPI was finalised "
		                 "already, and cannot start twice: open groups "
		                 "before MPI_Finalize");
	MPI_Initialized(&initialised);
	cohort_status status =
	    initialised ? COHORT_OK : initialise_mpi(launcher, timeout);
	if (status != COHORT_OK)
		return status;
	if (!process.id) {
		read_thread_level();
		launcher_watch_begin(launcher);
	}
	process.id = getpid();
	int code = mpi_op_handles_create();
	if (code != MPI_SUCCESS)
		return error_set(COHORT_ESYS,
		                 "cannot open an mpi group: MPI_Op_create "
		                 "failed with %d",
		                 code);
	return COHORT_OK;
}

cohort_status mpi_process_check_scoped(void)
{
	if (!process.own)
		return error_set(COHORT_ECONFIG,
		                 "cannot open an mpi group: options.scoped is "
		                 "set, but the program has initialised MPI "
		                 "itself, and so has to finalise it on every "
		                 "rank: leave scoped out");
	if (process.open > 0)
		return error_set(COHORT_ESTATE,
		                 "cannot open an mpi group: options.scoped "
		                 "asks for a group that ends the other ranks, "
		                 "but another group of theirs is open: close "
		                 "it first, or leave scoped out");
	return COHORT_OK;
}

bool mpi_process_is_first(void)
{
	return process.count == 0;
}

unsigned mpi_process_count_group(void)
{
	process.open++;
	return process.count++;
}

void mpi_process_leave_group(bool in_order)
{
	process.open--;
	process.disorder = process.disorder || !in_order;
}

/* A rank's output is written before rank 0 returns, since it is written before
 * MPI_Finalize, which all ranks enter. */
void mpi_process_end(int rank, bool in_order)
{
	if (process.id != getpid())
		return;
	process.ended = true;
	if (in_order && !process.disorder) {
		flush_streams();
		mpi_op_handles_free();
		finalize_bounded(rank == 0 ? EXIT_FAILURE : EXIT_SUCCESS);
		if (rank > 0)
			_exit(EXIT_SUCCESS);
		return;
	}
	if (rank == 0)
		return;
	end_job(EXIT_FAILURE);
	_exit(EXIT_FAILURE);
}

bool mpi_process_allows_threads(void)
{
	return process.serialized || process.multiple;
}

void mpi_process_forget(void)
{
	process.id = -1;
}

world_caller *mpi_process_caller(void)
{
	return process.multiple ? NULL : &process.caller;
}

struct call *mpi_process_call(void)
{
	return &process.call;
}
