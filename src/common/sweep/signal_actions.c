#define _POSIX_C_SOURCE 200809L
#include "signal_actions.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

enum { SIGNALS = 2 };

static const int numbers[SIGNALS] = {SIGINT, SIGTERM};

/* The program's own actions. */
static struct {
	bool replaced;
	struct sigaction action;
} programs[SIGNALS];

static const struct sigaction default_action = {.sa_handler = SIG_DFL};

bool signal_actions_install(void (*handler)(int number))
{
	struct sigaction action = {.sa_handler = handler,
	                           .sa_flags = SA_RESTART};

	sigemptyset(&action.sa_mask);
	for (int i = 0; i < SIGNALS; i++)
		sigaddset(&action.sa_mask, numbers[i]);
	for (int i = 0; i < SIGNALS; i++) {
		struct sigaction now;
		if (sigaction(numbers[i], NULL, &now))
			return false;
		if (now.sa_handler == handler || now.sa_handler == SIG_IGN)
			continue;
		programs[i].action = now;
		programs[i].replaced = true;
		if (sigaction(numbers[i], &action, NULL))
			return false;
	}
	return true;
}

void signal_actions_restore(void (*handler)(int number))
{
	for (int i = 0; i < SIGNALS; i++) {
		struct sigaction now;
		if (programs[i].replaced &&
		    !sigaction(numbers[i], NULL, &now) &&
		    now.sa_handler == handler)
			sigaction(numbers[i], &programs[i].action, NULL);
		programs[i].replaced = false;
	}
}

void signal_actions_default(void (*handler)(int number))
{
	for (int i = 0; i < SIGNALS; i++) {
		struct sigaction now;
		if (!sigaction(numbers[i], NULL, &now) &&
		    now.sa_handler == handler)
			sigaction(numbers[i], &default_action, NULL);
	}
}

void signal_actions_pass_on(int number)
{
	for (int i = 0; i < SIGNALS; i++)
		if (numbers[i] == number)
			sigaction(number, &programs[i].action, NULL);
	raise(number);
}

void signal_actions_end_process(int number)
{
	sigaction(number, &default_action, NULL);
	raise(number);
}
