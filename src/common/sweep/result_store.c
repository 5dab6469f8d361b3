#include "result_store.h"

#include "common/base/error.h"
#include "common/base/region_allocator.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = _Alignof(max_align_t), ROOM_FIRST = 4096 };

static size_t padded(size_t bytes)
{
	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static const size_t head_bytes =
    (sizeof(struct record) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

void store_init(struct result_store *store, struct region_allocator *regions)
{
	*store = (struct result_store){0};
	if (!regions)
		return;
	store->bytes = regions->reserve(regions, &store->reserved);
	if (store->bytes)
		store->regions = regions;
}

bool store_reach(const struct result_store *store)
{
	return !store->regions ||
	       store->regions->use(store->regions, store->bytes, store->used);
}

void store_seal(struct result_store *store)
{
	if (!store->regions)
		return;
	store->regions->trim(store->regions, store->bytes, store->used);
	store->room = store->used;
	store->reserved = store->used;
}

/* `needed` is more than there is. */
static bool grow_region(struct result_store *store, size_t needed, size_t room)
{
	if (needed > store->reserved)
		return false;
	room = room < store->reserved ? room : store->reserved;
	if (!store->regions->use(store->regions, store->bytes, room))
		return false;
	store->room = room;
	return true;
}

static bool grow_private(struct result_store *store, size_t room)
{
	unsigned char *grown = realloc(store->bytes, room);

	if (!grown)
		return false;
	store->bytes = grown;
	store->room = room;
	return true;
}

/* Room for `bytes` more behind what is used. */
static bool reserve(struct result_store *store, size_t bytes)
{
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

void *store_result(struct result_store *store, size_t bytes)
{
	store->open = 0;
	if (bytes == 0 || bytes > PTRDIFF_MAX / 2 ||
	    !reserve(store, head_bytes + padded(bytes)))
		return NULL;
	store->open = bytes;
	/* The padding too: results are the same bytes wherever they are. */
	return memset(store->bytes + store->used + head_bytes, 0,
	              padded(bytes));
}

cohort_status store_add(struct result_store *store, const struct record *record,
                        const char *error)
{
	const size_t bytes = error ? 0 : store->open;
	const size_t error_bytes = error ? strlen(error) + 1 : 0;
	const size_t whole = head_bytes + padded(bytes) + padded(error_bytes);

	store->open = 0;
	if (!reserve(store, whole))
		return error_set(COHORT_ENOMEM,
		                 "cohort_scatter: no memory to keep the "
		                 "result of task %llu, of %zu bytes",
		                 (unsigned long long)record->index, whole);
	struct record kept = *record;
	kept.bytes = bytes;
	kept.error_bytes = error_bytes;
	unsigned char *place = store->bytes + store->used;
	memcpy(place, &kept, sizeof(kept));
	if (error) {
		memset(place + head_bytes, 0, padded(error_bytes));
		memcpy(place + head_bytes, error, error_bytes);
	}
	store->used += whole;
	store->records++;
	return COHORT_OK;
}

void store_return(struct result_store *store, struct result_mark mark)
{
	store->used = mark.used;
	store->records = mark.records;
	store->open = 0;
}

const struct record *store_read(const unsigned char *bytes, size_t *offset,
                                const void **data, const char **error)
{
	const struct record *record = (const void *)(bytes + *offset);
	const unsigned char *body = bytes + *offset + head_bytes;

	*data = record->bytes ? body : NULL;
	*error = record->error_bytes
	             ? (const char *)body + padded((size_t)record->bytes)
	             : "";
	*offset += head_bytes + padded((size_t)record->bytes) +
	           padded((size_t)record->error_bytes);
	return record;
}

void store_free(struct result_store *store)
{
	if (store->regions)
		store->regions->release(store->regions, store->bytes);
	else
		free(store->bytes);
	*store = (struct result_store){0};
}
