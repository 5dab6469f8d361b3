/* Files of a journal: where interrupted calls and short reads and writes are
 * dealt with. All of these set errno when they fail. */
#ifndef COHORT_COMMON_JOURNAL_FILE_H
#define COHORT_COMMON_JOURNAL_FILE_H

#include "cohort.h"

#include <sys/types.h>
#include <sys/uio.h>

/* openat, close-on-exec, and private where it makes a file. No link is
 * followed, and a pipe does not block. */
int file_open(int dir, const char *name, int flags);

/* close, if there is something to close. */
void file_close(int fd);

/* Until `room` bytes are read or the file ends; `got` says how many. */
bool file_read(int fd, void *bytes, size_t room, size_t *got);

/* All of the parts, in one call if the system takes them in one; `parts` is
 * used up. When it fails any number of bytes may have been written. */
bool file_write(int fd, struct iovec *parts, int count);

bool file_cut(int fd, uint64_t bytes);

/* To the disk: data and what is needed to read it, or all, or a directory's
 * entries; a file system that cannot sync a directory has nothing to sync. */
bool file_sync_data(int fd);
bool file_sync(int fd);
bool file_sync_directory(int fd);

/* COHORT_EIO: "cohort_scatter: journal PATH: cannot WHAT NAME: errno's text".
 * Keeps errno. */
cohort_status file_error(const char *path, const char *what, const char *name);

#endif
