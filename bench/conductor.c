/*
 * Gives the contenders their turns (turns.h):
 *
 *	bench-conductor [--limit SECONDS] PATH CONTENDER:RANKS...
 *
 * Once all are there it goes round, A B C and then C B A, and gives a turn to
 * each contender that is at the least measure of all; the others have done it.
 * A contender that has not come within the limit, or has a turn that is longer,
 * is out, which stderr says, and is killed. Ends when all have.
 */
#include "crowd.h"
#include "machine.h"

#include <popt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct crowd crowd;
static double limit = 60;

/* Wait until all ranks of a contender are ready. */
static void wait_for(struct contender *contender, double deadline,
                     const char *what)
{
	while (!contender->out && contender->ready < contender->ranks) {
		if (crowd_look(&crowd, deadline))
			continue;
		fprintf(stderr, "%s: %s took more than %g s\n", contender->name,
		        what, limit);
		crowd_dismiss(&crowd, contender, STOP_THEM);
	}
}

static void start(void)
{
	const double deadline = machine_seconds() + limit;

	for (int i = 0; i < crowd.contender_count; i++)
		wait_for(&crowd.contenders[i], deadline, "its start");
}

/* False if nobody is left. */
static bool least_measure(uint64_t *least)
{
	bool any = false;

	for (int i = 0; i < crowd.contender_count; i++) {
		const struct contender *contender = &crowd.contenders[i];
		if (contender->out || (any && contender->measure >= *least))
			continue;
		*least = contender->measure;
		any = true;
	}
	return any;
}

static void go_round(uint64_t measure, bool backwards)
{
	const int last = crowd.contender_count - 1;

	for (int i = 0; i <= last; i++) {
		struct contender *contender =
		    &crowd.contenders[backwards ? last - i : i];
		if (contender->out || contender->measure != measure)
			continue;
		crowd_go(&crowd, contender);
		wait_for(contender, machine_seconds() + limit, "a turn");
	}
}

static _Noreturn void refuse(const char *what)
{
	fprintf(stderr, "%s: PATH CONTENDER:RANKS... are wanted; try --help\n",
	        what);
	exit(EXIT_FAILURE);
}

static void expect(const char *text)
{
	const char *colon = strrchr(text, ':');
	const long ranks = colon ? strtol(colon + 1, NULL, 10) : 0;

	if (ranks < 1 || ranks > PEERS_MOST ||
	    colon - text >= TURNS_NAME_BYTES ||
	    crowd.contender_count == CONTENDERS_MOST)
		refuse(text);
	struct contender *contender =
	    &crowd.contenders[crowd.contender_count++];
	memcpy(contender->name, text, (size_t)(colon - text));
	contender->ranks = (int)ranks;
}

int main(int argc, char **argv)
{
	const struct poptOption table[] = {
	    {"limit", '\0', POPT_ARG_DOUBLE | POPT_ARGFLAG_SHOW_DEFAULT, &limit,
	     0, "what a start and a turn may take", "SECONDS"},
	    POPT_AUTOHELP POPT_TABLEEND};
	poptContext context =
	    poptGetContext(NULL, argc, (const char **)argv, table, 0);
	bool backwards = false;
	uint64_t measure = 0;

	poptSetOtherOptionHelp(context, "[OPTION...] PATH CONTENDER:RANKS...");
	if (poptGetNextOpt(context) < -1 || limit <= 0 || limit > 1e6)
		refuse("options");
	const char *path = poptGetArg(context);
	for (const char *text; (text = poptGetArg(context));)
		expect(text);
	if (!path || crowd.contender_count == 0)
		refuse("no contender");
	if (!crowd_open(&crowd, path))
		return EXIT_FAILURE;
	for (start(); least_measure(&measure); backwards = !backwards)
		go_round(measure, backwards);
	poptFreeContext(context);
	return EXIT_SUCCESS;
}
