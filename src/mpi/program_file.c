/*
 * The kernel's link leads to the file that runs, even if another one has its
 * name by now. The file is read, and not the memory that it is mapped to: a
 * debugger writes breakpoints there.
 */
#define _POSIX_C_SOURCE 200809L
#include "program_file.h"

#include "common/base/descriptor.h"
#include "common/base/digest.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char program_link[] = "/proc/self/exe";

/* Of a file with more than PARTS * PART_BYTES bytes, PARTS parts are read, at
 * equal distances. The first one has the build id, if the linker has written
 * one, and the build id is a digest of the whole program. */
enum { PARTS = 16, PART_BYTES = 1 << 15 };

static uint64_t digest_part(uint64_t digest, int fd, off_t at)
{
	unsigned char bytes[PART_BYTES];
	size_t got = 0;

	if (lseek(fd, at, SEEK_SET) < 0 ||
	    !descriptor_read(fd, bytes, sizeof(bytes), &got))
		return 0;
	return digest_add(digest, bytes, got);
}

static uint64_t digest_file(int fd)
{
	struct stat file;

	if (fstat(fd, &file))
		return 0;
	const off_t bytes = file.st_size;
	const off_t rest = bytes > PART_BYTES ? bytes - PART_BYTES : 0;
	const off_t step =
	    bytes > (off_t)PARTS * PART_BYTES ? rest / (PARTS - 1) : PART_BYTES;
	const uint64_t size = (uint64_t)bytes;
	uint64_t digest = digest_add(DIGEST_BEGIN, &size, sizeof(size));
	for (int i = 0; i < PARTS && digest && step * i < bytes; i++)
		digest = digest_part(digest, fd, step * i);
	return digest;
}

uint64_t program_file_digest(void)
{
	int fd = descriptor_open(AT_FDCWD, program_link, O_RDONLY);
	const uint64_t digest = fd < 0 ? 0 : digest_file(fd);

	descriptor_close(&fd);
	return digest;
}

void program_file_path(char *text, size_t room)
{
	const ssize_t length = readlink(program_link, text, room - 1);

	if (length < 0)
		snprintf(text, room, "a program");
	else
		text[length] = '\0';
}
