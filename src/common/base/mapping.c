#define _POSIX_C_SOURCE 200809L
#include "mapping.h"

#include "descriptor.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_BYTES_MOST = 512 };

/* One line of /proc/self/maps: 55d0-55e0 rw-p 00000000 00:00 0 NAME. */
static bool read_line(const char *line, struct mapping *out)
{
	unsigned long begin;
	unsigned long end;
	char mode[8];
	unsigned long long offset;
	int name = 0;

	if (sscanf(line, "%lx-%lx %7s %llx %15s %llu %n", &begin, &end, mode,
	           &offset, out->device, &out->inode, &name) < 6)
		return false;
	out->begin = begin;
	out->end = end;
	out->writable = mode[1] == 'w';
	out->executable = mode[2] == 'x';
	out->shared = mode[3] == 's';
	out->name = line + name;
	return true;
}

/* Without a stream, which would allocate memory. */
void mapping_each(bool (*act)(const struct mapping *mapping, void *arg),
                  void *arg)
{
	int maps = descriptor_open(AT_FDCWD, "/proc/self/maps", O_RDONLY);
	char line[LINE_BYTES_MOST];
	size_t length = 0;
	char bytes[4096];
	ssize_t got;
	bool go_on = maps >= 0;

	while (go_on && (got = read(maps, bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; go_on && i < got; i++) {
			struct mapping mapping;
			if (bytes[i] != '\n') {
				if (length < sizeof(line) - 1)
					line[length++] = bytes[i];
				continue;
			}
			line[length] = '\0';
			length = 0;
			if (read_line(line, &mapping))
				go_on = act(&mapping, arg);
		}
	descriptor_close(&maps);
}
