/* Exit statuses of the command; 128 + the signal if one ended it. */
#ifndef TOOLS_BASE_EXIT_STATUS_H
#define TOOLS_BASE_EXIT_STATUS_H

enum exit_status {
	EXIT_DONE = 0,
	EXIT_TASKS = 1,  /* some tasks failed or were not run */
	EXIT_USAGE = 2,  /* the command line or the input is wrong */
	EXIT_SYSTEM = 3, /* the system, or cohort itself, failed */
	EXIT_SIGNALLED = 128
};

#endif
