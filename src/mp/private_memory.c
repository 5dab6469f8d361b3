#define _GNU_SOURCE /* madvise */
#include "private_memory.h"

#include "loaded_objects.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define MIB ((uintptr_t)1024 * 1024)

enum { KEPT_MOST = 12 };

struct kept_addresses {
	uintptr_t at[KEPT_MOST];
	int count;
};

/* What is done with a mapping. */
enum treatment { LEAVE, RELEASE, UNMAP };

struct release {
	const struct kept_memory *kept;
	int kept_count;
	struct kept_addresses addresses;
	struct loaded_objects objects;
	/* Neighbouring mappings with the same treatment: one system call for
	 * all of them. */
	uintptr_t begin;
	uintptr_t end;
	enum treatment treatment;
};

/* The end of the free stretch that begins at *begin, which is moved behind what
 * is kept there. */
static uintptr_t stretch_end(const struct kept_addresses *kept,
                             uintptr_t *begin, uintptr_t end)
{
	bool moved = true;

	while (moved) {
		moved = false;
		for (int i = 0; i < kept->count; i++) {
			const uintptr_t at = kept->at[i] & ~(MIB - 1);
			if (*begin >= at - MIB && *begin < at + 2 * MIB) {
				*begin = at + 2 * MIB;
				moved = true;
			}
		}
	}
	for (int i = 0; i < kept->count; i++) {
		const uintptr_t at = kept->at[i] & ~(MIB - 1);
		if (at - MIB >= *begin && at - MIB < end)
			end = at - MIB;
	}
	return end;
}

/* The kernel does not release every kind of memory in place: huge pages only
 * since Linux 5.18. */
static void release_stretch(uintptr_t begin, uintptr_t end)
{
	if (madvise((void *)begin, end - begin, MADV_DONTNEED))
		munmap((void *)begin, end - begin);
}

static void end_row(struct release *release)
{
	uintptr_t begin = release->begin;

	if (release->treatment == UNMAP)
		munmap((void *)begin, release->end - begin);
	while (release->treatment == RELEASE && begin < release->end) {
		const uintptr_t end =
		    stretch_end(&release->addresses, &begin, release->end);
		if (begin >= end)
			break;
		release_stretch(begin, end);
		begin = end;
	}
	release->treatment = LEAVE;
}

/* Whether a mapping without a file is the program's, by its name, which most do
 * not have. Programs may name theirs, as the C library does. */
static bool is_of_program(const char *name)
{
	return *name == '\0' || !strcmp(name, "[heap]") ||
	       !strcmp(name, "[stack]") || !strncmp(name, "[anon:", 6);
}

static enum treatment treat_shared(const struct release *release,
                                   const struct mapping *mapping)
{
	if (strcmp(mapping->name, "/dev/zero (deleted)") != 0)
		return LEAVE;
	for (int i = 0; i < release->kept_count; i++) {
		const uintptr_t start = (uintptr_t)release->kept[i].start;
		if (start < mapping->end &&
		    start + release->kept[i].bytes > mapping->begin)
			return LEAVE;
	}
	return UNMAP;
}

/* An interposed function may have its variables, or code that it has made, in
 * small mappings. */
static enum treatment treat_private(struct release *release,
                                    const struct mapping *mapping)
{
	struct loaded_objects *objects = &release->objects;
	const bool is_large = mapping->end - mapping->begin >= MIB;

	if (mapping->inode != 0)
		return objects->complete &&
		               !loaded_objects_near(objects, mapping, 0)
		           ? RELEASE
		           : LEAVE;
	if (!is_of_program(mapping->name))
		return LEAVE;
	if (is_large)
		return RELEASE;
	return objects->complete && !mapping->executable &&
	               !loaded_objects_near(objects, mapping, MIB)
	           ? RELEASE
	           : LEAVE;
}

static bool treat(const struct mapping *mapping, void *arg)
{
	struct release *release = arg;
	const enum treatment treatment = mapping->shared
	                                     ? treat_shared(release, mapping)
	                                     : treat_private(release, mapping);

	if (treatment != release->treatment || mapping->begin != release->end) {
		end_row(release);
		release->begin = mapping->begin;
		release->treatment = treatment;
	}
	release->end = mapping->end;
	return true;
}

/* The program may have a sanitizer that the library was not compiled with.
 * These are NULL if it has none. */
extern void __asan_init(void) __attribute__((weak));
extern void __hwasan_init(void) __attribute__((weak));
extern void __msan_init(void) __attribute__((weak));
extern void __tsan_init(void) __attribute__((weak));

static bool has_sanitizer(void)
{
	return __asan_init || __hwasan_init || __msan_init || __tsan_init;
}

/* Beside the library's other variables. In a program that is linked statically
 * they are beside those of the C library, and may be in a large mapping. */
static char variable;

/* The memory of Valgrind and of a sanitizer is in the process itself, and looks
 * like the program's. */
void private_memory_release(const struct kept_memory kept[], int count)
{
	struct release release = {
	    .kept = kept,
	    .kept_count = count,
	    .addresses = {.at = {(uintptr_t)&release, (uintptr_t)&errno,
	                         (uintptr_t)&variable},
	                  .count = 3},
	};
	struct kept_addresses *addresses = &release.addresses;

	for (int i = 0; i < count && addresses->count < KEPT_MOST; i++)
		addresses->at[addresses->count++] = (uintptr_t)kept[i].start;
	loaded_objects_find(&release.objects);
	if (has_sanitizer() || release.objects.valgrind)
		return;
	mapping_each(treat, &release);
	end_row(&release);
}
