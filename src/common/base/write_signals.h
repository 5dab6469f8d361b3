/* Writing without the signals that a write may raise. */
#ifndef COHORT_COMMON_BASE_WRITE_SIGNALS_H
#define COHORT_COMMON_BASE_WRITE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/*
 * A write beyond RLIMIT_FSIZE raises SIGXFSZ, and one to a pipe that nobody
 * reads raises SIGPIPE; both end a program that has not chosen another action.
 * The library reports the error of its own writes instead. The kernel sends
 * both to the thread that writes, so this thread blocks them during the write
 * and takes away the one that has come. The program's actions and mask stay as
 * they are.
 */
struct write_signals {
	bool changed;     /* the mask; else the others are not set */
	sigset_t blocked; /* those that were not blocked before */
	sigset_t mask;    /* of the thread before */
};

/* Before a write to a file: block SIGXFSZ, if the length of files is limited
 * now. */
void write_signals_block(struct write_signals *out);

/* Block SIGXFSZ and SIGPIPE. */
void write_signals_block_all(struct write_signals *out);

/* After it. `failed`: the write has failed, so one of them may be pending.
 * Keeps errno. */
void write_signals_restore(const struct write_signals *signals, bool failed);

#endif
