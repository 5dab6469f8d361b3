/* A sweep that runs has the lock of its journal (docs/journal.md). Who takes it
 * here, and keeps it until the directory has its new name, has no sweep begin
 * in between. */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include "set_aside.h"

#include "base/failure.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HOLDER_BYTES = 128 };

static bool is_held_by_another(int file)
{
	struct flock records = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (!flock(file, LOCK_EX | LOCK_NB))
		return false;
	if (errno == EWOULDBLOCK)
		return true;
	return fcntl(file, F_OFD_SETLK, &records) &&
	       (errno == EAGAIN || errno == EACCES);
}

static bool is_in_use(const char *folder, int file)
{
	char holder[HOLDER_BYTES];
	const ssize_t got = read(file, holder, sizeof(holder) - 1);

	holder[got > 0 ? got : 0] = '\0';
	holder[strcspn(holder, "\n")] = '\0';
	return failure("the directory %s is in use by %s: wait for that sweep, "
	               "or name another directory with --journal",
	               folder, *holder ? holder : "another sweep");
}

/* Takes the lock. *file is -1 if there is none, else the caller closes it. */
static bool take_lock(const char *folder, int *file)
{
	struct text path = {0};

	text_print(&path, "%s/lock", folder);
	*file = open(text_string(&path),
	             O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	text_free(&path);
	if (*file < 0 || !is_held_by_another(*file))
		return true;
	is_in_use(folder, *file);
	close(*file);
	return false;
}

bool set_aside_check(const char *folder)
{
	int file;

	if (!take_lock(folder, &file))
		return false;
	if (file >= 0)
		close(file);
	return true;
}

static bool rename_folder(const char *folder)
{
	struct text name = {0};
	struct stat info;
	bool good = true;
	int number = 0;

	do {
		text_clear(&name);
		text_print(&name, "%s.%d", folder, ++number);
	} while (!lstat(text_string(&name), &info));
	if (rename(folder, name.bytes))
		good =
		    failure_of_system("--fresh: %s cannot be renamed to %s: %s",
		                      folder, name.bytes, strerror(errno));
	text_free(&name);
	return good;
}

bool set_aside(const char *folder)
{
	struct stat info;
	int lock;

	if (lstat(folder, &info))
		return true;
	if (!take_lock(folder, &lock))
		return false;
	const bool good = rename_folder(folder);
	if (lock >= 0)
		close(lock);
	return good;
}
