/* The program's stdio streams. */
#ifndef COHORT_COMMON_BASE_FLUSH_STREAMS_H
#define COHORT_COMMON_BASE_FLUSH_STREAMS_H

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

/* The same for stdout only. */
void flush_stdout(void);

#endif
