#define _GNU_SOURCE /* madvise */
#include "private_memory.h"

#include "common/base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB ((uintptr_t)1024 * 1024)

enum { LINE_BYTES_MOST = 512, KEPT_MOST = 8 };

struct kept_addresses {
	uintptr_t at[KEPT_MOST];
	int count;
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

/* The pages of a mapping that are not kept. */
static void release_mapping(const struct kept_addresses *kept, uintptr_t begin,
                            uintptr_t last)
{
	while (begin < last) {
		const uintptr_t end = stretch_end(kept, &begin, last);
		if (begin >= end)
			return;
		madvise((void *)begin, end - begin, MADV_DONTNEED);
		begin = end;
	}
}

/* Whether a mapping without a file is one of those to release, by its name,
 * which most do not have. Programs may name theirs, as the C library does. */
static bool is_released(const char *name)
{
	return *name == '\0' || !strcmp(name, "[heap]") ||
	       !strcmp(name, "[stack]") || !strncmp(name, "[anon:", 6);
}

/* One line of /proc/self/maps: 55d0-55e0 rw-p 00000000 00:00 0 NAME. */
static bool release_line(const struct kept_addresses *kept, const char *line)
{
	unsigned long begin;
	unsigned long end;
	char mode[8];
	char device[16];
	unsigned long long offset;
	unsigned long long inode;
	char name[16] = "";

	if (sscanf(line, "%lx-%lx %7s %llx %15s %llu %15s", &begin, &end, mode,
	           &offset, device, &inode, name) < 6)
		return true;
	if (!strcmp(mode, "rw-p") && inode == 0 && end - begin >= MIB &&
	    is_released(name))
		release_mapping(kept, begin, end);
	return true;
}

/* Valgrind is in the process itself, and its memory looks like the
 * program's. */
static bool is_not_valgrind(const struct kept_addresses *kept, const char *line)
{
	(void)kept;
	return strstr(line, "/vgpreload_") == NULL;
}

/* Call `act` for each line, until it returns false. Without a stream, which
 * would allocate memory. */
static bool each_line(const struct kept_addresses *kept,
                      bool (*act)(const struct kept_addresses *kept,
                                  const char *line))
{
	int maps = descriptor_open(AT_FDCWD, "/proc/self/maps", O_RDONLY);
	char line[LINE_BYTES_MOST];
	size_t length = 0;
	char bytes[4096];
	ssize_t got;
	bool go_on = maps >= 0;

	while (go_on && (got = read(maps, bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; go_on && i < got; i++) {
			if (bytes[i] != '\n') {
				if (length < sizeof(line) - 1)
					line[length++] = bytes[i];
				continue;
			}
			line[length] = '\0';
			length = 0;
			go_on = act(kept, line);
		}
	descriptor_close(&maps);
	return go_on;
}

/* A sanitizer's own memory looks as the program's does. The program may have
 * one that the library was not compiled with: these are NULL if it has none. */
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

void private_memory_release(const void *const kept[], int count)
{
	struct kept_addresses addresses = {
	    .at = {(uintptr_t)&addresses, (uintptr_t)&errno,
	           (uintptr_t)&variable},
	    .count = 3,
	};

	for (int i = 0; i < count && addresses.count < KEPT_MOST; i++)
		addresses.at[addresses.count++] = (uintptr_t)kept[i];
	if (!has_sanitizer() && each_line(&addresses, is_not_valgrind))
		each_line(&addresses, release_line);
}
