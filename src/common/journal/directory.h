/*
 * The directory of a journal: its checks, the names in it, and safe opening of
 * its files. `dir` is a descriptor of the directory; `path` is used in
 * sentences. The statuses are those of journal_open.
 */
#ifndef COHORT_COMMON_JOURNAL_DIRECTORY_H
#define COHORT_COMMON_JOURNAL_DIRECTORY_H

#include "cohort.h"
#include "file_names.h"

#include <sys/stat.h>

enum { TASKS_NAME_BYTES = 32 };

/* Identifies a record file: tasks-RUN-RANK. */
struct tasks_name {
	uint32_t run;
	int32_t rank;
};

void tasks_name_print(struct tasks_name name, char out[TASKS_NAME_BYTES]);

/* Whether `text` is a name that tasks_name_print can print. */
bool tasks_name_parse(const char *text, struct tasks_name *out);

/* Open the directory at `path`, or create it, and check that it may hold a
 * journal. */
COHORT_CHECKED cohort_status directory_open(const char *path, int *dir);

struct directory_contents {
	struct tasks_name *tasks; /* sorted by run, then by rank; the caller
	                           * frees it */
	size_t count;             /* of tasks */
	bool identity;            /* it is there */
	bool others;              /* files that no journal has are there */
};

COHORT_CHECKED cohort_status directory_list(int dir, const char *path,
                                            struct directory_contents *out);

/* Open a plain file for reading, whoever owns it. *about receives its size and
 * the time of its last change. Keeps errno if the file cannot be opened. */
COHORT_CHECKED cohort_status directory_read_any(int dir, const char *path,
                                                const char *name, int *fd,
                                                struct stat *about);

/* Open a plain file of this user for reading, which has no second name. *bytes
 * receives its size. */
COHORT_CHECKED cohort_status directory_read(int dir, const char *path,
                                            const char *name, int *fd,
                                            uint64_t *bytes);

#endif
