/* What a process gave to MPI and got from it; see volumes_mpi.c. */
#ifndef BENCH_VOLUMES_H
#define BENCH_VOLUMES_H

#include <stdbool.h>
#include <stdint.h>

struct volumes {
	uint64_t calls;
	uint64_t sent; /* bytes */
	uint64_t received;
};

struct volumes volumes_counted(void);

#endif
