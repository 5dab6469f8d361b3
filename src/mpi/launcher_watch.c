/*
 * A process whose parent ends gets another parent. But the parent may be a
 * shell that outlives the launcher: `mpirun ./job.sh`. What the launcher starts
 * has the launcher's variables, and the launcher's own process on this machine
 * does not, so that is the first ancestor without them. An ancestor whose
 * variables cannot be read belongs to another user, who is not the one that
 * started the shell.
 */
#define _POSIX_C_SOURCE 200809L
#include "launcher_watch.h"

#include "common/base/clock.h"
#include "common/base/descriptor.h"
#include "common/base/system_file.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define LOOK_SECONDS 0.1

/* Of a process with more, the rest is not seen. */
enum { VARIABLES_BYTES = 1 << 18 };

struct process_stat {
	char state;
	pid_t parent;
	unsigned long long started; /* after the machine's start, in ticks */
};

static struct {
	pid_t parent; /* 0: nobody watches */
	pid_t above;  /* the launcher, if it is not the parent; or 0 */
	unsigned long long started;
	_Atomic double looked;
	atomic_bool over;
} watch;

static bool read_stat(pid_t process, struct process_stat *out)
{
	char path[64];
	char line[1024];
	int parent = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)process);
	if (!system_file_read(path, line, sizeof(line)))
		return false;
	/* The program's name may contain anything, brackets too. */
	const char *rest = strrchr(line, ')');
	if (!rest || sscanf(rest,
	                    ") %c %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
	                    "%*s %*s %*s %*s %*s %*s %*s %llu",
	                    &out->state, &parent, &out->started) != 3)
		return false;
	out->parent = parent;
	return true;
}

/* The variables of a process, one after another, each with a final 0. */
static bool read_variables(pid_t process, char *text, size_t room, size_t *got)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/environ", (int)process);
	int fd = descriptor_open(AT_FDCWD, path, O_RDONLY);
	const bool read = fd >= 0 && descriptor_read(fd, text, room, got);
	descriptor_close(&fd);
	return read;
}

static bool has_variable(pid_t process, const char *name)
{
	const size_t length = strlen(name);
	char *text = calloc(1, VARIABLES_BYTES + 1);
	size_t got = 0;
	bool found = false;

	if (text && read_variables(process, text, VARIABLES_BYTES, &got))
		for (size_t at = 0; at < got && !found;
		     at += strlen(text + at) + 1)
			found = !strncmp(text + at, name, length) &&
			        text[at + length] == '=';
	free(text);
	return found;
}

void launcher_watch_begin(const struct launcher *launcher)
{
	struct process_stat stat;
	pid_t above = getppid();

	watch.parent = above;
	while (launcher && above > 1 && has_variable(above, launcher->variable))
		above = read_stat(above, &stat) ? stat.parent : 0;
	if (above <= 1 || above == watch.parent || !read_stat(above, &stat))
		return;
	watch.above = above;
	watch.started = stat.started;
}

/* A number of a process may be used again. */
static bool is_gone(pid_t process, unsigned long long started)
{
	struct process_stat stat;

	return !read_stat(process, &stat) || stat.started != started ||
	       stat.state == 'Z' || stat.state == 'X';
}

bool launcher_watch_is_over(void)
{
	const double now = clock_seconds();

	if (!watch.parent || atomic_load(&watch.over))
		return watch.parent;
	if (getppid() != watch.parent) {
		atomic_store(&watch.over, true);
		return true;
	}
	if (!watch.above || now - atomic_load(&watch.looked) < LOOK_SECONDS)
		return false;
	atomic_store(&watch.looked, now);
	if (is_gone(watch.above, watch.started))
		atomic_store(&watch.over, true);
	return atomic_load(&watch.over);
}
