#define _POSIX_C_SOURCE 200809L

#include "options.h"
#include "options_table.h"
#include "options_text.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

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
	    between("retries", options->retries, 0, 1000, why) ||
	    between("until", raw->until, 0, 1e9, why) ||
	    between("deadline", options->deadline, 0, 1e9, why))
		return -1;
	if (raw->until > 0 && raw->samples == 0)
		return refuse(why, "--until counts samples: it needs "
		                   "--monte-carlo");
	if (raw->rerun_failed && !raw->texts[JOURNAL])
		return refuse(why, "--rerun-failed needs --journal");
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
	out->until = (size_t)raw->until;
	out->follow = raw->follow || out->until > 0;
	out->rerun_failed = raw->rerun_failed;
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

enum options_outcome options_parse(int argc, char **argv, FILE *help,
                                   struct options *out,
                                   char why[OPTIONS_WHY_BYTES])
{
	struct raw raw = {.seed = 1};
	struct options_table table;
	enum options_outcome outcome;

	*out = (struct options){
	    .design = ro_design_typical,
	    .recovery = 0.42,
	    .permeability = 1.5,
	    .uncertainty = uncertainty_typical,
	};
	options_table_make(&table, &raw, out);
	outcome = read_with(table.all, argc, argv, help, &raw, why);
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
