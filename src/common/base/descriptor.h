/* File descriptors, whatever they refer to. */
#ifndef COHORT_COMMON_BASE_DESCRIPTOR_H
#define COHORT_COMMON_BASE_DESCRIPTOR_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Move a new descriptor to a number of at least 3 if it is below that, which
 * happens when the program has closed stdin, stdout or stderr. Otherwise the
 * program's next printf would write into a file of the library's.
 *
 * Takes what open, socket and their like have returned, and returns it or the
 * new number, which is close-on-exec. If `fd` is -1, returns -1 and keeps
 * errno, so that calls can be nested. -1 with errno (EMFILE) if there is no
 * number left; `fd` is then closed.
 */
int descriptor_raise(int fd);

/*
 * The calls below make descriptors, close-on-exec, of at least 3. No other file
 * calls open, socketpair or their like; tests/arrows.sh checks it. All return
 * -1 with errno if they fail.
 */

/* As openat; an interrupted one is repeated, and a new file is this user's. */
int descriptor_open(int dir, const char *path, int flags);

/*
 * If stdin, stdout or stderr are closed, open /dev/null in their place, so that
 * the descriptors of a library that does not know of them get higher numbers.
 * Programs that this process starts by exec do not inherit that. Returns a bit
 * for each: 1 << 0 to 1 << 2. The second function closes them again.
 */
unsigned descriptor_hold_standard(void);
void descriptor_release_standard(unsigned held);

/* A stream of the names in a directory; NULL with errno. */
DIR *descriptor_list(const char *path);

/* Two connected sockets of this type. */
int descriptor_socket_pair(int type, int ends[2]);

/* An eventfd of 0 that does not block. */
int descriptor_event(void);

/* Add 1 to such an eventfd, take its number, or close it. If the program has
 * closed it, the number may be that of another file by now, to which nothing is
 * done. They keep errno. */
void descriptor_event_signal(int fd);
void descriptor_event_clear(int fd);
void descriptor_event_close(int *fd);

/* An empty file in memory, without a name in the file system, which may be
 * sealed. `name` is seen in /proc. */
int descriptor_memory(const char *name);

/* Close *fd unless it is below 0, and set it to -1. Keeps errno. */
void descriptor_close(int *fd);

/* Read until `room` bytes are there or the file ends; interrupted and short
 * reads go on. *got receives the number of bytes. False with errno. */
bool descriptor_read(int fd, void *bytes, size_t room, size_t *got);

/* The same from an offset in a file. The descriptor's position is neither used
 * nor changed. */
bool descriptor_read_at(int fd, uint64_t offset, void *bytes, size_t room,
                        size_t *got);

/* Close all descriptors of this process but those in `keep`, which is sorted;
 * numbers below 0 in it are ignored. */
void descriptor_close_all_but(const int keep[], int count);

#endif
