/* The records of a journal, read as docs/journal.md describes them and without
 * the library's code, and compared with what the sweep computes. */
#ifndef STORM_JOBS_RECORDS_H
#define STORM_JOBS_RECORDS_H

#include <stdbool.h>
#include <stddef.h>

enum { RECORDS_SENTENCE = 512 };

/* Mark the tasks that have a record in `has`, which has PLAN_TASKS elements, all
 * false before. Returns how many they are, or -1 with a sentence if a record is
 * not true, or if a task has two. */
int records_read(const char *journal, bool has[],
                 char sentence[RECORDS_SENTENCE]);

#endif
