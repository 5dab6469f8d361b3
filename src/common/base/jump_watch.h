/*
 * Calls a function when longjmp leaves a block, before the jump.
 *
 * longjmp of the GNU C library runs the cleanup handlers of the frames that it
 * jumps over, if they are in the list of _pthread_cleanup_push: its binary
 * interface keeps that for programs from before handlers were unwound. A jump
 * that stays below the block runs none. pthread_exit runs them, too, after the
 * cleanups of frames that are nearer to it; exceptions do not. setcontext,
 * __builtin_longjmp and other C libraries do not know the list: then nothing is
 * called.
 */
#ifndef COHORT_COMMON_BASE_JUMP_WATCH_H
#define COHORT_COMMON_BASE_JUMP_WATCH_H

#include <pthread.h>
#include <stdbool.h>

struct jump_watch {
#ifdef __GLIBC__
	struct _pthread_cleanup_buffer buffer;
#endif
	bool on;
};

/* `watch` is a variable of the function that calls this. */
void jump_watch_begin(struct jump_watch *watch, void (*left)(void *arg),
                      void *arg);

/* Before that function returns. */
void jump_watch_end(struct jump_watch *watch);

#endif
