/* System calls on a journal's files. Interrupted calls are repeated here, and
 * short writes go on. Functions that fail set errno. */
#ifndef COHORT_COMMON_JOURNAL_FILE_H
#define COHORT_COMMON_JOURNAL_FILE_H

#include "cohort.h"

#include <stdbool.h>
#include <sys/types.h>
#include <sys/uio.h>

/* Open a file of the journal with openat; a new file has mode 600. Does not
 * follow a link, and does not block if the name is a pipe's. The descriptor is
 * close-on-exec and at least 3; -1 on failure. */
int file_open(int dir, const char *name, int flags);

/* Open a path that the program or the system has named, and follow links. The
 * descriptor is close-on-exec and at least 3; -1 on failure. */
int file_open_path(const char *path, int flags);

/* Which file a descriptor is of. The program may close a descriptor that it
 * does not know (closefrom), and a file that it opens then gets the number. */
struct file_identity {
	dev_t device;
	ino_t inode; /* and 0, as the other, while it is not known */
};

/* False with errno if the system does not tell. */
bool file_identify(int fd, struct file_identity *out);

/* Whether the descriptor is of that file, so that it may be written to.
 * Otherwise errno is EBADF, or says why the system does not tell. */
bool file_is(int fd, struct file_identity identity);

/* Whether it is known that the descriptor is closed or of another file. Nothing
 * may be done to it then. */
bool file_is_lost(int fd, struct file_identity identity);

/* Close it unless it is lost, and set *fd to -1. */
void file_close(int *fd, struct file_identity identity);

/* Write all parts, in one system call if the system takes them in one. Changes
 * `parts`. After a failure any number of bytes may have been written. */
bool file_write(int fd, struct iovec *parts, int count);

/* Append all parts, of `whole` bytes in all, in one system call, so that
 * nothing that another process appends comes between them. If the system takes
 * only a beginning of them, that stays, and they are all appended behind it.
 * After a failure there may be such beginnings. */
bool file_append(int fd, const struct iovec *parts, int count, size_t whole);

/* Shorten the file to `bytes` bytes. */
bool file_cut(int fd, uint64_t bytes);

/* Sync the data, with the metadata that is needed to read them. */
bool file_sync_data(int fd);

/* Sync data and all metadata. */
bool file_sync(int fd);

/* Sync the entries of a directory. Succeeds on a file system that cannot sync
 * directories. */
bool file_sync_directory(int fd);

/* Returns COHORT_EIO with the sentence "cohort_scatter: journal PATH: cannot
 * ACTION NAME: " and the text of errno. Keeps errno. */
cohort_status file_error(const char *path, const char *action,
                         const char *name);

#endif
