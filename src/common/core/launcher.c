#define _POSIX_C_SOURCE 200809L /* S_ISSOCK */
#include "launcher.h"

#include "common/base/environment.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Step ids above this one do not belong to srun, but to the batch script, to
 * the interactive shell of salloc, and the like (slurm.h). */
#define SLURM_LAST_STEP 0xfffffff0ul

struct launcher_row {
	const char *name;
	const char *rank;
	const char *size;      /* NULL: the launcher does not say */
	const char *host_rank; /* the same */
	const char *required;  /* a variable that must be set, too */
	enum mpi_family family;
	bool is_of_mpi;
};

/*
 * The first row whose rank and required variables are set decides. The order
 * matters: Open MPI's launcher sets PMIX_ variables too, Flux and PALS set
 * PMI_ ones, and a launcher that starts its daemons with srun leaves Slurm's
 * variables of the daemon in the program.
 */
static const struct launcher_row launchers[] = {
    {"Open MPI's mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
     "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_SIZE", MPI_FAMILY_OPENMPI,
     true},
    {"MVAPICH's launcher", "MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE",
     "MV2_COMM_WORLD_LOCAL_RANK", "MV2_COMM_WORLD_SIZE", MPI_FAMILY_MPICH,
     true},
    {"Flux", "FLUX_TASK_RANK", "FLUX_JOB_SIZE", "FLUX_TASK_LOCAL_ID",
     "FLUX_JOB_SIZE", MPI_FAMILY_ANY, false},
    {"PALS", "PALS_RANKID", "PMI_SIZE", "PALS_LOCAL_RANKID", "PALS_RANKID",
     MPI_FAMILY_ANY, false},
    /* MPICH's and Intel MPI's. */
    {"Hydra", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALRANKID",
     MPI_FAMILY_MPICH, true},
    {"Hydra", "PMI_ID", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALRANKID",
     MPI_FAMILY_MPICH, true},
};

/* Used outside Slurm's steps only: within a step these variables are set
 * beside Slurm's own. */
static const struct launcher_row managers[] = {
    {"a PMI launcher", "PMI_RANK", "PMI_SIZE", NULL, "PMI_FD", MPI_FAMILY_MPICH,
     false},
    {"a PMI launcher", "PMI_RANK", "PMI_SIZE", NULL, "PMI_PORT",
     MPI_FAMILY_MPICH, false},
    {"a PMI launcher", "PMI_ID", "PMI_SIZE", NULL, "PMI_PORT", MPI_FAMILY_MPICH,
     false},
    {"a PMIx launcher", "PMIX_RANK", NULL, NULL, "PMIX_NAMESPACE",
     MPI_FAMILY_ANY, false},
};

/* Whether the variable is a plain number, of at most `most`. */
static bool read_number(const char *name, unsigned long most,
                        unsigned long *out)
{
	const char *value = name ? environment_get(name) : NULL;
	char *end;

	if (!value || *value < '0' || *value > '9')
		return false;
	errno = 0;
	const unsigned long number = strtoul(value, &end, 10);
	if (errno || *end || number > most)
		return false;
	*out = number;
	return true;
}

static int read_int(const char *name, unsigned long least)
{
	unsigned long number;

	return read_number(name, INT_MAX, &number) && number >= least
	           ? (int)number
	           : -1;
}

static struct launcher describe_launcher(const struct launcher_row *row)
{
	return (struct launcher){
	    .name = row->name,
	    .variable = row->rank,
	    .family = row->family,
	    .rank = read_int(row->rank, 0),
	    .size = read_int(row->size, 1),
	    .host_rank = read_int(row->host_rank, 0),
	    .is_of_mpi = row->is_of_mpi,
	};
}

static bool find_launcher(const struct launcher_row rows[], size_t count,
                          struct launcher *out)
{
	for (size_t i = 0; i < count; i++) {
		if (!environment_get(rows[i].rank) ||
		    !environment_get(rows[i].required))
			continue;
		*out = describe_launcher(&rows[i]);
		return true;
	}
	return false;
}

