#define _GNU_SOURCE /* pthread_getattr_np */
#include "jump_watch.h"

#include <sys/resource.h>

#ifdef __GLIBC__

/* Weak: a program that lacks them, because its C library does, still runs. */
void _pthread_cleanup_push(struct _pthread_cleanup_buffer *buffer,
                           void (*routine)(void *), void *arg)
    __attribute__((weak));
void _pthread_cleanup_pop(struct _pthread_cleanup_buffer *buffer, int execute)
    __attribute__((weak));

/* Where the stack of the main thread begins; of the dynamic loader. */
extern void *__libc_stack_end __attribute__((weak));

/* More is not looked for if the limit of the stack is higher. */
#define STACK_MOST ((size_t)1 << 30)

/* Of this thread; the one that was found last. */
static _Thread_local struct {
	const char *begin;
	const char *end;
} stack;

/* For a main thread pthread_getattr_np reads /proc/self/maps, which takes 0.1
 * ms. False if `place` is elsewhere. */
static bool find_main_stack(const char *place)
{
	const char *end = &__libc_stack_end ? __libc_stack_end : NULL;
	struct rlimit limit;

	if (!end || place >= end || getrlimit(RLIMIT_STACK, &limit))
		return false;
	const size_t bytes =
	    limit.rlim_cur < STACK_MOST ? (size_t)limit.rlim_cur : STACK_MOST;
	if ((size_t)(end - place) > bytes)
		return false;
	stack.begin = end - bytes;
	stack.end = end;
	return true;
}

static void find_stack(const char *place)
{
	pthread_attr_t attributes;
	void *begin = NULL;
	size_t bytes = 0;

	if (find_main_stack(place) ||
	    pthread_getattr_np(pthread_self(), &attributes))
		return;
	pthread_attr_getstack(&attributes, &begin, &bytes);
	pthread_attr_destroy(&attributes);
	stack.begin = begin;
	stack.end = stack.begin + bytes;
}

/* A coroutine's stack is another one: a jump to another coroutine may seem to
 * leave this one, which goes on later. The address sanitizer of clang moves
 * variables off the stack. */
static bool is_on_stack(const void *place)
{
	if (!stack.end)
		find_stack(place);
	return !stack.end || ((const char *)place >= stack.begin &&
	                      (const char *)place < stack.end);
}

void jump_watch_begin(struct jump_watch *watch, void (*left)(void *arg),
                      void *arg)
{
	watch->on =
	    _pthread_cleanup_push && _pthread_cleanup_pop && is_on_stack(watch);
	if (watch->on)
		_pthread_cleanup_push(&watch->buffer, left, arg);
}

void jump_watch_end(struct jump_watch *watch)
{
	if (watch->on)
		_pthread_cleanup_pop(&watch->buffer, 0);
}

#else

void jump_watch_begin(struct jump_watch *watch, void (*left)(void *arg),
                      void *arg)
{
	(void)left;
	(void)arg;
	watch->on = false;
}

void jump_watch_end(struct jump_watch *watch)
{
	(void)watch;
}

#endif
