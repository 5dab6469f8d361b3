/* The library's own threads. They block every signal, so that the program's
 * threads handle the program's signals. */
#ifndef COHORT_COMMON_BASE_BACKGROUND_THREAD_H
#define COHORT_COMMON_BASE_BACKGROUND_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { BACKGROUND_STACK_DEFAULT = 0 };

/* The name of these threads. The system may refuse to set it. */
#define BACKGROUND_NAME "cohort-helper"

/*
 * Start a thread that blocks all signals and runs `run(arg)`. The caller joins
 * it. The signal mask of the calling thread is the same afterwards.
 *
 *   stack_bytes  of its stack, or BACKGROUND_STACK_DEFAULT. If the system
 *                refuses this size (the stack also holds the program's
 *                thread-local variables, which may be large), the default is
 *                tried
 *
 * Returns 0, or the error number of pthread_create or malloc; then there is no
 * thread.
 */
int background_thread_start(pthread_t *thread, size_t stack_bytes,
                            void *(*run)(void *), void *arg);

/* Whether the thread with this id is one of these, in this process, and `run`
 * has not returned. Threads that were started from a module of mpi are not
 * known here. */
bool background_thread_is(pid_t id);

#endif
