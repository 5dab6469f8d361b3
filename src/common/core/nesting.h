/*
 * Programs that a rank starts: a task that runs a command, say. Such a program
 * inherits the rank's environment. The launcher's variables in it describe the
 * rank, whose connection to the launcher is in use; and ranks on all cores that
 * each start ranks on all cores would overload the machine. So each rank leaves a
 * variable, COHORT_INSIDE, that tells the programs it starts.
 */
#ifndef COHORT_COMMON_CORE_NESTING_H
#define COHORT_COMMON_CORE_NESTING_H

#include "config.h"
#include "launcher.h"

#include <stdint.h>
#include <sys/types.h>

/* What a process inherited, or leaves to the programs that it starts. */
struct nesting {
	pid_t rank;     /* the process of the rank; 0: none started this one */
	uint64_t start; /* when that process started; 0: unknown */
	uint64_t launcher; /* fingerprint of the launcher's variables */
	uint64_t settings; /* of COHORT_BACKEND and COHORT_SIZE */
};

/* How this process was started. `rank` is 0 if no rank started it, if that rank
 * has ended, or if the variable is malformed. */
struct nesting nesting_read(void);

/* What this process would leave now. Before MPI starts, because MPI may use up
 * the connection to the launcher. */
struct nesting nesting_own(void);

/* Take away from `config` what belongs to the rank that started this process, and
 * note that one did. `launcher` is the one that was recognised, or NULL; returns
 * it if it started this process itself, else NULL. */
const struct launcher *nesting_apply(const struct nesting *inherited,
                                     const struct launcher *launcher,
                                     struct config *config);

/* Set the variable. If there is no memory for it, it is not set. */
void nesting_leave(const struct nesting *own);

#endif
