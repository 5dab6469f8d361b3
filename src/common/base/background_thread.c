#define _GNU_SOURCE /* pthread_setname_np */
#include "background_thread.h"

#include <signal.h>

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

	/* The new thread inherits the mask. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (stack_bytes != BACKGROUND_STACK_DEFAULT)
		failed = create_with_stack(thread, stack_bytes, run, arg);
	if (failed)
		failed = pthread_create(thread, NULL, run, arg);
	if (!failed)
		pthread_setname_np(*thread, BACKGROUND_NAME);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}
