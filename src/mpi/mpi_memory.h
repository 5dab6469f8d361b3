/*
 * The memory by which MPI's processes on one machine exchange messages, and the
 * devices that it has mapped. An isolated task runs in a forked copy of a rank,
 * which has all these mappings: a stray write of its would end up in the
 * messages and locks of other ranks. So the copy makes them unwritable.
 *
 * Shared memory of the program stays writable: a task may leave data there. MPI
 * does not tell which memory is its own. It is what appears while a group is
 * opened, which is when MPI starts unless the program has started it, and later
 * what has a name that MPI libraries give: they also map memory when two ranks
 * exchange their first message.
 */
#ifndef COHORT_MPI_MPI_MEMORY_H
#define COHORT_MPI_MPI_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* Files whose memory this process shares; the kernel calls those without a name
 * in a file system files, too. */
struct shared_files {
	struct shared_file *files; /* from malloc */
	size_t count;
	size_t room;
	bool complete;
	bool without_mpi; /* MPI had not started then: all are the program's */
};

enum mpi_state { MPI_NOT_STARTED, MPI_STARTED };

/* What is mapped now, before a group is opened. */
void mpi_memory_begin(struct shared_files *before, enum mpi_state state);

/* The group is open, or has failed to: what has appeared since
 * mpi_memory_begin is MPI's. Frees `before`. */
void mpi_memory_end(struct shared_files *before);

/* In a forked copy that runs tasks: make MPI's memory unwritable for this
 * process, but for the `bytes` bytes at `kept`, which begin at a page. Where
 * there is no /proc, nothing changes. False with errno if the system refuses.
 * Cost: one look at the list of mappings. */
bool mpi_memory_shut(const void *kept, size_t bytes);

#endif
