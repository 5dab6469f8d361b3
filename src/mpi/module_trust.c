/*
 * A folder that other users may write to can hold a module that one of them has
 * put there. Root and the process's user are trusted, and also those who may
 * write to the library that looks for the module (to the program, if the
 * library is static): they can put code into the process without a module. On
 * clusters the library often belongs to a user who installs software, and in a
 * user namespace root's files have another owner. A user whose umask is 002
 * builds library and modules that the group may write to.
 *
 * The folders that hold the library as well as the module need no check: who
 * may write to them can replace the library.
 */
#define _DEFAULT_SOURCE /* S_ISVTX */
#include "module_trust.h"

#include "common/base/c_locale.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool may_own(uid_t user, const struct stat *anchor)
{
	return user == 0 || user == geteuid() ||
	       (anchor && user == anchor->st_uid);
}

/* Whether users may write who could not write to the library. In a folder with
 * the sticky bit they can add files, but replace only their own; the module and
 * the folders above it have trusted owners. */
static bool others_may_write(const struct stat *node, const struct stat *anchor)
{
	if (S_ISDIR(node->st_mode) && node->st_mode & S_ISVTX)
		return false;
	if (node->st_mode & S_IWOTH)
		return true;
	return node->st_mode & S_IWGRP &&
	       !(anchor && anchor->st_mode & S_IWGRP &&
	         anchor->st_gid == node->st_gid);
}

static bool node_is_trusted(const char *path, const struct stat *anchor,
                            char why[TRUST_TEXT_BYTES])
{
	struct stat node;

	if (lstat(path, &node)) {
		snprintf(why, TRUST_TEXT_BYTES, "%s: %s", path,
		         error_text(errno));
		return false;
	}
	if (!S_ISREG(node.st_mode) && !S_ISDIR(node.st_mode))
		snprintf(why, TRUST_TEXT_BYTES,
		         "%s is neither a file nor a folder", path);
	else if (!may_own(node.st_uid, anchor))
		snprintf(why, TRUST_TEXT_BYTES,
		         "%s belongs to user %ju, who is neither root nor the "
		         "user of this process",
		         path, (uintmax_t)node.st_uid);
	else if (others_may_write(&node, anchor))
		snprintf(why, TRUST_TEXT_BYTES,
		         "users other than its owner may write to %s (take "
		         "that right away: chmod go-w)",
		         path);
	else
		return true;
	return false;
}

/* Whether the first `length` bytes of `path` name a folder that holds the
 * anchor. */
static bool holds_anchor(const char *path, size_t length, const char *anchor)
{
	return !strncmp(path, anchor, length) && anchor[length] == '/';
}

bool module_is_trusted(const char *path, const char *anchor,
                       char why[TRUST_TEXT_BYTES])
{
	char node[PATH_MAX];
	struct stat status;
	const struct stat *owner =
	    anchor[0] && !stat(anchor, &status) ? &status : NULL;
	size_t length = strlen(path);

	if (length >= sizeof(node)) {
		snprintf(why, TRUST_TEXT_BYTES, "its path is too long");
		return false;
	}
	memcpy(node, path, length + 1);
	while (!holds_anchor(node, length, anchor)) {
		if (!node_is_trusted(length ? node : "/", owner, why))
			return false;
		if (length == 0)
			break;
		length = (size_t)(strrchr(node, '/') - node);
		node[length] = '\0';
	}
	return true;
}
