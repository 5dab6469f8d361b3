#define _POSIX_C_SOURCE 200809L
#include "result_store.h"

#include "common/base/error.h"
#include "common/base/plural.h"
#include "common/base/region_allocator.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 0 leaves finished records writable, to measure what that saves. */
#ifndef RESULTS_SHUT
#define RESULTS_SHUT 1
#endif

enum {
	ROOM_FIRST = 4096,
	/* Finished records are made unwritable in pieces of this size. mprotect
	 * takes about a microsecond, so that is nothing beside 300 tasks. If a
	 * task destroys what is finished and still writable, these tasks are
	 * run again, in a child for each of them. */
	SHUT_BYTES = 32 * 1024
};

/* Of each half: so places do not overflow before 2^28 turns. */
#define HALF_MOST ((size_t)1 << (sizeof(size_t) > 4 ? 36 : 29))

void result_store_init(struct result_store *store,
                       struct region_allocator *regions)
{
	*store = (struct result_store){0};
	if (!regions)
		return;
	store->region = regions->reserve(regions, &store->reserved);
	store->records = store->region;
	if (store->region)
		store->regions = regions;
	else
		store->refused = errno;
}

/* Between the region's beginning and that of the records. */
static size_t half_offset(const struct result_store *store)
{
	return (size_t)(store->records - store->region);
}

/* Make `from` to `to` of the records usable. */
static bool use_bytes(struct result_store *store, size_t from, size_t to)
{
	const size_t offset = half_offset(store);

	return store->regions->use(store->regions, store->region, offset + from,
	                           offset + to);
}

static size_t page_below(size_t bytes)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return bytes / page * page;
}

/* The first time the other half too, before or behind this one. */
static bool shut_to(struct result_store *store, size_t bytes)
{
	const size_t offset = half_offset(store);
	const size_t from = store->shut > 0 ? offset + store->shut : 0;

	if (!store->regions->shut(store->regions, store->region, from,
	                          offset + bytes))
		return false;
	store->shut = bytes;
	return from > 0 || store->half == 0 || offset > 0 ||
	       store->regions->shut(store->regions, store->region, store->half,
	                            2 * store->half);
}

bool result_store_guard(struct result_store *store, uint64_t key)
{
	store->key = key;
	store->guarded = true;
	store->shut = 0;
	return shut_to(store, page_below(store->used));
}

void result_store_halve(struct result_store *store)
{
	store->half = HALF_MOST;
	if (!store->regions)
		return;
	if (store->reserved / 2 < store->half)
		store->half = page_below(store->reserved / 2);
	store->reserved = store->half;
}

void result_store_turn(struct result_store *store)
{
	store->turns++;
	store->used = 0;
	store->open = 0;
	if (!store->regions)
		return;
	store->room = 0;
	store->records = store->region + (store->turns % 2 ? store->half : 0);
}

bool result_store_reach(struct result_store *store, size_t used)
{
	if (used <= store->room)
		return true;
	if (!use_bytes(store, store->room, used))
		return false;
	store->room = used;
	return true;
}

size_t result_store_accept(struct result_store *store, uint64_t key,
                           size_t used, size_t most, size_t tasks)
{
	size_t accepted = 0;
	const void *data;
	const char *error;

	while (accepted < most && store->used <= used &&
	       record_is_sealed(store->records + store->used,
	                        used - store->used,
	                        result_store_place(store, store->used), key)) {
		size_t next = store->used;
		const struct record *record =
		    record_read(store->records, &next, &data, &error);
		if (record->index >= tasks)
			break;
		store->used = next;
		accepted++;
	}
	store->count += accepted;
	store->open = 0;
	return accepted;
}

size_t result_store_loose(const struct result_store *store)
{
	return store->used - page_below(store->used);
}

void result_store_seal(struct result_store *store)
{
	if (!store->regions)
		return;
	store->regions->trim(store->regions, store->region, store->used);
	store->room = store->used;
	store->reserved = store->used;
}

/* Make `room` bytes usable, or fewer, but at least `needed`. */
static bool grow_region(struct result_store *store, size_t needed, size_t room)
{
	if (needed > store->reserved)
		return false;
	room = room < store->reserved ? room : store->reserved;
	if (!use_bytes(store, store->room, room)) {
		/* A wrong address is none of the system's refusals: a task has
		 * written to the copy's store, and fails alone. */
		const bool wrong_address = errno == EFAULT || errno == EINVAL;
		store->refused = wrong_address ? 0 : errno;
		return false;
	}
	store->room = room;
	return true;
}

static bool grow_private(struct result_store *store, size_t room)
{
	unsigned char *grown = realloc(store->records, room);

	if (!grown)
		return false;
	store->records = grown;
	store->room = room;
	return true;
}

/* Make room for `bytes` more behind the finished records. */
static bool make_room(struct result_store *store, size_t bytes)
{
	store->refused = 0;
	if (bytes > PTRDIFF_MAX - store->used)
		return false;
	const size_t needed = store->used + bytes;
	if (needed <= store->room)
		return true;

	size_t room = store->room ? store->room : ROOM_FIRST;
	while (room < needed)
		room = room < PTRDIFF_MAX / 2 ? room * 2 : needed;
	return store->regions ? grow_region(store, needed, room)
	                      : grow_private(store, room);
}

void *result_store_result(struct result_store *store, size_t bytes)
{
	result_store_drop(store);
	if (bytes == 0 || bytes > PTRDIFF_MAX / 2 ||
	    !make_room(store, record_size(bytes, 0)))
		return NULL;
	store->open = bytes;
	/* The padding is zeroed too: equal results are equal bytes. */
	return memset(record_result(store->records + store->used), 0,
	              record_padded(bytes));
}

cohort_status result_store_lack(const struct result_store *store,
                                uint64_t index, size_t bytes)
{
	errno = store->refused;
	if (errno)
		return error_sys("cohort_scatter: no memory for the result of "
		                 "task %llu, of %zu byte%s: mprotect",
		                 (unsigned long long)index, bytes,
		                 plural(bytes));
	return error_set(COHORT_ENOMEM,
	                 "cohort_scatter: no memory for the result of task "
	                 "%llu, of %zu byte%s",
	                 (unsigned long long)index, bytes, plural(bytes));
}

cohort_status result_store_add(struct result_store *store,
                               struct record *record, const char *error)
{
	record->bytes = store->open;
	record->error_bytes = error ? (uint32_t)strlen(error) + 1 : 0;
	store->open = 0;
	const size_t size =
	    record_size((size_t)record->bytes, record->error_bytes);
	if (!make_room(store, size))
		return result_store_lack(store, record->index, size);
	record_write(store->records + store->used, record, error);
	if (store->key)
		record_seal(store->records + store->used,
		            result_store_place(store, store->used), store->key);
	store->used += size;
	store->count++;
	if (RESULTS_SHUT && store->guarded &&
	    store->used - store->shut > SHUT_BYTES &&
	    !shut_to(store, page_below(store->used)))
		return error_sys("cohort_scatter: mprotect of the results");
	return COHORT_OK;
}

void result_store_resume(struct result_store *store, struct store_mark mark)
{
	store->used = mark.used;
	store->count = mark.count;
	store->open = 0;
}

void result_store_free(struct result_store *store)
{
	if (store->regions)
		store->regions->release(store->regions, store->region);
	else
		free(store->records);
	*store = (struct result_store){0};
}
