/* Why a file cannot be used. */
#ifndef TOOLS_TASK_PATH_ERROR_H
#define TOOLS_TASK_PATH_ERROR_H

#include <errno.h>
#include <stdbool.h>

/* Whether this errno tells of the path and of who may use it, and not of what
 * the system has room for at the moment. */
static inline bool path_error_stays(int error)
{
	return error == ENOENT || error == ENOTDIR || error == EACCES ||
	       error == EISDIR || error == ELOOP || error == ENAMETOOLONG;
}

#endif
