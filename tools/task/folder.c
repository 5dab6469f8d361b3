#define _XOPEN_SOURCE 700 /* nftw, mkdtemp, realpath */
#include "folder.h"

#include "base/failure.h"
#include "base/text.h"
#include "path_error.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DESCRIPTORS = 16 };

bool folder_make(const char *parent, char **path)
{
	struct text text = {0};

	if (mkdir(parent, 0777) && errno != EEXIST)
		return failure_of(path_error_stays(errno),
		                  "%s cannot be made: %s", parent,
		                  strerror(errno));
	char *full = realpath(parent, NULL);
	if (full)
		text_print(&text, "%s/XXXXXX", full);
	free(full);
	text_string(&text);
	if (!full || !mkdtemp(text.bytes)) {
		const int error = errno;
		text_free(&text);
		return failure_of(path_error_stays(error),
		                  "no directory for a task can be made in %s: "
		                  "%s",
		                  parent, strerror(error));
	}
	*path = text.bytes;
	return true;
}

static int remove_one(const char *path, const struct stat *info, int kind,
                      struct FTW *where)
{
	(void)info;
	(void)kind;
	(void)where;
	return remove(path);
}

bool folder_remove(const char *path)
{
	if (!nftw(path, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS))
		return true;
	return failure("%s cannot be removed: %s", path, strerror(errno));
}
