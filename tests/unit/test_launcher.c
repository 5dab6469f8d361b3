/* The variables of every launcher, as the launchers set them, and environments
 * that look similar but have no launcher. */
#define _GNU_SOURCE /* clearenv */
#include "common/core/launcher.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 10 };

struct scene {
	const char *what;
	const char *variables[MOST]; /* NAME=value */
	const char *name;            /* NULL: no launcher */
	enum mpi_family family;
	int rank;
	int size;
};

static const struct scene scenes[] = {
    {"a plain shell", {NULL}, NULL, MPI_FAMILY_ANY, 0, 0},
    {"Open MPI 4",
     {"OMPI_COMM_WORLD_RANK=1", "OMPI_COMM_WORLD_SIZE=4", "PMIX_RANK=1",
      "PMIX_NAMESPACE=615120897"},
     "Open MPI's mpirun",
     MPI_FAMILY_OPENMPI,
     1,
     4},
    {"Open MPI in a Slurm allocation, through its daemon's step",
     {"OMPI_COMM_WORLD_RANK=5", "OMPI_COMM_WORLD_SIZE=8", "SLURM_STEP_ID=0",
      "SLURM_PROCID=1", "SLURM_STEP_NUM_TASKS=2", "PMIX_RANK=5"},
     "Open MPI's mpirun",
     MPI_FAMILY_OPENMPI,
     5,
     8},
    {"MPICH",
     {"PMI_RANK=0", "PMI_SIZE=2", "PMI_FD=6", "MPI_LOCALRANKID=0",
      "MPI_LOCALNRANKS=2"},
     "Hydra",
     MPI_FAMILY_MPICH,
     0,
     2},
    {"MPICH in a Slurm allocation, through its proxy's step",
     {"PMI_RANK=3", "PMI_SIZE=4", "PMI_FD=6", "MPI_LOCALRANKID=1",
      "SLURM_STEP_ID=0", "SLURM_PROCID=1", "SLURM_STEP_NUM_TASKS=2"},
     "Hydra",
     MPI_FAMILY_MPICH,
     3,
     4},
    {"Hydra with a port",
     {"PMI_ID=2", "PMI_PORT=node:4711", "MPI_LOCALRANKID=2"},
     "Hydra",
     MPI_FAMILY_MPICH,
     2,
     -1},
    {"MVAPICH2",
     {"MV2_COMM_WORLD_RANK=1", "MV2_COMM_WORLD_SIZE=3", "PMI_RANK=1",
      "PMI_SIZE=3", "PMI_FD=6"},
     "MVAPICH's launcher",
     MPI_FAMILY_MPICH,
     1,
     3},
    {"Flux",
     {"FLUX_TASK_RANK=2", "FLUX_JOB_SIZE=5", "PMI_RANK=2", "PMI_SIZE=5",
      "PMI_FD=9"},
     "Flux",
     MPI_FAMILY_ANY,
     2,
     5},
    {"PALS",
     {"PALS_RANKID=7", "PALS_LOCAL_RANKID=3", "PMI_RANK=7", "PMI_SIZE=8",
      "PMI_FD=9"},
     "PALS",
     MPI_FAMILY_ANY,
     7,
     8},
    {"srun --mpi=pmix",
     {"SLURM_STEP_ID=3", "SLURM_PROCID=1", "SLURM_STEP_NUM_TASKS=4",
      "PMIX_RANK=1", "PMIX_NAMESPACE=slurm.pmix.1.3"},
     "Slurm's srun",
     MPI_FAMILY_OPENMPI,
     1,
     4},
    {"srun --mpi=pmi2",
     {"SLURM_STEP_ID=3", "SLURM_PROCID=2", "SLURM_STEP_NUM_TASKS=4",
      "PMI_RANK=2", "PMI_SIZE=4", "PMI_FD=9"},
     "Slurm's srun",
     MPI_FAMILY_MPICH,
     2,
     4},
    {"srun --mpi=none",
     {"SLURM_STEP_ID=3", "SLURM_PROCID=2", "SLURM_STEP_NUM_TASKS=4"},
     "Slurm's srun",
     MPI_FAMILY_ANY,
     2,
     4},
    {"srun with a size that is no number",
     {"SLURM_STEP_ID=3", "SLURM_PROCID=2", "SLURM_STEP_NUM_TASKS=4(x2)"},
     "Slurm's srun",
     MPI_FAMILY_ANY,
     2,
     -1},
    {"a shell on a node, srun --pty",
     {"SLURM_STEP_ID=0", "SLURM_PROCID=0", "SLURM_STEP_NUM_TASKS=1",
      "PMIX_RANK=0", "PMIX_NAMESPACE=slurm.pmix.1.0"},
     NULL,
     MPI_FAMILY_ANY,
     0,
     0},
    {"a batch script",
     {"SLURM_JOB_ID=17", "SLURM_PROCID=0", "SLURM_NTASKS=64",
      "SLURM_LOCALID=0"},
     NULL,
     MPI_FAMILY_ANY,
     0,
     0},
    {"a batch script that knows its step, as a number",
     {"SLURM_STEP_ID=4294967291", "SLURM_PROCID=0", "SLURM_STEP_NUM_TASKS=64"},
     NULL,
     MPI_FAMILY_ANY,
     0,
     0},
    {"a batch script that knows its step, as a word",
     {"SLURM_STEP_ID=batch", "SLURM_PROCID=0", "SLURM_STEP_NUM_TASKS=64"},
     NULL,
     MPI_FAMILY_ANY,
     0,
     0},
    {"salloc's interactive step",
     {"SLURM_STEP_ID=4294967290", "SLURM_PROCID=0", "SLURM_STEP_NUM_TASKS=64"},
     NULL,
     MPI_FAMILY_ANY,
     0,
     0},
    {"another PMI launcher",
     {"PMI_RANK=1", "PMI_SIZE=2", "PMI_FD=3"},
     "a PMI launcher",
     MPI_FAMILY_MPICH,
     1,
     2},
    {"PMI's rank alone", {"PMI_RANK=1"}, NULL, MPI_FAMILY_ANY, 0, 0},
    {"prterun",
     {"PMIX_RANK=4", "PMIX_NAMESPACE=prterun-node-1@1"},
     "a PMIx launcher",
     MPI_FAMILY_ANY,
     4,
     -1},
    {"MPI_Init of Open MPI 4, without a launcher",
     {"PMIX_RANK=0", "PMIX_NAMESPACE=552271873", "OMPI_MCA_ess=singleton"},
     NULL,
     MPI_FAMILY_ANY,
     0,
     0},
    {"Open MPI 5, as prterun starts it",
     {"PMIX_RANK=0", "PMIX_NAMESPACE=prterun-node-1@1",
      "OMPI_MCA_ess=^singleton"},
     "a PMIx launcher",
     MPI_FAMILY_ANY,
     0,
     -1},
    {"sizes that are none",
     {"OMPI_COMM_WORLD_RANK=-1", "OMPI_COMM_WORLD_SIZE=0"},
     "Open MPI's mpirun",
     MPI_FAMILY_OPENMPI,
     -1,
     -1},
    {"a size beyond int",
     {"OMPI_COMM_WORLD_RANK=0", "OMPI_COMM_WORLD_SIZE=4294967298"},
     "Open MPI's mpirun",
     MPI_FAMILY_OPENMPI,
     0,
     -1},
    {"variables that are empty",
     {"OMPI_COMM_WORLD_RANK=", "OMPI_COMM_WORLD_SIZE=", "PMI_RANK=", "PMI_FD="},
     NULL,
     MPI_FAMILY_ANY,
     0,
     0},
};

