/* In which ways the target runs. */
#ifndef COHORT_TESTS_INJECTION_SETTINGS_H
#define COHORT_TESTS_INJECTION_SETTINGS_H

#include <stdbool.h>

enum { SETTINGS = 14, ABORT_STATUS = 42 };

/* How the target's program is ended, if not by itself. */
enum ending {
	ENDS_ITSELF,
	ENDS_GROUPS, /* scoped groups of it, by a death and by interrupts */
	ENDS_BY_ABORT,
	ENDS_BY_DEATH,
	ENDS_BY_INTERRUPT,
};

struct setting {
	const char *name;
	const char *backend;
	const char *transport;
	int size;
	const char *program; /* as target.c names it */
	bool threads; /* sweeps have journals and progress, and so threads */
	bool
	    rest; /* only for the calls that do not fail where there are threads */
	bool launched; /* by a launcher of MPI */
	int nodes;     /* of the ranks, which pretend to be on so many */
	enum ending ending;
};

extern const struct setting settings[SETTINGS];

/* NULL if there is none with this name. */
const struct setting *settings_find(const char *name);

#endif