/* MPICH and its relatives use PMI-1 or PMI-2, Open MPI uses PMIx. Slurm may be
 * configured to offer either, both or none. */
static enum mpi_family slurm_family(void)
{
	const bool pmi =
	    environment_get("PMI_RANK") || environment_get("PMI_FD");
	const bool pmix = environment_get("PMIX_RANK") != NULL;

	if (pmi == pmix)
		return MPI_FAMILY_ANY;
	return pmix ? MPI_FAMILY_OPENMPI : MPI_FAMILY_MPICH;
}

static bool in_slurm_step(void)
{
	unsigned long step;

	return read_number("SLURM_STEP_ID", SLURM_LAST_STEP, &step) &&
	       environment_get("SLURM_PROCID") &&
	       environment_get("SLURM_STEP_NUM_TASKS");
}

/* A step of one task is not taken for an MPI job, because the shell that
 * `srun --pty` starts on a node, and every program started there, looks the
 * same. */
static bool find_slurm(struct launcher *out)
{
	static const struct launcher_row srun = {"Slurm's srun",
	                                         "SLURM_PROCID",
	                                         "SLURM_STEP_NUM_TASKS",
	                                         "SLURM_LOCALID",
	                                         NULL,
	                                         MPI_FAMILY_ANY,
	                                         false};
	struct launcher launcher = describe_launcher(&srun);

	if (launcher.size == 1)
		return false;
	launcher.variable = "SLURM_STEP_ID";
	launcher.family = slurm_family();
	*out = launcher;
	return true;
}

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

/* MPI_Init of Open MPI, in a process that no launcher has started, sets the
 * variables of PMIx in this process, for the programs that it starts. mpirun
 * excludes this way of starting: OMPI_MCA_ess=^singleton. */
static bool is_set_by_mpi_init(void)
{
	const char *start = environment_get("OMPI_MCA_ess");

	return start && !strcmp(start, "singleton");
}

bool launcher_detect(struct launcher *out)
{
	if (find_launcher(launchers, COUNT(launchers), out))
		return true;
	if (in_slurm_step())
		return find_slurm(out);
	return !is_set_by_mpi_init() &&
	       find_launcher(managers, COUNT(managers), out);
}

/* The socket of PMI-1, which processes inherit. Its number says little: each
 * process of a job may have the same. */
static bool find_socket(struct stat *out)
{
	unsigned long fd;

	return read_number("PMI_FD", INT_MAX, &fd) && !fstat((int)fd, out) &&
	       S_ISSOCK(out->st_mode);
}

bool launcher_is_cut_off(void)
{
	struct stat socket;

	return environment_get("PMI_FD") && !find_socket(&socket);
}

int launcher_socket(void)
{
	struct stat socket;
	unsigned long fd;

	return find_socket(&socket) && read_number("PMI_FD", INT_MAX, &fd)
	           ? (int)fd
	           : -1;
}

uint64_t launcher_fingerprint(void)
{
	/* Jobs, and steps of them. */
	static const char *const jobs[] = {
	    "PMIX_NAMESPACE", "PMI_JOBID",    "PMI_PORT",    "SLURM_JOB_ID",
	    "SLURM_STEP_ID",  "SLURM_PROCID", "FLUX_JOB_ID", "PALS_APID"};
	struct stat socket;
	uint64_t hash = find_socket(&socket) ? (uint64_t)socket.st_ino : 0;

	for (size_t i = 0; i < COUNT(jobs); i++)
		hash = environment_fingerprint(hash, jobs[i]);
	for (size_t i = 0; i < COUNT(launchers); i++)
		hash = environment_fingerprint(hash, launchers[i].rank);
	for (size_t i = 0; i < COUNT(managers); i++)
		hash = environment_fingerprint(hash, managers[i].rank);
	return hash;
}
