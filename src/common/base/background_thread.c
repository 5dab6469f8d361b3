#define _GNU_SOURCE /* pthread_setname_np */
#include "background_thread.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

/* The address sanitizer allocates memory for a thread that begins. A process
 * that is forked meanwhile never gets the lock of the sanitizer's allocator:
 * only the C library's own allocator prevents that. So wait until the thread
 * has begun. */
#if defined(__SANITIZE_ADDRESS__)
enum { AWAIT_BEGIN = 1 };
#else
enum { AWAIT_BEGIN = 0 };
#endif

struct beginning {
	void *(*run)(void *);
	void *arg;
	_Atomic int begun;
};

static void *begin(void *arg)
{
	struct beginning *beginning = arg;
	const struct beginning copy = {beginning->run, beginning->arg, 0};

	atomic_store(&beginning->begun, 1);
	return copy.run(copy.arg);
}

static int create_with_stack(pthread_t *thread, size_t stack_bytes,
                             void *(*run)(void *), void *arg)
{
	pthread_attr_t attributes;

	int failed = pthread_attr_init(&attributes);
	if (failed)
		return failed;
	failed = pthread_attr_setstacksize(&attributes, stack_bytes);
	if (!failed)
		failed = pthread_create(thread, &attributes, run, arg);
	pthread_attr_destroy(&attributes);
	return failed;
}

int background_thread_start(pthread_t *thread, size_t stack_bytes,
                            void *(*run)(void *), void *arg)
{
	sigset_t all;
	sigset_t before;
	int failed = 1;
	struct beginning beginning = {run, arg, 0};

	if (AWAIT_BEGIN) {
		run = begin;
		arg = &beginning;
	}
	/* The new thread inherits the mask. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (stack_bytes != BACKGROUND_STACK_DEFAULT)
		failed = create_with_stack(thread, stack_bytes, run, arg);
	if (failed)
		failed = pthread_create(thread, NULL, run, arg);
	if (!failed)
		pthread_setname_np(*thread, BACKGROUND_NAME);
	while (AWAIT_BEGIN && !failed && !atomic_load(&beginning.begun))
		sched_yield();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}