static void play(const struct scene *scene)
{
	cr_assert(clearenv() == 0);
	for (size_t i = 0; i < MOST && scene->variables[i]; i++)
		cr_assert(putenv((char *)(size_t)scene->variables[i]) == 0);
}

static void check(const struct scene *scene)
{
	struct launcher found = {.name = "untouched", .rank = -7};

	play(scene);
	if (!scene->name) {
		cr_expect_not(launcher_detect(&found), "%s: %s was found",
		              scene->what, found.name);
		cr_expect_str_eq(found.name, "untouched", "%s", scene->what);
		cr_expect_eq(found.rank, -7, "%s", scene->what);
		return;
	}
	cr_assert(launcher_detect(&found), "%s: nothing was found",
	          scene->what);
	cr_expect_str_eq(found.name, scene->name, "%s", scene->what);
	cr_expect_eq(found.family, scene->family, "%s: family %d", scene->what,
	             (int)found.family);
	cr_expect_eq(found.rank, scene->rank, "%s: rank %d", scene->what,
	             found.rank);
	cr_expect_eq(found.size, scene->size, "%s: size %d", scene->what,
	             found.size);
	cr_expect_not_null(getenv(found.variable), "%s: %s is not set",
	                   scene->what, found.variable);
}

Test(launcher, scenes)
{
	for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++)
		check(&scenes[i]);
}
