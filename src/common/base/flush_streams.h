/* The program's stdio streams. */
#ifndef COHORT_COMMON_BASE_FLUSH_STREAMS_H
#define COHORT_COMMON_BASE_FLUSH_STREAMS_H

#include <stdio.h>
#include <stdio_ext.h>

/*
 * Write what the program's output streams have buffered, as fflush(NULL) does,
 * but without waiting for input. fflush(NULL) takes the lock of each stream,
 * and a thread that waits for input, at a terminal or a pipe, holds the lock of
 * its stream for as long as it waits.
 *
 * Called before a fork, so that the child inherits no output and does not write
 * it a second time, and before a process leaves by _exit. Raises no SIGXFSZ.
 */
void flush_streams(void);

/* The same for one stream, which has something pending. */
void flush_pending(FILE *stream);

/* The same for stdout only. Called after each task: it costs a look at the
 * stream if nothing is pending. */
static inline void flush_stdout(void)
{
	if (__fpending(stdout) > 0)
		flush_pending(stdout);
}

/*
 * In a process that has just been forked: drop the output that it has
 * inherited, because the process that it was forked from writes it. There is
 * some if flush_streams could not write all: a disk was full, or a thread held
 * the lock of a stream. Streams in memory keep their contents. With other C
 * libraries than GNU's it looks at stdout and stderr.
 */
void drop_inherited_output(void);

#endif
