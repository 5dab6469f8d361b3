/* A run of the sweep, and its processes. */
#ifndef CHAOS_RUN_H
#define CHAOS_RUN_H

#include "clock.h"
#include "shared_state.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PATH_BYTES = 256 };

/* Paths, programs and the number of tasks. */
struct place {
	const char *program;
	const char *mpirun[2]; /* Open MPI's and MPICH's; NULL: none */
	char folder[PATH_BYTES];
	struct shared_state *shared;
	int count; /* tasks */
};

extern struct place place;

/* How a run is started. */
struct setup {
	const char *backend;   /* serial, mp, mpi */
	const char *launcher;  /* NULL: none */
	const char *transport; /* of mp */
	int size;
	const char *schedule;
	int nodes; /* that mpi pretends to have */
	bool isolate;
	bool journal;
	const char *table; /* in the folder */
};

/* A random setup; *state is the generator's. */
struct setup setup_draw(uint64_t *state);
void setup_describe(const struct setup *setup, char *text, size_t bytes);

/* A number below n. */
unsigned draw(uint64_t *state, unsigned n);

void path_of(char path[PATH_BYTES], const char *name);

/* The process that was started: rank 0, or a launcher. The shared state is empty. */
pid_t run_start(const struct setup *setup);

/* Whether it has ended; then *status is its status as of waitpid. Also reaps all
 * other processes that have ended. */
bool run_ended(int *status);

/* Wait until all of its processes have ended, and store how long that took. If it
 * takes longer than `most` seconds, kill them and return false. */
bool run_finish(double most, int *status, double *took);

#endif
