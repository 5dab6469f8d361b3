/* The end of a job in which not all ranks come to their end. */
#ifndef TESTS_MPI_ENDS_H
#define TESTS_MPI_ENDS_H

int run_abort_in_task(char *arguments[]);
int run_ends_last(char *arguments[]);
int run_outlives(char *arguments[]);

#endif
