/* Modes of mpi_ranks: scoped groups. */
#ifndef MPI_SCOPED_H
#define MPI_SCOPED_H

int run_scoped_mixed(char *arguments[]);
int run_scoped_beside(char *arguments[]);
int run_scoped_broken(char *arguments[]);

#endif
