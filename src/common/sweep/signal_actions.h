/* The process's actions for SIGINT and SIGTERM: a handler of ours in place of
 * the program's actions, and the way back. */
#ifndef COHORT_COMMON_SWEEP_SIGNAL_ACTIONS_H
#define COHORT_COMMON_SWEEP_SIGNAL_ACTIONS_H

#include <stdbool.h>

/* Install `handler` for both signals. A signal that is ignored stays ignored: a
 * shell without job control ignores SIGINT for programs in the background. Does
 * nothing where `handler` is installed already. False, with errno, if the
 * system refuses it for one of them: the other may be installed. */
bool signal_actions_install(void (*handler)(int number));

/* Restore the program's actions, except where it has replaced `handler`
 * meanwhile. */
void signal_actions_restore(void (*handler)(int number));

/* Set the default action, in a process forked for tasks, where `handler` is
 * installed. */
void signal_actions_default(void (*handler)(int number));

/* For a handler: restore the program's action of this signal, and raise it,
 * so that it takes effect when the handler returns. */
void signal_actions_pass_on(int number);

/* For a handler: end the process by this signal, when the handler returns. */
void signal_actions_end_process(int number);

#endif
