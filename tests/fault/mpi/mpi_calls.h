/* Modes of mpi_ranks: calls that end with a status other than COHORT_OK. */
#ifndef MPI_CALLS_H
#define MPI_CALLS_H

int run_mismatch(char *arguments[]);
int run_counts(char *arguments[]);
int run_refuse(char *arguments[]);
int run_refuse_most(char *arguments[]);
int run_refuse_alike(char *arguments[]);
int run_messages(char *arguments[]);
int run_late_messages(char *arguments[]);
int run_closes(char *arguments[]);
int run_late(char *arguments[]);
int run_timeout(char *arguments[]);
int run_truncate(char *arguments[]);

#endif
