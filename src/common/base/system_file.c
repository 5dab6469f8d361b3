#define _POSIX_C_SOURCE 200809L
#include "system_file.h"

#include "descriptor.h"

#include <fcntl.h>

bool system_file_read(const char *path, char *text, size_t room)
{
	int fd = descriptor_open(AT_FDCWD, path, O_RDONLY);
	size_t got = 0;

	if (fd < 0)
		return false;
	const bool read = descriptor_read(fd, text, room - 1, &got);
	descriptor_close(&fd);
	text[got] = '\0';
	return read;
}
