#define _POSIX_C_SOURCE 200809L
#include "loaded_objects.h"

#include <string.h>

/* The row of mappings that the search is in. */
struct search {
	struct loaded_objects *objects;
	struct mapping row;
};

static void end_object(struct search *search)
{
	struct loaded_objects *objects = search->objects;
	const struct mapping *row = &search->row;

	if (!row->executable)
		return;
	if (objects->count == LOADED_OBJECTS_MOST) {
		objects->complete = false;
		return;
	}
	objects->at[objects->count].begin = row->begin;
	objects->at[objects->count].end = row->end;
	objects->count++;
}

static bool continues(const struct mapping *row, const struct mapping *mapping)
{
	return mapping->inode == row->inode && mapping->begin == row->end &&
	       !strcmp(mapping->device, row->device);
}

static bool look_at(const struct mapping *mapping, void *arg)
{
	struct search *search = arg;

	if (strstr(mapping->name, "/vgpreload_"))
		search->objects->valgrind = true;
	if (mapping->shared || mapping->inode == 0)
		return true;
	if (continues(&search->row, mapping)) {
		search->row.end = mapping->end;
		search->row.executable |= mapping->executable;
		return true;
	}
	end_object(search);
	search->row = *mapping;
	return true;
}

void loaded_objects_find(struct loaded_objects *out)
{
	struct search search = {.objects = out};

	out->count = 0;
	out->complete = true;
	out->valgrind = false;
	out->passed = 0;
	mapping_each(look_at, &search);
	end_object(&search);
}

bool loaded_objects_near(struct loaded_objects *objects,
                         const struct mapping *mapping, uintptr_t distance)
{
	while (objects->passed < objects->count &&
	       objects->at[objects->passed].end + distance <= mapping->begin)
		objects->passed++;
	return objects->passed < objects->count &&
	       objects->at[objects->passed].begin < mapping->end + distance;
}
