#define _POSIX_C_SOURCE 200809L
#include "sigchld.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/wait.h>

static bool discards_statuses(const struct sigaction *action)
{
	return action->sa_handler == SIG_IGN || action->sa_flags & SA_NOCLDWAIT;
}

void sigchld_keep_statuses(struct sigaction *saved)
{
	const struct sigaction keep = {.sa_handler = SIG_DFL};

	sigaction(SIGCHLD, NULL, saved);
	if (discards_statuses(saved))
		sigaction(SIGCHLD, &keep, NULL);
}

void sigchld_restore(const struct sigaction *saved)
{
	if (!discards_statuses(saved))
		return;
	sigaction(SIGCHLD, saved, NULL);
	/* Children of the program that ended meanwhile: it expects that nobody
	 * has to wait for them. */
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}
