#define _POSIX_C_SOURCE 200809L

#include "options.h"

#include <popt.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_RECOVERIES "0.30:0.60:16"
#define DEFAULT_PERMEABILITIES "1:3:21"
#define DEFAULT_OUTPUT "results.csv"
#define DEFAULT_SEAS RO_HOME "/data/seas.csv"
#define DEFAULT_SCRIPT RO_HOME "/plot.gp"

/* Enough for any sweep, and so few that no product of sizes overflows. */
#define MAX_VALUES 1000

#define ABOUT                                                                \
	"\n\nA sweep of a sea-water reverse osmosis model: every sea of a "  \
	"list, with every\nrecovery and every water permeability of the "    \
	"membrane. Writes one row of CSV for\neach case; cases that cannot " \
	"work say why. COHORT_BACKEND (auto, serial, mp, mpi)\nand "         \
	"COHORT_SIZE say where it runs; the table is the same everywhere."

/* Options with a text, numbered as popt hands them out, and --help. */
enum { TEXT_END, SEAS, OUTPUT, PICTURE, SCRIPT, RECOVERIES, WATER, HELP };

struct texts {
	char *of[HELP];
};

double range_value(const struct range *range, size_t i)
{
	if (range->count == 1)
		return range->low;

	double part = (double)i / (double)(range->count - 1);

	return range->low + part * (range->high - range->low);
}

static int parse_range(const char *option, const char *text,
                       const char *otherwise, struct range *out,
                       char why[OPTIONS_WHY_BYTES])
{
	double low, high;
	long count;
	int end = 0;

	if (!text)
		text = otherwise;
	if (sscanf(text, "%lf:%lf:%ld%n", &low, &high, &count, &end) == 3 &&
	    text[end] == '\0' && isfinite(low) && isfinite(high) &&
	    low <= high && count >= 1 && count <= MAX_VALUES) {
		*out = (struct range){low, high, (size_t)count};
		return 0;
	}
	snprintf(why, OPTIONS_WHY_BYTES,
	         "--%s is \"%.60s\"; it wants LO:HI:N, N values from LO to HI, "
	         "1 to %d of them, as in %s",
	         option, text, MAX_VALUES, otherwise);
	return -1;
}

/* Takes the text over, or a copy of the default. */
static char *text_or(char **text, const char *otherwise)
{
	char *taken = *text ? *text : strdup(otherwise);

	*text = NULL;
	return taken;
}

static int adopt(struct texts *texts, struct options *out,
                 char why[OPTIONS_WHY_BYTES])
{
	out->seas = text_or(&texts->of[SEAS], DEFAULT_SEAS);
	out->output = text_or(&texts->of[OUTPUT], DEFAULT_OUTPUT);
	out->script = text_or(&texts->of[SCRIPT], DEFAULT_SCRIPT);
	out->picture = texts->of[PICTURE];
	texts->of[PICTURE] = NULL;
	if (!out->seas || !out->output || !out->script) {
		snprintf(why, OPTIONS_WHY_BYTES, "no memory for the options");
		return -1;
	}
	if (parse_range("recoveries", texts->of[RECOVERIES], DEFAULT_RECOVERIES,
	                &out->recoveries, why))
		return -1;
	return parse_range("permeabilities", texts->of[WATER],
	                   DEFAULT_PERMEABILITIES, &out->permeabilities, why);
}

static enum options_outcome read_all(poptContext context, FILE *help,
                                     struct texts *texts,
                                     char why[OPTIONS_WHY_BYTES])
{
	int option;

	while ((option = poptGetNextOpt(context)) > 0) {
		if (option == HELP) {
			if (help)
				poptPrintHelp(context, help, 0);
			return OPTIONS_HELP;
		}
		free(texts->of[option]);
		texts->of[option] = poptGetOptArg(context);
	}
	if (option < -1) {
		snprintf(why, OPTIONS_WHY_BYTES, "%.100s: %s; try --help",
		         poptBadOption(context, POPT_BADOPTION_NOALIAS),
		         poptStrerror(option));
		return OPTIONS_BAD;
	}
	if (poptPeekArg(context)) {
		snprintf(why, OPTIONS_WHY_BYTES,
		         "there is no use for \"%.100s\"; try --help",
		         poptPeekArg(context));
		return OPTIONS_BAD;
	}
	return OPTIONS_RUN;
}

