/* A disk that is full: a small file system, or where nothing can be mounted, files
 * that may not grow (RLIMIT_FSIZE). */
#ifndef FAULT_FOLLOW_DISK_H
#define FAULT_FOLLOW_DISK_H

#include <stdbool.h>

/* Mount a file system at this folder, for this process and those that it starts.
 * False if that is not permitted. */
bool disk_mount(const char *folder);

/* The disk has room for so many more bytes, or a few more; 0: for all that comes.
 * True if it is the file system's. Else the next run must limit its own files. */
bool disk_leave(long bytes);

/* When nobody uses it any more. */
void disk_unmount(void);

/* In a run, when MPI has its own files: it may write so large ones. */
void disk_limit(long bytes);

#endif
