/*
 * Streams that wait for input have no output pending, so this looks for pending
 * output first, without the lock, and takes the lock only of streams that have
 * some. The GNU C library's list of all streams is part of its binary
 * interface, and its header shows how a stream leads to the next one. With
 * other C libraries stdout and stderr are flushed.
 */
#define _GNU_SOURCE
#include "flush_streams.h"

#include "write_signals.h"

#include <stdbool.h>
#include <time.h>

enum { TRIES = 1000 }; /* one a millisecond */

/* A thread that prints holds the lock for a moment. One that cannot go on,
 * because nobody reads the pipe that it prints to, holds it for ever. */
static bool lock_soon(FILE *stream)
{
	static const struct timespec pause = {.tv_nsec = 1000000};

	for (int i = 0; i < TRIES; i++) {
		if (!ftrylockfile(stream))
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

void flush_pending(FILE *stream)
{
	struct write_signals signals;

	if (!lock_soon(stream))
		return;
	write_signals_block(&signals);
	const bool failed = fflush(stream) != 0;
	write_signals_restore(&signals, failed);
	funlockfile(stream);
}

static void flush_stream(FILE *stream)
{
	if (__fpending(stream) > 0)
		flush_pending(stream);
}

/* Without its lock, which a thread may hold that is not in this process. A
 * stream in memory (open_memstream) has no descriptor, and its contents count
 * as pending. */
static void drop_pending(FILE *stream)
{
	if (__fpending(stream) > 0 && fileno_unlocked(stream) >= 0)
		__fpurge(stream);
}

#ifdef __GLIBC__

/* Weak: a program that lacks them, because its C library does, still runs. */
extern FILE *_IO_list_all __attribute__((weak));
void _IO_list_lock(void) __attribute__((weak));
void _IO_list_unlock(void) __attribute__((weak));

void flush_streams(void)
{
	if (!&_IO_list_all || !_IO_list_lock || !_IO_list_unlock) {
		flush_stream(stdout);
		flush_stream(stderr);
		return;
	}
	_IO_list_lock();
	for (FILE *stream = _IO_list_all; stream; stream = stream->_chain)
		flush_stream(stream);
	_IO_list_unlock();
}

void drop_inherited_output(void)
{
	if (!&_IO_list_all || !_IO_list_lock || !_IO_list_unlock) {
		drop_pending(stdout);
		drop_pending(stderr);
		return;
	}
	_IO_list_lock();
	for (FILE *stream = _IO_list_all; stream; stream = stream->_chain)
		drop_pending(stream);
	_IO_list_unlock();
}

#else

void flush_streams(void)
{
	flush_stream(stdout);
	flush_stream(stderr);
}

void drop_inherited_output(void)
{
	drop_pending(stdout);
	drop_pending(stderr);
}

#endif
