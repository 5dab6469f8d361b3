#define _POSIX_C_SOURCE 200809L
#include "destination.h"

#include "base/failure.h"
#include "base/memory.h"
#include "base/own_file.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As many as Linux follows. */
enum { LINKS_MOST = 40 };

static bool refused(const char *option, const char *path, const char *reason)
{
	return failure("%s %s: it cannot be written: %s", option, path, reason);
}

/* Replaces *path, a symbolic link, by what it names. */
static bool follow(char **path)
{
	char target[PATH_MAX];
	const ssize_t bytes = readlink(*path, target, sizeof(target));
	const char *slash = strrchr(*path, '/');
	struct text text = {0};

	if (bytes < 0 || (size_t)bytes >= sizeof(target))
		return false;
	if (bytes > 0 && target[0] != '/' && slash)
		text_add(&text, *path, (size_t)(slash - *path) + 1);
	text_add(&text, target, (size_t)bytes);
	text_string(&text);
	free(*path);
	*path = text.bytes;
	return true;
}

static bool follow_all(char **path)
{
	struct stat about;

	for (int links = 0; links < LINKS_MOST; links++)
		if (lstat(*path, &about) || !S_ISLNK(about.st_mode))
			return true;
		else if (!follow(path))
			return false;
	return false;
}

/* For what is there and is no regular file. */
static bool use_directly(const char *option, const char *path, mode_t mode,
                         bool is_stream)
{
	if (S_ISDIR(mode))
		return refused(option, path, "it is a directory");
	if (S_ISSOCK(mode))
		return refused(option, path, "it is a socket");
	if (!is_stream)
		return refused(option, path,
		               "this format needs a file, and that is a "
		               "device or a FIFO");
	return !access(path, W_OK) || refused(option, path, strerror(errno));
}

bool destination_find(const char *option, const char *path, bool is_stream,
                      struct destination *out)
{
	struct text draft = {0};
	struct stat about;

	*out = (struct destination){
	    .option = option,
	    .path = memory_text(path, strlen(path)),
	};
	if (!stat(path, &about) && !S_ISREG(about.st_mode))
		return use_directly(option, path, about.st_mode, is_stream);
	if (!follow_all(&out->path))
		return refused(option, path, strerror(ELOOP));
	text_print(&draft, "%s.%ld.new", out->path, (long)getpid());
	text_string(&draft);
	out->draft = draft.bytes;
	return true;
}

bool destination_make(const struct destination *destination)
{
	if (!destination->draft)
		return true;
	const int file = own_file_make(destination->draft);
	if (file < 0)
		return refused(destination->option, destination->path,
		               strerror(errno));
	close(file);
	return true;
}

bool destination_check(const struct destination *destination)
{
	if (!destination_make(destination))
		return false;
	if (destination->draft)
		unlink(destination->draft);
	return true;
}

bool destination_end(const struct destination *destination, bool is_good)
{
	const struct destination *to = destination;
	bool good = is_good;

	if (good && to->draft && rename(to->draft, to->path))
		good = failure_of_system(
		    "%s %s: %s cannot be renamed to it: %s", to->option,
		    to->path, to->draft, strerror(errno));
	if (!good && to->draft)
		unlink(to->draft);
	return good;
}

void destination_free(struct destination *destination)
{
	free(destination->path);
	free(destination->draft);
	*destination = (struct destination){0};
}
