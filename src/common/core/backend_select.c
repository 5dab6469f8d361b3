#define _POSIX_C_SOURCE 200809L
#include "backend_select.h"

#include "common/base/cpu_count.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/serial/serial.h"
#include "config_words.h"
#include "job_end.h"
#include "mp/mp_backend.h"
#include "mpi/detect.h"
#include "mpi/loader.h"

#include <stdio.h>
#include <unistd.h>

enum { HOST_BYTES = 64 };

static const struct backend *const backends[] = {
    [BACKEND_SERIAL] = &serial_backend,
    [BACKEND_MP] = &mp_backend,
    [BACKEND_MPI] = &mpi_backend,
};

/* The choice of `auto`: the first reason that holds decides. `why` receives
 * it. */
static enum backend_kind choose_by_surroundings(const struct config *config,
                                                const struct launcher *launcher,
                                                const char **why)
{
	if (launcher) {
		*why = launcher->variable;
		return BACKEND_MPI;
	}
	if (config->mpi_comm || detect_initialised_mpi()) {
		*why = "the program has initialised MPI";
		return BACKEND_MPI;
	}
	if (mp_is_running()) {
		*why = "the program's peers are running already";
		return BACKEND_MP;
	}
	if (config->inside) {
		*why = "a rank of another program started this one "
		       "(COHORT_INSIDE is set), and other ranks may do so at "
		       "the same time";
		return BACKEND_SERIAL;
	}
	if ((config->size ? config->size : cpu_count()) > 1) {
		*why = config->size ? "no launcher, and more than one rank is "
		                      "asked for"
		                    : "no launcher, and more than one core";
		return BACKEND_MP;
	}
	*why = config->size ? "no launcher, and one rank is asked for"
	                    : "no launcher, and one core";
	return BACKEND_SERIAL;
}

/* MPI itself reads the launcher's variables, and would take this process for
 * the rank that they describe. */
static cohort_status check_own_launcher(const struct config *config,
                                        enum backend_kind kind)
{
	if (kind != BACKEND_MPI || !config->launcher_inherited ||
	    detect_initialised_mpi())
		return COHORT_OK;
	return error_set(COHORT_EBACKEND,
	                 "cannot open an mpi group: a rank of an MPI job, "
	                 "process %ld, started this program, and the "
	                 "launcher's variables are that rank's: start the "
	                 "program with a launcher of its own (mpirun -n 1), or "
	                 "use serial or mp",
	                 (long)config->inside);
}

/* Whether the launcher has started a job of several processes. */
static bool has_peers(const struct launcher *launcher)
{
	return launcher && launcher->size > 1;
}

/* Whether peers of an MPI job may wait for this process in MPI_Init. They do
 * not once it has finalised MPI, as the close of a scoped group does. srun and
 * its like also start programs that have nothing to do with each other. */
static bool peers_expect_mpi(const struct launcher *launcher)
{
	return has_peers(launcher) && launcher->is_of_mpi && !mp_is_running() &&
	       !detect_initialised_mpi();
}

/* Only some processes of an MPI job may ask for mp. The others would wait for
 * them in MPI_Init, so it is refused on all. */
static cohort_status check_launched_mp(const struct config *config,
                                       const struct launcher *launcher,
                                       enum backend_kind kind)
{
	if (kind != BACKEND_MP || !peers_expect_mpi(launcher))
		return COHORT_OK;
	return error_set(COHORT_EBACKEND,
	                 "cannot open an mp group: %s (%s is set) started %d "
	                 "processes, and %s asks each of them for ranks of its "
	                 "own: leave it out, or set it to mpi, to run them as "
	                 "one group, or start the program without the launcher",
	                 launcher->name, launcher->variable, launcher->size,
	                 config->backend_from);
}

/* The peers would be copies of a process of an MPI job. When they leave, most
 * of them call MPI_Finalize, as Python's mpi4py does, and hang there. */
static cohort_status check_fork_of_mpi(enum backend_kind kind)
{
	if (kind != BACKEND_MP || mp_is_running() || !detect_running_mpi())
		return COHORT_OK;
	return error_set(COHORT_EBACKEND,
	                 "cannot open an mp group: the program has initialised "
	                 "MPI, and forked copies of its process cannot use MPI "
	                 "or leave it: open the group before MPI_Init, start "
	                 "the program without MPI (mpi4py initialises it when "
	                 "it is imported), or use mpi");
}

