/* The command line. */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include "measure.h"

#include <stdbool.h>
#include <stddef.h>

enum { SIZES_MOST = 32 };

enum mode {
	MODE_TIMES,        /* of calls */
	MODE_START,        /* open, one barrier, close */
	MODE_OPEN,         /* the same, and what it took and holds */
	MODE_INSTRUCTIONS, /* of calls, under callgrind */
	MODE_SWITCHES,     /* of processes, in calls */
	MODE_ABOUT         /* say what the library is */
};

struct options {
	enum mode mode;
	const char *contender;
	int launch;
	const char *turns; /* where they are given; NULL: without */
	const char *calls; /* names with commas between; NULL: all */
	size_t bytes[SIZES_MOST];
	size_t sizes;
	struct effort effort;
	bool pin;
	bool same_buffers; /* not rewritten before each call */
	bool alloc;        /* buffers are the library's own memory */
	double memory;     /* bytes that all ranks' buffers may take */
	int instructions;  /* calls to count them over */
	int switches;      /* the same */
};

/* Ends the program if there is nothing to do, or it cannot be told. */
struct options options_read(int argc, char **argv);

/* Whether `name` is among names with commas between; NULL has all. */
bool options_list(const char *names, const char *name);

#endif
