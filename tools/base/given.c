#define _POSIX_C_SOURCE 200809L
#include "given.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

enum { CHANGED = 3 };

/* `found` is how the signal was when we began. */
static struct {
	int signal;
	bool is_changed;
	struct sigaction found;
} changes[CHANGED] = {
    {.signal = SIGXFSZ}, {.signal = SIGCHLD}, {.signal = SIGPIPE}};

static void change(int signal, void (*action)(int))
{
	const struct sigaction wanted = {.sa_handler = action};

	for (int i = 0; i < CHANGED; i++)
		if (changes[i].signal == signal && !changes[i].is_changed)
			changes[i].is_changed =
			    !sigaction(signal, &wanted, &changes[i].found);
}

/* Not close-on-exec: the program of `cohort run` has it, too. */
static bool fill_standard(void)
{
	for (int number = 0; number <= STDERR_FILENO; number++) {
		if (fcntl(number, F_GETFD) >= 0 || errno != EBADF)
			continue;
		/* It gets the lowest number that is free. */
		if (open("/dev/null", O_RDWR) != number)
			return false;
	}
	return true;
}

bool given_prepare(void)
{
	change(SIGXFSZ, SIG_IGN);
	change(SIGCHLD, SIG_DFL);
	return fill_standard();
}

void given_ignore_broken_pipes(void)
{
	change(SIGPIPE, SIG_IGN);
}

void given_restore(void)
{
	for (int i = 0; i < CHANGED; i++)
		if (changes[i].is_changed)
			sigaction(changes[i].signal, &changes[i].found, NULL);
}
