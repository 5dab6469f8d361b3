#define _POSIX_C_SOURCE 200809L
#include "program_head.h"

#include "base/failure.h"
#include "path_error.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Of the first line, as Linux has it. */
enum { HEAD_BYTES = 256 };

static bool check_script(const char *path, const char *line)
{
	char interpreter[HEAD_BYTES];
	const char *begin = line + strspn(line, " \t");
	const size_t length = strcspn(begin, " \t\n");

	memcpy(interpreter, begin, length);
	interpreter[length] = '\0';
	if (length > 0 && access(interpreter, X_OK) == 0)
		return true;
	return failure_of(length == 0 || path_error_stays(errno),
	                  "the command %s cannot be started: its first line "
	                  "names the interpreter '%s': %s",
	                  path, interpreter,
	                  length > 0 ? strerror(errno) : "no name");
}

static bool check_elf(const char *path, const char *head, size_t bytes)
{
	const int class = bytes > EI_CLASS ? head[EI_CLASS] : ELFCLASSNONE;

	return (class == ELFCLASS32 && bytes >= sizeof(Elf32_Ehdr)) ||
	       (class == ELFCLASS64 && bytes >= sizeof(Elf64_Ehdr)) ||
	       failure("the command %s cannot be started: it is a program that "
	               "is cut off or damaged",
	               path);
}

bool program_head_check(const char *path)
{
	char head[HEAD_BYTES];
	const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (file < 0)
		return true;
	const ssize_t got = read(file, head, sizeof(head) - 1);
	close(file);
	if (got < 2)
		return true;
	head[got] = '\0';
	if (!memcmp(head, "#!", 2))
		return check_script(path, head + 2);
	return got < SELFMAG || memcmp(head, ELFMAG, SELFMAG) != 0 ||
	       check_elf(path, head, (size_t)got);
}
