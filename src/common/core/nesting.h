/*
 * Programs that a rank starts, for example a command that a task runs. Such a
 * program inherits the rank's environment. The launcher's variables in it
 * describe the rank, not the program, and the rank uses the connection to the
 * launcher. Also, if each rank of a machine started a program with ranks on all
 * cores, they would overload it. So each rank sets COHORT_INSIDE, which tells
 * the programs that it starts.
 */
#ifndef COHORT_COMMON_CORE_NESTING_H
#define COHORT_COMMON_CORE_NESTING_H

#include "config.h"
#include "launcher.h"

#include <stdint.h>
#include <sys/types.h>

/* The contents of COHORT_INSIDE: inherited by a process, or set by it. */
struct nesting {
	pid_t rank; /* the process of the rank; 0: none started this one */
	uint64_t written;  /* clock ticks from the machine's start to then */
	uint64_t place;    /* fingerprint of where `rank` means this process */
	uint64_t launcher; /* of the launcher's variables */
	uint64_t settings; /* of COHORT_BACKEND and COHORT_SIZE */
};

/* How this process was started. `rank` is 0 if no rank started it, if that rank
 * has ended, or if the variable is malformed. */
struct nesting nesting_read(void);

/* The contents that this process would set now. Call it before MPI starts,
 * because MPI may use up the connection to the launcher. */
struct nesting nesting_own(void);

/* Remove from `config` the settings that were meant for the rank that started
 * this process, and note in it that a rank did. `launcher` is the one that was
 * recognised, or NULL. Returns it if it started this process itself, else
 * NULL. */
const struct launcher *nesting_apply(const struct nesting *inherited,
                                     const struct launcher *launcher,
                                     struct config *config);

/* Set the variable. If there is no memory for it, it is not set. */
void nesting_leave(const struct nesting *own);

/* The variable as it is now; NULL: it is unset. nesting_restore takes it
 * back. */
char *nesting_save(void);
void nesting_restore(char *saved);

#endif
