#define _POSIX_C_SOURCE 200809L
#include "program.h"

#include "base/failure.h"
#include "base/memory.h"
#include "base/text.h"
#include "path_error.h"
#include "program_head.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As confstr(_CS_PATH) has it on Linux. */
static const char default_path[] = "/usr/local/bin:/usr/bin:/bin";

/* 0, or why the file cannot be executed. */
static int check_program(const char *path)
{
	struct stat info;

	if (stat(path, &info))
		return errno;
	if (S_ISDIR(info.st_mode))
		return EISDIR;
	return access(path, X_OK) ? errno : 0;
}

/* The first executable file of this name in PATH; NULL if there is none. *error
 * receives why a file that is there cannot be executed, or ENOENT. */
static char *search_path(const char *name, const char *folders, int *error)
{
	struct text path = {0};

	*error = ENOENT;
	for (;;) {
		const size_t length = strcspn(folders, ":");

		text_clear(&path);
		if (length > 0)
			text_print(&path, "%.*s/", (int)length, folders);
		text_add_string(&path, name);
		const int refused = check_program(text_string(&path));
		if (refused == 0)
			return path.bytes;
		if (refused == EACCES || !path_error_stays(refused))
			*error = refused;
		folders += length;
		if (!*folders++)
			break;
	}
	text_free(&path);
	return NULL;
}

static bool refuse(const char *name, int error)
{
	static const char format[] = "the command %s cannot be started: %s";

	return path_error_stays(error)
	           ? failure(format, name, strerror(error))
	           : failure_of_system(format, name, strerror(error));
}

bool program_find(const char *name, char **path)
{
	const char *folders = getenv("PATH");
	int error;

	if (!*name)
		return failure("the command is empty: after -- comes a program "
		               "with its arguments");
	if (strchr(name, '/')) {
		error = check_program(name);
		if (error)
			return refuse(name, error);
		*path = memory_text(name, strlen(name));
		return true;
	}
	*path = search_path(name, folders ? folders : default_path, &error);
	if (*path)
		return true;
	if (!path_error_stays(error))
		return refuse(name, error);
	return error == EACCES
	           ? failure("the command %s is in PATH, and may not be "
	                     "executed: chmod +x it",
	                     name)
	           : failure("the command %s is not in PATH: install it, or "
	                     "name its folder, as in ./%s",
	                     name, name);
}

/* A script sees the path that execve gets: it is changed only if it must. */
static bool make_absolute(char **path)
{
	struct text text = {0};
	char *here = getcwd(NULL, 0);

	if (!here) {
		free(*path);
		*path = NULL;
		return failure("the current directory has no path: %s",
		               strerror(errno));
	}
	text_print(&text, "%s/%s", here, *path);
	free(here);
	free(*path);
	*path = text.bytes;
	return true;
}

bool program_find_to_start(const char *name, enum program_start start,
                           char **path)
{
	if (!program_find(name, path))
		return false;
	if (!program_head_check(*path)) {
		free(*path);
		*path = NULL;
		return false;
	}
	return start == PROGRAM_STARTS_HERE || **path == '/' ||
	       make_absolute(path);
}
