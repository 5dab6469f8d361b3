/*
 * Memory that one process fills, or several fill together, and that other
 * processes of the same machine map. After that no process can write to it, not
 * even those that have filled it: SIGSEGV ends a task that tries. It has no
 * name in the file system; the system frees it when the last process has
 * unmapped it.
 *
 * Another process maps it through /proc, by the descriptor that the first one
 * keeps open until then. The system refuses that where there is no /proc, where
 * the processes are of different users or process namespaces, and where they
 * may not be inspected (PR_SET_DUMPABLE). Where the system has no such memory
 * at all, node_memory_create makes private memory, which is unwritable as well
 * and cannot be mapped.
 */
#ifndef COHORT_COMMON_BASE_NODE_MEMORY_H
#define COHORT_COMMON_BASE_NODE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct node_memory {
	unsigned char *data; /* NULL: none */
	size_t bytes;
	/* In a process that fills it, and while others may map it. 0: none;
	 * descriptor.c never uses that number. */
	int fd;
};

/* Tells other processes where it is. Numbers only: it is sent to them. */
struct node_memory_address {
	int64_t process; /* 0: nowhere, it is private */
	int64_t descriptor;
	uint64_t file; /* number of its inode, against a mistaken process */
	uint64_t device;
	uint64_t bytes;
};

enum node_memory_kind { NODE_MEMORY_SHARED, NODE_MEMORY_PRIVATE };

/* Memory for `bytes` bytes, above 0, which are written with node_memory_write.
 * False with errno if there is none. */
bool node_memory_create(struct node_memory *memory, size_t bytes,
                        enum node_memory_kind kind);

/* Write a part of it. Without bytes, data may be NULL. False with errno if
 * there is no memory. */
bool node_memory_write(struct node_memory *memory, size_t at, const void *data,
                       size_t bytes);

/* Read a part that has been written, before or after node_memory_finish.
 * Without bytes, data may be NULL. False with errno. */
bool node_memory_read(const struct node_memory *memory, size_t at, void *data,
                      size_t bytes);

/* All is written: make it unwritable, and readable at `data`. False with
 * errno. */
bool node_memory_finish(struct node_memory *memory);

/* node_memory_create, _write and _finish in one. If there is no memory to
 * share, it is private. */
bool node_memory_copy(struct node_memory *memory, const void *data,
                      size_t bytes, enum node_memory_kind kind);

/* Before node_memory_close; for node_memory_map after node_memory_finish, for
 * node_memory_join before it. */
struct node_memory_address
node_memory_address(const struct node_memory *memory);

/* In another process. False if it cannot be mapped. */
bool node_memory_map(struct node_memory *memory,
                     const struct node_memory_address *address);

/* In another process, before node_memory_finish: write to it from now on, until
 * node_memory_close. It is readable at `data`, too. The process that has
 * created it calls node_memory_finish once all have written. False if that is
 * not possible. */
bool node_memory_join(struct node_memory *memory,
                      const struct node_memory_address *address);

/* A file of such memory by itself, which its owner maps and goes on to write:
 * its descriptor, or -1 with errno. Its address is that of a node_memory with
 * the same descriptor and length. */
int node_memory_file(size_t bytes);

/* In another process: a descriptor to read such a file by; -1 if it cannot be
 * opened. */
int node_memory_open_file(const struct node_memory_address *address);

/* No other process maps it from now on. */
void node_memory_close(struct node_memory *memory);

/* In any process and thread, once. Accepts one that is all 0. */
void node_memory_free(struct node_memory *memory);

#endif
