/*
 * How the monitor sleeps until something happens that it must look at: a peer
 * has ended, rank 0 has ended, the link to rank 0 is shut down, or the kernel
 * has marked the mutex of a rank that ends (liveness.h).
 *
 * The end of rank 0 and the link send SIGCONT: it makes a stopped process run,
 * even if it is blocked, and somebody may have stopped the monitor.
 *
 * It waits on the mutexes of up to LIVENESS_WATCHED_MOST ranks with one system
 * call, futex_waitv, which cannot wait for a descriptor and has no signal mask.
 * So signals that come count in a word which it waits on too, and the link
 * sends a signal. With more ranks, or on a kernel before 5.16, the monitor
 * polls the link, and looks for marks a hundred times a second.
 */
#ifndef COHORT_MP_PEER_SLEEP_H
#define COHORT_MP_PEER_SLEEP_H

#include "control_page.h"

#include <signal.h>

/* The actions of the program for the signals that wake the monitor, SIGCHLD and
 * SIGCONT. */
enum { PEER_SLEEP_SIGNALS = 2 };

struct peer_sleep_actions {
	struct sigaction of[PEER_SLEEP_SIGNALS];
	bool replaced[PEER_SLEEP_SIGNALS];
};

struct peer_sleep {
	struct control_page *control;
	int size;      /* number of ranks */
	int link;      /* to rank 0 */
	bool signals;  /* the link sends SIGCONT when it is shut down */
	int marks;     /* ranks that the caller knows to be marked */
	sigset_t mask; /* the signal mask meanwhile: all but those two */
};

/* All signals are blocked. *program receives the program's own actions. */
struct peer_sleep peer_sleep_begin(struct control_page *control, int size,
                                   int link,
                                   struct peer_sleep_actions *program);

/* In a peer, which handles the signals as the program does. */
void peer_sleep_restore(const struct peer_sleep_actions *program);

/* The link is this process's alone from now on. */
void peer_sleep_own_link(struct peer_sleep *sleep);

/* Sleep until something happens, or for so many seconds. A signal that came
 * since the last sleep ends this one, and so does a mark that is not among
 * sleep->marks. Returns whether the time is over. */
bool peer_sleep_most(struct peer_sleep *sleep, double seconds);

/* The same, whatever happens to the link and to other ranks' mutexes. */
void peer_sleep_for_signal(const struct peer_sleep *sleep, double seconds);

/* Number of ranks whose mutex is marked. */
int peer_sleep_count_marks(const struct peer_sleep *sleep);

#endif
