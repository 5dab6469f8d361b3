#define _GNU_SOURCE /* pipe2 */
#include "guard.h"

#include "base/failure.h"
#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Whether the number can be that of a task's process group. Nobody checks what
 * is written to shared memory, and kill(-1) would end all that the user may
 * end. The leader of the group may have ended, or have a session of its own. */
static bool is_of_task(pid_t group, pid_t session)
{
	const pid_t found = group > 1 ? getsid(group) : 0;

	return group > 1 && (found < 0 || found == session || found == group);
}

/* The guard's life. Signals of the terminal do not come to its session, and it
 * has none of the rank's files open, so that nobody who reads them waits for
 * it. */
static _Noreturn void watch(const int ends[2], _Atomic int *group)
{
	const pid_t session = getsid(0);
	char byte;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	prctl(PR_SET_NAME, "cohort-guard");
	/* It would wait for itself. */
	close(ends[1]);
	if (dup2(ends[0], 0) < 0)
		_exit(1);
	descriptors_close_from(1);
	while (read(0, &byte, 1) < 0 && errno == EINTR)
		continue;
	const int task = atomic_load(group);
	if (is_of_task(task, session))
		kill(-task, SIGKILL);
	_exit(0);
}

bool guard_open(struct guard *guard)
{
	int ends[2];

	*guard = (struct guard){.pipe = -1};
	guard->group = mmap(NULL, sizeof(*guard->group), PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (guard->group == MAP_FAILED)
		guard->group = NULL;
	if (!guard->group || pipe2(ends, O_CLOEXEC))
		return failure_of_system("no process can watch over tasks: %s",
		                         strerror(errno));
	guard->pid = fork();
	if (guard->pid == 0)
		watch(ends, guard->group);
	const int error = errno;
	close(ends[0]);
	guard->pipe = ends[1];
	if (guard->pid > 0)
		return true;
	guard->pid = 0;
	return failure_of_system("no process can watch over tasks: fork: %s",
	                         strerror(error));
}

void guard_close(struct guard *guard)
{
	if (guard->pid > 0) {
		close(guard->pipe);
		while (waitpid(guard->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	if (guard->group)
		munmap(guard->group, sizeof(*guard->group));
	*guard = (struct guard){.pipe = -1};
}
