/* The file of the program that this process runs. */
#ifndef COHORT_MPI_PROGRAM_FILE_H
#define COHORT_MPI_PROGRAM_FILE_H

#include <stddef.h>
#include <stdint.h>

/* A digest of the file's size and contents: of all bytes of a small file, and
 * of parts of a large one, so that it takes about a millisecond at most. 0 if
 * the file cannot be read. */
uint64_t program_file_digest(void);

/* Write the file's path into `text`, cut off if it is too long. */
void program_file_path(char *text, size_t room);

#endif
