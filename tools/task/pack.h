/*
 * The packed file of a rank: what its tasks printed, one after another, so
 * that 10^5 tasks do not leave as many files. A task's output is a row of
 * chunks, each with a head of 8 bytes: the stream (1 output, 2 errors) and the
 * number of bytes behind it, both 32 bits, in the machine's byte order. Where
 * a task's chunks begin and how long they are is in the task's record.
 */
#ifndef TOOLS_TASK_PACK_H
#define TOOLS_TASK_PACK_H

#include "process.h"

#include "base/text.h"

#include <stdint.h>

struct pack {
	int file;           /* descriptor; -1: not made yet */
	char *path;         /* of the file, for sentences and to make it */
	uint64_t end;       /* bytes of the file that finished tasks have */
	uint64_t written;   /* bytes of the task's chunks in the file */
	struct text chunks; /* those that are not in the file yet */
	size_t open;        /* where the last chunk's head is in `chunks` */
	enum process_stream stream; /* of the last chunk; 0: there is none */
};

/* The file is made with the first output. */
void pack_open(struct pack *pack, const char *path);

/* Adds to the task's output. False with a sentence if it cannot be written;
 * then the task's output is lost, and later tasks can go on. */
bool pack_add(struct pack *pack, enum process_stream stream, const void *bytes,
              size_t count);

/* Writes the rest of the task's output. *offset and *bytes receive its place.
 */
bool pack_end_task(struct pack *pack, uint64_t *offset, uint64_t *bytes);

/* Forgets the task's output. */
void pack_drop_task(struct pack *pack);

void pack_close(struct pack *pack);

/* Receives a part of a task's output. False ends the reading. */
typedef bool pack_take(void *arg, enum process_stream stream, const void *bytes,
                       size_t count);

/* Hand over the `bytes` bytes of chunks at `offset` in the file at `path`.
 * False with a sentence if they are not there or not what was written. */
bool pack_read(const char *path, uint64_t offset, uint64_t bytes,
               pack_take *take, void *arg);

#endif
