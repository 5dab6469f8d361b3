#define _GNU_SOURCE /* memfd_create, F_ADD_SEALS, MAP_ANONYMOUS */
#include "node_memory.h"

#include "descriptor.h"
#include "write_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* At most so much in one call: signals are blocked meanwhile. */
enum { WRITE_BYTES = 1 << 26 };

/* Set the length of the file. The system gives it pages only where it is
 * written. */
static bool extend_file(int fd, size_t bytes)
{
	struct write_signals signals;

	write_signals_block(&signals);
	const bool failed = ftruncate(fd, (off_t)bytes);
	write_signals_restore(&signals, failed);
	return !failed;
}

int node_memory_file(size_t bytes)
{
	int fd = descriptor_memory("cohort");

	if (fd >= 0 && !extend_file(fd, bytes))
		descriptor_close(&fd);
	return fd;
}

static bool create_shared(struct node_memory *memory)
{
	const int fd = node_memory_file(memory->bytes);

	memory->fd = fd < 0 ? 0 : fd;
	return fd >= 0;
}

static bool create_private(struct node_memory *memory)
{
	void *data = mmap(NULL, memory->bytes, PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (data == MAP_FAILED)
		return false;
	memory->data = data;
	return true;
}

bool node_memory_create(struct node_memory *memory, size_t bytes,
                        enum node_memory_kind kind)
{
	*memory = (struct node_memory){.bytes = bytes};
	return (kind == NODE_MEMORY_SHARED && create_shared(memory)) ||
	       create_private(memory);
}

/* Written by system calls and not through a mapping, where a lack of memory
 * would be a signal (SIGBUS). */
static bool write_file(int fd, size_t at, const void *data, size_t bytes)
{
	size_t done = 0;
	bool failed = false;

	while (done < bytes && !failed) {
		const size_t left = bytes - done;
		struct write_signals signals;
		write_signals_block(&signals);
		const ssize_t n =
		    pwrite(fd, (const char *)data + done,
		           left < WRITE_BYTES ? left : WRITE_BYTES,
		           (off_t)(at + done));
		failed = n == 0 || (n < 0 && errno != EINTR);
		write_signals_restore(&signals, failed);
		done += n > 0 ? (size_t)n : 0;
	}
	return !failed;
}

bool node_memory_write(struct node_memory *memory, size_t at, const void *data,
                       size_t bytes)
{
	if (memory->fd > 0)
		return write_file(memory->fd, at, data, bytes);
	if (bytes > 0)
		memcpy(memory->data + at, data, bytes);
	return true;
}

bool node_memory_read(const struct node_memory *memory, size_t at, void *data,
                      size_t bytes)
{
	if (memory->fd <= 0 && bytes > 0)
		memcpy(data, memory->data + at, bytes);
	for (size_t done = 0; memory->fd > 0 && done < bytes;) {
		const ssize_t n = pread(memory->fd, (char *)data + done,
		                        bytes - done, (off_t)(at + done));
		if (n == 0 || (n < 0 && errno != EINTR))
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* A private mapping: this process could change its own pages only, even if it
 * made them writable. */
static bool map_file(struct node_memory *memory, int fd)
{
	void *data = mmap(NULL, memory->bytes, PROT_READ, MAP_PRIVATE, fd, 0);

	if (data == MAP_FAILED)
		return false;
	memory->data = data;
	return true;
}

bool node_memory_finish(struct node_memory *memory)
{
	if (memory->fd <= 0)
		return !mprotect(memory->data, memory->bytes, PROT_READ);
	/* From now on no process can write to it or make it shorter, also not
	 * by its descriptor. */
	return !fcntl(memory->fd, F_ADD_SEALS,
	              F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) &&
	       map_file(memory, memory->fd);
}

bool node_memory_copy(struct node_memory *memory, const void *data,
                      size_t bytes, enum node_memory_kind kind)
{
	if (!node_memory_create(memory, bytes, kind))
		return false;
	if (node_memory_write(memory, 0, data, bytes) &&
	    node_memory_finish(memory))
		return true;
	const bool shared = memory->fd > 0;
	node_memory_free(memory);
	return shared &&
	       node_memory_copy(memory, data, bytes, NODE_MEMORY_PRIVATE);
}

struct node_memory_address node_memory_address(const struct node_memory *memory)
{
	struct stat file;

	if (memory->fd <= 0 || fstat(memory->fd, &file))
		return (struct node_memory_address){0};
	return (struct node_memory_address){
	    .process = getpid(),
	    .descriptor = memory->fd,
	    .file = file.st_ino,
	    .device = file.st_dev,
	    .bytes = memory->bytes,
	};
}

/* Whether the descriptor is of the memory that is meant, whole. */
static bool is_meant(int fd, const struct node_memory_address *address)
{
	struct stat file;

	return !fstat(fd, &file) && file.st_ino == address->file &&
	       file.st_dev == address->device &&
	       (uint64_t)file.st_size == address->bytes;
}

static bool is_sealed(int fd)
{
	const int seals = fcntl(fd, F_GET_SEALS);

	return seals >= 0 && (seals & F_SEAL_WRITE) && (seals & F_SEAL_SHRINK);
}

static int open_meant(const struct node_memory_address *address, int flags)
{
	char path[64];

	if (address->process == 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/%lld/fd/%lld",
	         (long long)address->process, (long long)address->descriptor);
	int fd = descriptor_open(AT_FDCWD, path, flags);
	if (fd >= 0 && !is_meant(fd, address))
		descriptor_close(&fd);
	return fd;
}

int node_memory_open_file(const struct node_memory_address *address)
{
	return open_meant(address, O_RDONLY);
}

/* Open and map it; -1 if that is not possible. */
static int open_and_map(struct node_memory *memory,
                        const struct node_memory_address *address, int flags)
{
	*memory = (struct node_memory){.bytes = (size_t)address->bytes};
	int fd = open_meant(address, flags);
	if (fd >= 0 &&
	    (is_sealed(fd) != (flags == O_RDONLY) || !map_file(memory, fd)))
		descriptor_close(&fd);
	return fd;
}

bool node_memory_map(struct node_memory *memory,
                     const struct node_memory_address *address)
{
	int fd = open_and_map(memory, address, O_RDONLY);
	const bool mapped = fd >= 0;

	descriptor_close(&fd);
	return mapped;
}

bool node_memory_join(struct node_memory *memory,
                      const struct node_memory_address *address)
{
	const int fd = open_and_map(memory, address, O_RDWR);

	if (fd < 0)
		return false;
	memory->fd = fd;
	return true;
}

void node_memory_close(struct node_memory *memory)
{
	if (memory->fd > 0)
		descriptor_close(&memory->fd);
	memory->fd = 0;
}

void node_memory_free(struct node_memory *memory)
{
	node_memory_close(memory);
	if (memory->data)
		munmap(memory->data, memory->bytes);
	*memory = (struct node_memory){0};
}
