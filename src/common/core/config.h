/* The values of the options and the environment, parsed and checked. */
#ifndef COHORT_COMMON_CORE_CONFIG_H
#define COHORT_COMMON_CORE_CONFIG_H

#include "cohort.h"
#include "common/base/fork_hooks.h"
#include "common/base/log.h"

#include <sys/types.h>

/* name, the word in options and variables */
#define BACKEND_KIND_MAP(X) \
	X(AUTO, auto) X(SERIAL, serial) X(MP, mp) X(MPI, mpi)

enum backend_kind {
#define BACKEND_ENUM(name, word) BACKEND_##name,
	BACKEND_KIND_MAP(BACKEND_ENUM)
#undef BACKEND_ENUM
};

#define TRANSPORT_MAP(X) X(SHM, shm) X(SOCKET, socket)

enum transport {
#define TRANSPORT_ENUM(name, word) TRANSPORT_##name,
	TRANSPORT_MAP(TRANSPORT_ENUM)
#undef TRANSPORT_ENUM
};

#define PROGRESS_MAP(X) X(AUTO, auto) X(ALWAYS, always) X(NEVER, never)

enum progress_mode {
#define PROGRESS_ENUM(name, word) PROGRESS_##name,
	PROGRESS_MAP(PROGRESS_ENUM)
#undef PROGRESS_ENUM
};

enum { CONFIG_VARIABLES_BYTES = 256 };

struct config {
	enum backend_kind backend;
	/* The option or variable that chose the backend, for sentences;
	 * "nothing" if none did. */
	const char *backend_from;
	bool backend_from_options;
	int size; /* 0: nobody asked for a number of ranks */
	bool size_from_options;
	double timeout; /* seconds; 0: no limit */
	enum transport transport;
	cohort_schedule schedule; /* never COHORT_SCHEDULE_DEFAULT */
	size_t chunk;             /* 0: cohort chooses */
	bool isolate; /* for jobs that set neither isolate nor not_isolated */
	bool journal_unlocked; /* journals may lie where no locks are */
	enum progress_mode progress;
	enum log_level log_level;
	bool check; /* compare the calls of all ranks on mpi */
	const void *mpi_comm;
	bool scoped; /* the group ends its ranks */
	/* Around the forks of cohort_open. */
	const struct fork_hooks *fork_hooks;
	/* The process of a rank that started this program; 0: none did. */
	pid_t inside;
	bool launcher_inherited; /* the launcher's variables are that rank's */
	/* The variables that must be the same on all ranks of an mpi group: a
	 * digest of their values, and a text for sentences. */
	uint64_t variables_digest;
	char variables[CONFIG_VARIABLES_BYTES];
	/* Not COHORT_OK: this rank cannot open the group, with this sentence,
	 * and opens it only to tell its peers. */
	cohort_status refused;
	const char *refused_sentence;
};

#endif
