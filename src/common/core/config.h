/* What the environment and the options say, parsed and checked. Only config.c
 * and launcher.c know names of variables that are read. */
#ifndef COHORT_COMMON_CORE_CONFIG_H
#define COHORT_COMMON_CORE_CONFIG_H

#include "cohort.h"
#include "common/base/log.h"

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

enum { SIZE_LIMIT = 4096 }; /* ranks that mp starts at the most */

struct config {
	enum backend_kind backend;
	const char *backend_from; /* who said so, for sentences */
	int size;                 /* 0: nobody said */
	bool size_from_options;
	double timeout; /* seconds; 0: no limit */
	enum transport transport;
	cohort_schedule schedule; /* never COHORT_SCHEDULE_DEFAULT */
	size_t chunk;             /* 0: chosen */
	bool isolate;             /* for jobs that do not say it themselves */
	enum progress_mode progress;
	enum log_level log_level;
	bool check; /* verify matching calls on mpi */
	const void *mpi_comm;
};

/* COHORT_ECONFIG for a bad field of options (which may be NULL) or a bad
 * variable. Options come before the environment, but every variable is
 * checked. */
COHORT_CHECKED cohort_status config_read(const cohort_options *options,
                                         struct config *out);

/* For tests of the mpi backend: COHORT_TEST_NODES, a number of nodes on which
 * the ranks of one machine pretend to be; 0 if it is unset. COHORT_ECONFIG. */
COHORT_CHECKED cohort_status config_test_nodes(int *out);

const char *backend_kind_name(enum backend_kind kind);

#endif