enum options_outcome options_parse(int argc, char **argv, FILE *help,
                                   struct options *out,
                                   char why[OPTIONS_WHY_BYTES])
{
	struct texts texts = {{0}};

	*out = (struct options){.design = ro_design_typical};

	struct ro_design *design = &out->design;

#define TEXT(name, letter, id, about, value)                          \
	{                                                             \
		name, letter, POPT_ARG_STRING, NULL, id, about, value \
	}
#define NUMBER(name, field, about, unit)                                 \
	{                                                                \
		name, '\0', POPT_ARG_DOUBLE | POPT_ARGFLAG_SHOW_DEFAULT, \
		    &design->field, 0, about, unit                       \
	}
	const struct poptOption table[] = {
	    TEXT("seas", 's', SEAS,
	         "the seas: CSV with the columns name, salinity_g_per_kg and "
	         "temperature_c (default: those that come with the example)",
	         "FILE"),
	    TEXT("output", 'o', OUTPUT,
	         "the table to write (default: " DEFAULT_OUTPUT ")", "FILE"),
	    TEXT("plot", 'p', PICTURE,
	         "also draw specific energy over salinity and recovery, with "
	         "gnuplot",
	         "FILE.png"),
	    TEXT("plot-script", '\0', SCRIPT,
	         "how gnuplot draws it (default: the example's)", "FILE"),
	    TEXT("recoveries", 'r', RECOVERIES,
	         "product over feed, N values from LO to HI "
	         "(default: " DEFAULT_RECOVERIES ")",
	         "LO:HI:N"),
	    TEXT("permeabilities", 'a', WATER,
	         "the membrane's for water at 25 C, L/(m2 h bar) "
	         "(default: " DEFAULT_PERMEABILITIES ")",
	         "LO:HI:N"),
	    NUMBER("salt-permeability", salt_permeability,
	           "the membrane's for salt at 25 C", "L/(m2 h)"),
	    NUMBER("elements", elements, "elements in a vessel", "NUMBER"),
	    NUMBER("area", element_area, "membrane area of an element", "m2"),
	    NUMBER("feed", feed_flow, "feed flow into a vessel", "m3/h"),
	    NUMBER("max-pressure", max_pressure, "what the membrane bears",
	           "bar"),
	    NUMBER("pump-efficiency", pump_efficiency, "of the pumps",
	           "FRACTION"),
	    NUMBER("exchanger-efficiency", exchanger_efficiency,
	           "of the pressure exchanger; 0: there is none", "FRACTION"),
	    NUMBER("cells", cells, "integration steps in an element", "NUMBER"),
	    {"help", '?', POPT_ARG_NONE, NULL, HELP, "show this, and end",
	     NULL},
	    POPT_TABLEEND,
	};
#undef TEXT
#undef NUMBER
	poptContext context =
	    poptGetContext(NULL, argc, (const char **)argv, table, 0);
	enum options_outcome outcome = OPTIONS_BAD;

	if (!context) {
		snprintf(why, OPTIONS_WHY_BYTES, "no memory for the options");
		return OPTIONS_BAD;
	}
	poptSetOtherOptionHelp(context, "[OPTION...]" ABOUT);
	outcome = read_all(context, help, &texts, why);
	if (outcome == OPTIONS_RUN && adopt(&texts, out, why))
		outcome = OPTIONS_BAD;
	for (int i = 0; i < HELP; i++)
		free(texts.of[i]);
	poptFreeContext(context);
	return outcome;
}

void options_free(struct options *options)
{
	free(options->seas);
	free(options->output);
	free(options->picture);
	free(options->script);
	*options = (struct options){0};
}
