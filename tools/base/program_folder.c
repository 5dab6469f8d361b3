#define _GNU_SOURCE /* memrchr */
#include "program_folder.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

void program_folder(struct text *out)
{
	char path[PATH_MAX];
	const ssize_t length = readlink("/proc/self/exe", path, sizeof(path));
	const char *slash = length > 0 && (size_t)length < sizeof(path)
	                        ? memrchr(path, '/', (size_t)length)
	                        : NULL;

	if (slash)
		text_add(out, path, (size_t)(slash - path));
	else
		text_add_string(out, ".");
}
