/*
 * Runs one program to its end and reads what it prints. Cost: two pipes, a
 * vfork and an exec; no thread, and no wait that polls while nothing happens.
 */
#ifndef TOOLS_TASK_PROCESS_H
#define TOOLS_TASK_PROCESS_H

#include "spawn.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>

enum process_stream { STREAM_OUTPUT = 1, STREAM_ERRORS = 2 };

/* Receives bytes that the program printed, as they come. False: they cannot be
 * kept, and the program is ended. */
typedef bool process_take(void *arg, enum process_stream stream,
                          const void *bytes, size_t count);

/* Asked about ten times a second while the program runs: whether to end it. */
typedef bool process_stop(void *arg);

struct process_limits {
	double timeout;     /* seconds; 0: none. While we are stopped, time
	                     * stands still */
	double grace;       /* seconds from SIGTERM to SIGKILL */
	process_stop *stop; /* NULL: never */
	void *stop_arg;
	process_take *take;
	void *take_arg;
};

enum process_end {
	PROCESS_EXITED,
	PROCESS_SIGNALLED,
	PROCESS_TIMEOUT,    /* ended by us after limits.timeout */
	PROCESS_STOPPED,    /* ended by us because stop said so */
	PROCESS_UNKEPT,     /* ended by us because take failed */
	PROCESS_IMPOSSIBLE, /* it did not start, and would not the next time */
	PROCESS_REFUSED /* the system refused something, at its start or later,
	                  * also when it was asked again for seconds: nothing
	                  * can be said of the program */
};

struct process_result {
	enum process_end end;
	int exit_status;     /* PROCESS_EXITED */
	int signal;          /* that ended it; 0: none */
	bool out_of_memory;  /* for the caller to set: its control group had no
	                      * memory left */
	double seconds;      /* wall-clock time */
	struct rusage usage; /* of the program and the children it waited for.
	                      * ru_maxrss is at least own_maxrss: the kernel
	                      * counts the memory that the program shared with
	                      * us before its exec */
	long own_maxrss;     /* of this process, as ru_maxrss, if a signal has
	                      * ended the program */
	const char *action;  /* PROCESS_IMPOSSIBLE, PROCESS_REFUSED: what the
	                      * system refused */
	int error;           /* and its errno */
};

/*
 * Run the program; `spawn` has all but output and errors. Its process group is
 * ended with it: processes that it leaves behind get SIGKILL; if we have ended
 * it, after limits.grace. What they still would print then is not waited for.
 * Processes in other groups live on.
 */
void process_run(struct spawn *spawn, const struct process_limits *limits,
                 struct process_result *out);

#endif
