#define _GNU_SOURCE /* pthread_getattr_np */
#include "jump_watch.h"

#ifdef __GLIBC__

/* Weak: a program that lacks them, because its C library does, still runs. */
void _pthread_cleanup_push(struct _pthread_cleanup_buffer *buffer,
                           void (*routine)(void *), void *arg)
    __attribute__((weak));
void _pthread_cleanup_pop(struct _pthread_cleanup_buffer *buffer, int execute)
    __attribute__((weak));

/* Of this thread. It is looked up once: for a main thread the C library reads
 * /proc/self/maps. */
static _Thread_local struct {
	const char *begin;
	const char *end;
} stack;

static void find_stack(void)
{
	pthread_attr_t attributes;
	void *begin = NULL;
	size_t bytes = 0;

	if (pthread_getattr_np(pthread_self(), &attributes))
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
		find_stack();
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
