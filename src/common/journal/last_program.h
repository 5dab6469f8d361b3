/* Which program has used a journal last. */
#ifndef COHORT_COMMON_JOURNAL_LAST_PROGRAM_H
#define COHORT_COMMON_JOURNAL_LAST_PROGRAM_H

#include "directory.h"

/*
 * The digest of the program that made the latest of these record files, in
 * `program`. If there is no file with a whole head, or that file is of format
 * 1, `program` is not changed: the caller has set it to that of the identity.
 *
 * `id` is the journal's. Only heads are read, and a file that cannot be read is
 * passed over: journal_read checks all files.
 */
void last_program(int dir, const char *path, const uint64_t id[2],
                  const struct directory_contents *list, uint64_t program[2]);

#endif
