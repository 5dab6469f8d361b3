#define _POSIX_C_SOURCE 200809L

#include "options.h"
#include "options_text.h"

#include <popt.h>

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

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
	int isolate;
	long long seed;
};

static int refuse(char why[OPTIONS_WHY_BYTES], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, OPTIONS_WHY_BYTES, format, args);
	va_end(args);
	return -1;
}

static int adopt_range(const char *option, const char *text,
                       const char *otherwise, struct range *out,
                       char why[OPTIONS_WHY_BYTES])
{
	if (!text)
		text = otherwise;
	if (range_parse(text, out) == 0)
		return 0;
	return refuse(why,
	              "--%s is \"%.60s\"; it wants LO:HI:N, N values from LO "
	              "to HI, 1 to %d of them, as in %s",
	              option, text, RANGE_MOST, otherwise);
}

static int adopt_schedule(const char *text, cohort_schedule *out,
                          char why[OPTIONS_WHY_BYTES])
{
	static const struct {
		const char *name;
		cohort_schedule schedule;
	} known[] = {{"static", COHORT_STATIC},
	             {"dynamic", COHORT_DYNAMIC},
	             {"guided", COHORT_GUIDED}};

	if (!text)
		return 0;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(text, known[i].name) == 0) {
			*out = known[i].schedule;
			return 0;
		}
	return refuse(
	    why, "--schedule is \"%.60s\"; it wants static, dynamic or guided",
	    text);
}

/* False for NaN. */
static int between(const char *option, double value, double low, double high,
                   char why[OPTIONS_WHY_BYTES])
{
	if (value >= low && value <= high)
		return 0;
	return refuse(why, "--%s is %g; it wants %g to %g", option, value, low,
	              high);
}

static int check_numbers(const struct raw *raw, const struct options *options,
                         char why[OPTIONS_WHY_BYTES])
{
	const struct uncertainty *uncertainty = &options->uncertainty;

	if (between("monte-carlo", raw->samples, 0, 1e6, why) ||
	    between("recovery", options->recovery, 0.01, 0.9, why) ||
	    between("permeability", options->permeability, 0.01, 10, why) ||
	    between("salinity-sd", uncertainty->salinity_sd, 0, 10, why) ||
	    between("temperature-swing", uncertainty->temperature_swing, 0, 25,
	            why) ||
	    between("membrane-life", uncertainty->membrane_life, 0, 30, why) ||
	    between("timeout", options->timeout, 0, 1e9, why) ||
	    between("retries", options->retries, 0, 1000, why))
		return -1;
	if (raw->seed < 0)
		return refuse(why, "--seed is %lld; it wants 0 or more",
		              raw->seed);
	return 0;
}

/* Takes the text over, or a copy of the default. */
static char *text_or(char **text, const char *otherwise)
{
	char *taken = *text || !otherwise ? *text : strdup(otherwise);

	*text = NULL;
	return taken;
}

static int adopt(struct raw *raw, struct options *out,
                 char why[OPTIONS_WHY_BYTES])
{
	char **texts = raw->texts;

	if (check_numbers(raw, out, why) ||
	    adopt_range("recoveries", texts[RECOVERIES], DEFAULT_RECOVERIES,
	                &out->recoveries, why) ||
	    adopt_range("permeabilities", texts[WATERS], DEFAULT_PERMEABILITIES,
	                &out->permeabilities, why) ||
	    adopt_schedule(texts[SCHEDULE], &out->schedule, why))
		return -1;
	out->samples = (size_t)raw->samples;
	out->seed = (uint64_t)raw->seed;
	/* Who asks for either wants what it takes. */
	out->isolate = raw->isolate || out->timeout > 0 || out->retries > 0;
	out->seas = text_or(&texts[SEAS], DEFAULT_SEAS);
	out->output = text_or(&texts[OUTPUT],
	                      out->samples ? DEFAULT_SAMPLES : DEFAULT_OUTPUT);
	out->summary = text_or(&texts[SUMMARY], DEFAULT_SUMMARY);
	out->script =
	    text_or(&texts[SCRIPT], out->samples ? DEFAULT_SAMPLES_SCRIPT
	                                         : DEFAULT_GRID_SCRIPT);
	out->picture = text_or(&texts[PICTURE], NULL);
	out->journal = text_or(&texts[JOURNAL], NULL);
	if (!out->seas || !out->output || !out->summary || !out->script)
		return refuse(why, "no memory for the options");
	return 0;
}

