/* The command line's options, as popt reads them. */
#ifndef RO_OPTIONS_TABLE_H
#define RO_OPTIONS_TABLE_H

#include "options.h"

#include <popt.h>

/* Options with a text, numbered as popt hands them out, and --help. */
enum text {
	TEXT_NONE,
	SEAS,
	OUTPUT,
	SUMMARY,
	PICTURE,
	SCRIPT,
	RECOVERIES,
	WATERS,
	JOURNAL,
	SCHEDULE,
	HELP
};

/* What popt reads, before it is checked. */
struct raw {
	char *texts[HELP];
	int samples;
	int until;
	int follow;
	int isolate;
	int rerun_failed;
	long long seed;
};

/* Each option is in one group; `all` has the groups. popt wants tables that it may
 * write to, with the addresses that it sets: they are made for one command line,
 * and must not be copied. */
struct options_table {
	struct poptOption files[6];
	struct poptOption grid[3];
	struct poptOption monte_carlo[10];
	struct poptOption plant[9];
	struct poptOption running[8];
	struct poptOption all[7];
};

void options_table_make(struct options_table *table, struct raw *raw,
                        struct options *out);

#endif