void backend_choose(const struct config *config,
                    const struct launcher *launcher, struct backend_choice *out)
{
	const char *why = config->backend_from;

	out->kind = config->backend;
	if (out->kind != BACKEND_AUTO) {
		snprintf(out->reason, sizeof(out->reason), "asked for by %s",
		         why);
		return;
	}
	out->kind = choose_by_surroundings(config, launcher, &why);
	snprintf(out->reason, sizeof(out->reason), "chosen because: %s%s%s%s",
	         why, launcher ? " is set (" : "",
	         launcher ? launcher->name : "", launcher ? ")" : "");
}

cohort_status backend_check(const struct config *config,
                            const struct launcher *launcher,
                            const struct backend_choice *choice)
{
	if (config->mpi_comm && choice->kind != BACKEND_MPI)
		return error_set(COHORT_ECONFIG,
		                 "options.mpi_comm is set, but the backend is "
		                 "%s (from %s): only mpi can use a "
		                 "communicator; leave one of the two out",
		                 backend_kind_name(choice->kind),
		                 config->backend_from);
	cohort_status status = check_own_launcher(config, choice->kind);
	if (status == COHORT_OK)
		status = check_fork_of_mpi(choice->kind);
	return status == COHORT_OK
	           ? check_launched_mp(config, launcher, choice->kind)
	           : status;
}

cohort_status backend_select(const struct config *config,
                             const struct launcher *launcher,
                             const struct backend **out)
{
	struct backend_choice choice;

	backend_choose(config, launcher, &choice);
	log_line(LOG_INFO, launcher ? launcher->rank : -1, "backend %s, %s",
	         backend_kind_name(choice.kind), choice.reason);
	*out = backends[choice.kind];
	return backend_check(config, launcher, &choice);
}

bool backend_has_ranks(void)
{
	return mp_is_running() || detect_initialised_mpi();
}

/* The peers wait in MPI_Init, or in the first exchange of cohort_open, unless
 * all ranks have asked for groups of their own. */
static bool peers_may_wait(const struct config *config,
                           const struct launcher *launcher)
{
	if (mp_is_running() || config->backend == BACKEND_SERIAL)
		return false;
	if (detect_running_mpi())
		return true;
	return has_peers(launcher) &&
	       (config->backend != BACKEND_MP || peers_expect_mpi(launcher));
}

void backend_failed(const struct launcher *launcher,
                    const struct backend *backend)
{
	if (backend == &mpi_backend && has_peers(launcher) &&
	    !detect_initialised_mpi())
		job_end_on_failure(launcher->rank);
}

cohort_status backend_refuse(const struct config *config,
                             const struct launcher *launcher,
                             cohort_status status)
{
	char sentence[ERROR_BYTES];
	const struct config refusal = {
	    .mpi_comm = config->mpi_comm,
	    .refused = status,
	    .refused_sentence = sentence,
	};
	struct world *none = NULL;

	if (!peers_may_wait(config, launcher))
		return status;
	snprintf(sentence, sizeof(sentence), "%s", cohort_error());
	/* Fails after the peers know, or because they cannot be told. */
	cohort_status ignored = mpi_backend.open(&refusal, launcher, &none);
	(void)ignored;
	backend_failed(launcher, &mpi_backend);
	return error_set(status, "%s", sentence);
}

/* A program that has initialised MPI itself has its processes work together
 * already: what it opens beside that is its own affair. Otherwise a host may
 * differ from the others, so there is a line for each. */
void backend_warn(const struct config *config, const struct launcher *launcher,
                  const struct backend *backend)
{
	char host[HOST_BYTES] = "(unknown)";

	if (backend == &mpi_backend || !has_peers(launcher) ||
	    (launcher->rank != 0 && launcher->host_rank != 0) ||
	    (config->backend_from_options && detect_initialised_mpi()))
		return;
	gethostname(host, sizeof(host) - 1);
	log_line(LOG_WARN, launcher->rank,
	         "%s has started %d processes, but the backend is %s (from "
	         "%s) on host %s: each process there runs all tasks by itself, "
	         "and processes that use mpi wait for them in MPI_Init; leave "
	         "%s out to run them as one job",
	         launcher->name, launcher->size, backend->name,
	         config->backend_from, host, config->backend_from);
}