static enum options_outcome read_all(poptContext context, FILE *help,
                                     struct raw *raw,
                                     char why[OPTIONS_WHY_BYTES])
{
	int option;

	while ((option = poptGetNextOpt(context)) > 0) {
		if (option == HELP) {
			if (help) {
				poptPrintHelp(context, help, 0);
				fputs(TEXT_MORE, help);
			}
			return OPTIONS_HELP;
		}
		free(raw->texts[option]);
		raw->texts[option] = poptGetOptArg(context);
	}
	if (option < -1) {
		refuse(why, "%.100s: %s; try --help",
		       poptBadOption(context, POPT_BADOPTION_NOALIAS),
		       poptStrerror(option));
		return OPTIONS_BAD;
	}
	if (poptPeekArg(context)) {
		refuse(why, "there is no use for \"%.100s\"; try --help",
		       poptPeekArg(context));
		return OPTIONS_BAD;
	}
	return OPTIONS_RUN;
}

static enum options_outcome read_with(const struct poptOption *table, int argc,
                                      char **argv, FILE *help, struct raw *raw,
                                      char why[OPTIONS_WHY_BYTES])
{
	enum options_outcome outcome;
	poptContext context =
	    poptGetContext(NULL, argc, (const char **)argv, table, 0);

	if (!context) {
		refuse(why, "no memory for the options");
		return OPTIONS_BAD;
	}
	poptSetOtherOptionHelp(context, "[OPTION...]" TEXT_ABOUT);
	outcome = read_all(context, help, raw, why);
	poptFreeContext(context);
	return outcome;
}

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

/* popt wants tables that it may write to, with the addresses of what it is to
 * set: they are made here, for one command line. */
static enum options_outcome parse(int argc, char **argv, FILE *help,
                                  struct raw *raw, struct options *out,
                                  char why[OPTIONS_WHY_BYTES])
{
	struct ro_design *design = &out->design;
	struct uncertainty *unsure = &out->uncertainty;
	struct poptOption files[] = {
	    TEXT("seas", 's', SEAS,
	         "the seas: CSV with the columns name, salinity_g_per_kg and "
	         "temperature_c (default: those that come with the example)",
	         "FILE"),
	    TEXT("output", 'o', OUTPUT,
	         "the table to write (default: " DEFAULT_OUTPUT
	         ", or " DEFAULT_SAMPLES ")",
	         "FILE"),
	    TEXT("plot", 'p', PICTURE,
	         "also draw: specific energy over salinity and recovery, or "
	         "how it scatters at each sea; with gnuplot",
	         "FILE.png"),
	    TEXT("plot-script", '\0', SCRIPT,
	         "how gnuplot draws it (default: the example's)", "FILE"),
	    POPT_TABLEEND,
	};
	struct poptOption grid[] = {
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
	struct poptOption monte_carlo[] = {
	    WHOLE("monte-carlo", &raw->samples,
	          "plants to draw at each sea; 0: a grid instead"),
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
	struct poptOption plant[] = {
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
	struct poptOption running[] = {
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
	    TEXT("schedule", '\0', SCHEDULE,
	         "who gets which task: static, dynamic or guided (default: as "
	         "COHORT_SCHEDULE says, else dynamic)",
	         "NAME"),
	    POPT_TABLEEND,
	};
	struct poptOption table[] = {
	    GROUP(files, "Files:"),
	    GROUP(grid, "The grid:"),
	    GROUP(monte_carlo, "Plants at random:"),
	    GROUP(plant, "The plant:"),
	    GROUP(running, "The run:"),
	    {"help", '?', POPT_ARG_NONE, NULL, HELP, "show this, and end",
	     NULL},
	    POPT_TABLEEND,
	};

	return read_with(table, argc, argv, help, raw, why);
}

enum options_outcome options_parse(int argc, char **argv, FILE *help,
                                   struct options *out,
                                   char why[OPTIONS_WHY_BYTES])
{
	struct raw raw = {.seed = 1};
	enum options_outcome outcome;

	*out = (struct options){
	    .design = ro_design_typical,
	    .recovery = 0.42,
	    .permeability = 1.5,
	    .uncertainty = uncertainty_typical,
	};
	outcome = parse(argc, argv, help, &raw, out, why);
	if (outcome == OPTIONS_RUN && adopt(&raw, out, why))
		outcome = OPTIONS_BAD;
	for (int i = 0; i < HELP; i++)
		free(raw.texts[i]);
	return outcome;
}

void options_free(struct options *options)
{
	free(options->seas);
	free(options->output);
	free(options->summary);
	free(options->picture);
	free(options->script);
	free(options->journal);
	*options = (struct options){0};
}
