#define _GNU_SOURCE /* fallocate */
#include "call_memory.h"

#include "common/base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const uint64_t page = 4096; /* a hole of part of a page frees nothing */

static uint64_t padded(uint64_t bytes)
{
	return (bytes + page - 1) / page * page;
}

struct call_record *call_record_of(const struct call_queue *queue, call_key key)
{
	struct call_record *records =
	    (struct call_record *)(queue->memory->ring + queue->capacity);

	return &records[key % CALLS_MOST];
}

static int file_of(const struct call_queue *queue, call_key key)
{
	return queue->payload[key % CALL_FILES];
}

static int open_files(struct call_queue *queue)
{
	for (int i = 0; i < CALL_FILES; i++) {
		queue->payload[i] = descriptor_memory("cohort-calls");
		if (queue->payload[i] < 0)
			return errno;
	}
	return 0;
}

void call_queue_clear(struct call_queue *queue)
{
	for (int i = 0; i < CALL_FILES; i++)
		queue->payload[i] = -1;
}

int call_queue_create(struct call_queue *queue, uint32_t capacity)
{
	const size_t bytes =
	    sizeof(struct call_memory) +
	    capacity * (sizeof(uint64_t) + sizeof(struct call_record));
	int status;

	*queue = (struct call_queue){.capacity = capacity};
	call_queue_clear(queue);
	queue->free_records = calloc(capacity, sizeof(uint16_t));
	if (!queue->free_records)
		return ENOMEM;
	for (uint32_t i = 0; i < capacity; i++)
		queue->free_records[i] = (uint16_t)(capacity - 1 - i);
	queue->free_count = capacity;
	status = open_files(queue);
	if (status)
		return status;
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return errno;
	queue->memory = memory;
	queue->memory_bytes = bytes;
	return 0;
}

void call_queue_destroy(struct call_queue *queue)
{
	if (queue->memory)
		munmap(queue->memory, queue->memory_bytes);
	for (int i = 0; i < CALL_FILES; i++)
		if (queue->payload[i] >= 0)
			close(queue->payload[i]);
	free(queue->free_records);
	*queue = (struct call_queue){0};
	call_queue_clear(queue);
}

/* Whoever is killed here has taken numbers of the file, and no memory. */
static void make_room(const struct call_queue *queue, call_key key,
                      uint64_t bytes)
{
	struct region *region = &call_record_of(queue, key)->region;
	const uint64_t room = padded(bytes);

	if (region->room >= bytes)
		return;
	region_drop(queue, call_record_of(queue, key), key);
	region->offset = atomic_fetch_add(&queue->memory->allocated, room);
	region->room = room;
	atomic_fetch_add(&queue->memory->room, (int64_t)room);
}

int region_write(const struct call_queue *queue, call_key key, uint64_t *count,
                 _Atomic int64_t *account, const void *data, size_t bytes)
{
	const struct region *region = &call_record_of(queue, key)->region;
	const char *from = data;
	size_t done = 0;

	make_room(queue, key, bytes);
	*count = bytes;
	atomic_fetch_add(account, (int64_t)bytes);
	while (done < bytes) {
		const ssize_t written =
		    pwrite(file_of(queue, key), from + done, bytes - done,
		           (off_t)(region->offset + done));

		if (written < 0 && errno != EINTR) {
			const int status = errno;

			region_clear(count, account);
			return status;
		}
		if (written > 0)
			done += (size_t)written;
	}
	return 0;
}

int region_read(const struct call_queue *queue, call_key key, uint64_t bytes,
                void *data)
{
	const struct region *region = &call_record_of(queue, key)->region;
	char *to = data;
	size_t done = 0;

	while (done < bytes) {
		const ssize_t count =
		    pread(file_of(queue, key), to + done, bytes - done,
		          (off_t)(region->offset + done));

		if (count == 0 || (count < 0 && errno != EINTR))
			return count ? errno : EIO;
		if (count > 0)
			done += (size_t)count;
	}
	return 0;
}

void region_clear(uint64_t *count, _Atomic int64_t *account)
{
	atomic_fetch_sub(account, (int64_t)*count);
	*count = 0;
}

void region_drop(const struct call_queue *queue, struct call_record *record,
                 call_key key)
{
	struct region *region = &record->region;
	const uint64_t room = region->room;

	if (!room)
		return;
	region->room = 0;
	fallocate(file_of(queue, key),
	          FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
	          (off_t)region->offset, (off_t)room);
	atomic_fetch_sub(&queue->memory->room, (int64_t)room);
}
