/* What a process gave to MPI and got from it; see volumes_mpi.c. */
#ifndef BENCH_VOLUMES_H
#define BENCH_VOLUMES_H

#include <stdbool.h>
#include <stdint.h>

/* Messages that were sent, by what they are for; see src/mpi/message_tag.h. */
enum volumes_kind {
	VOLUMES_TICKETS,
	VOLUMES_RESULTS,
	VOLUMES_ANSWERS,
	VOLUMES_PRESENCE,
	VOLUMES_KINDS
};

struct volumes {
	uint64_t calls;
	uint64_t sent; /* bytes */
	uint64_t received;
	struct {
		uint64_t messages;
		uint64_t bytes;
	} kinds[VOLUMES_KINDS];
};

struct volumes volumes_counted(void);

/* Initialise MPI, print the sum of what all ranks return, and finalise MPI. */
void volumes_alone(double (*memory)(void));

#endif
