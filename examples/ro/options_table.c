#include "options_table.h"

#include "options_text.h"

#include <string.h>

#define TEXT(name, letter, id, about, value)                          \
	{                                                             \
		name, letter, POPT_ARG_STRING, NULL, id, about, value \
	}
#define NUMBER(name, field, about, unit)                                 \
	{                                                                \
		name, '\0', POPT_ARG_DOUBLE | POPT_ARGFLAG_SHOW_DEFAULT, \
		    field, 0, about, unit                                \
	}
#define WHOLE(name, field, about)                                            \
	{                                                                    \
		name, '\0', POPT_ARG_INT | POPT_ARGFLAG_SHOW_DEFAULT, field, \
		    0, about, "NUMBER"                                       \
	}
#define GROUP(table, title)                                               \
	{                                                                 \
		NULL, '\0', POPT_ARG_INCLUDE_TABLE, table, 0, title, NULL \
	}

/* Copy a table into the array that has room for it. */
#define FILL(array, table)                                          \
	do {                                                        \
		_Static_assert(sizeof(array) == sizeof(table),      \
		               "the array has the table's length"); \
		memcpy(array, table, sizeof(table));                \
	} while (0)

static void fill_files(struct options_table *table, struct raw *raw)
{
	const struct poptOption rows[] = {
	    TEXT("seas", 's', SEAS,
	         "the seas: CSV with the columns name, salinity_g_per_kg and "
	         "temperature_c (default: those that come with the example)",
	         "FILE"),
	    TEXT("output", 'o', OUTPUT,
	         "the table to write (default: " DEFAULT_OUTPUT
	         ", or " DEFAULT_SAMPLES ")",
	         "FILE"),
	    {"follow", 'f', POPT_ARG_NONE, &raw->follow, 0,
	     "write the table's rows, in order, while the sweep runs", NULL},
	    TEXT("plot", 'p', PICTURE,
	         "also draw: specific energy over salinity and recovery, or "
	         "how it scatters at each sea; with gnuplot",
	         "FILE.png"),
	    TEXT("plot-script", '\0', SCRIPT,
	         "how gnuplot draws it (default: the example's)", "FILE"),
	    POPT_TABLEEND,
	};

	FILL(table->files, rows);
}

static void fill_grid(struct options_table *table)
{
	const struct poptOption rows[] = {
	    TEXT("recoveries", 'r', RECOVERIES,
	         "product over feed, N values from LO to HI "
	         "(default: " DEFAULT_RECOVERIES ")",
	         "LO:HI:N"),
	    TEXT("permeabilities", 'a', WATERS,
	         "the membrane's for water at 25 C, L/(m2 h bar) "
	         "(default: " DEFAULT_PERMEABILITIES ")",
	         "LO:HI:N"),
	    POPT_TABLEEND,
	};

	FILL(table->grid, rows);
}

static void fill_monte_carlo(struct options_table *table, struct raw *raw,
                             struct options *out)
{
	struct uncertainty *unsure = &out->uncertainty;
	const struct poptOption rows[] = {
	    WHOLE("monte-carlo", &raw->samples,
	          "plants to draw at each sea; 0: a grid instead"),
	    WHOLE("until", &raw->until,
	          "end with so many samples of plants that work, in the order "
	          "of the table; 0: draw all; implies --follow"),
	    {"seed", '\0', POPT_ARG_LONGLONG | POPT_ARGFLAG_SHOW_DEFAULT,
	     &raw->seed, 0, "another seed, other plants", "NUMBER"},
	    TEXT("summary", '\0', SUMMARY,
	         "mean, standard deviation and percentiles for each sea "
	         "(default: " DEFAULT_SUMMARY ")",
	         "FILE"),
	    NUMBER("recovery", &out->recovery, "product over feed", "FRACTION"),
	    NUMBER("permeability", &out->permeability,
	           "a new membrane's for water at 25 C", "L/(m2 h bar)"),
	    NUMBER("salinity-sd", &unsure->salinity_sd,
	           "standard deviation of the salinity", "g/kg"),
	    NUMBER("temperature-swing", &unsure->temperature_swing,
	           "from the year's mean to its extremes", "C"),
	    NUMBER("membrane-life", &unsure->membrane_life,
	           "age at which membranes are replaced", "YEARS"),
	    POPT_TABLEEND,
	};

	FILL(table->monte_carlo, rows);
}

static void fill_plant(struct options_table *table, struct ro_design *design)
{
	const struct poptOption rows[] = {
	    NUMBER("salt-permeability", &design->salt_permeability,
	           "the (new) membrane's for salt at 25 C", "L/(m2 h)"),
	    NUMBER("elements", &design->elements, "elements in a vessel",
	           "NUMBER"),
	    NUMBER("area", &design->element_area, "membrane area of an element",
	           "m2"),
	    NUMBER("feed", &design->feed_flow, "feed flow into a vessel",
	           "m3/h"),
	    NUMBER("max-pressure", &design->max_pressure,
	           "limit of the membrane", "bar"),
	    NUMBER("pump-efficiency", &design->pump_efficiency, "of the pumps",
	           "FRACTION"),
	    NUMBER("exchanger-efficiency", &design->exchanger_efficiency,
	           "of the pressure exchanger; 0: there is none", "FRACTION"),
	    NUMBER("cells", &design->cells, "integration steps in an element",
	           "NUMBER"),
	    POPT_TABLEEND,
	};

	FILL(table->plant, rows);
}

static void fill_running(struct options_table *table, struct raw *raw,
                         struct options *out)
{
	const struct poptOption rows[] = {
	    TEXT("journal", 'j', JOURNAL,
	         "keep finished tasks in this directory; after an interrupted "
	         "run the same command does the rest",
	         "DIR"),
	    {"isolate", 'i', POPT_ARG_NONE, &raw->isolate, 0,
	     "run tasks in child processes, so that a crash fails one task "
	     "only",
	     NULL},
	    NUMBER("timeout", &out->timeout,
	           "limit for one task, 0: no limit; implies --isolate",
	           "SECONDS"),
	    WHOLE("retries", &out->retries,
	          "further attempts after a crash or a timeout; implies "
	          "--isolate"),
	    NUMBER("deadline", &out->deadline,
	           "begin no task that would end later, 0: no limit; the "
	           "exit status is 3 if tasks are left",
	           "SECONDS"),
	    {"rerun-failed", '\0', POPT_ARG_NONE, &raw->rerun_failed, 0,
	     "run the failed tasks of the journal again", NULL},
	    TEXT("schedule", '\0', SCHEDULE,
	         "who gets which task: static, dynamic or guided (default: as "
	         "COHORT_SCHEDULE says, else dynamic)",
	         "NAME"),
	    POPT_TABLEEND,
	};

	FILL(table->running, rows);
}

void options_table_make(struct options_table *table, struct raw *raw,
                        struct options *out)
{
	const struct poptOption rows[] = {
	    GROUP(table->files, "Files:"),
	    GROUP(table->grid, "The grid:"),
	    GROUP(table->monte_carlo, "Plants at random:"),
	    GROUP(table->plant, "The plant:"),
	    GROUP(table->running, "The run:"),
	    {"help", '?', POPT_ARG_NONE, NULL, HELP, "show this, and end",
	     NULL},
	    POPT_TABLEEND,
	};

	fill_files(table, raw);
	fill_grid(table);
	fill_monte_carlo(table, raw, out);
	fill_plant(table, &out->design);
	fill_running(table, raw, out);
	FILL(table->all, rows);
}
