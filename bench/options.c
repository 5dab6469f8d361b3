#include "options.h"

#include <popt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ABOUT                                                              \
	"\n\nTime the collectives of the library that this program is "    \
	"linked with. One line of CSV for\neach block of calls, on rank "  \
	"0: contender, 1000 x launch + block, ranks, call,\nbytes per "    \
	"rank, microseconds per call; with --trips also the microseconds " \
	"that a cache\nline's trip took before and after the block. See "  \
	"docs/performance.md."

#define DEFAULT_BYTES "8,8192,65536,1048576,16777216"

static const double mebi = 1024.0 * 1024.0;

static _Noreturn void refuse(const char *why, const char *what)
{
	fprintf(stderr, "%s: %s; try --help\n", what, why);
	exit(EXIT_FAILURE);
}

bool options_list(const char *names, const char *name)
{
	const size_t length = strlen(name);

	if (!names)
		return true;
	for (const char *at = names; (at = strstr(at, name)); at += length) {
		const bool begins = at == names || at[-1] == ',';
		const bool ends = at[length] == ',' || at[length] == '\0';
		if (begins && ends)
			return true;
	}
	return false;
}

static void read_calls(const char *text)
{
	size_t known = 0;
	size_t given = text ? 1 : 0;

	for (const struct call *call = calls; call->name; call++)
		known += text && options_list(text, call->name);
	for (const char *c = text; c && *c; c++)
		given += *c == ',';
	if (known != given)
		refuse("barrier, bcast, gatherv, allgatherv or allreduce, with "
		       "commas between",
		       "--calls");
}

static void read_bytes(const char *text, struct options *out)
{
	char *end;

	for (const char *at = text; *at; at = end + (*end == ',')) {
		const unsigned long long bytes = strtoull(at, &end, 10);
		if (end == at || (*end && *end != ',') || bytes == 0 ||
		    bytes % sizeof(double) || out->sizes == SIZES_MOST)
			refuse("multiples of 8, with commas between",
			       "--bytes");
		out->bytes[out->sizes++] = (size_t)bytes;
	}
}

/* Numbers as they are written, before they are checked. */
struct raw {
	char *contender;
	char *calls;
	char *bytes;
	char *turns;
	double block_ms;
	double seconds;
	double memory_mib;
	int free_ranks;
	int alloc;
	int same_buffers;
	int trips;
	int start;
	int open;
	int about;
};

static void parse(poptContext context)
{
	const int code = poptGetNextOpt(context);

	if (code < -1)
		refuse(poptStrerror(code),
		       poptBadOption(context, POPT_BADOPTION_NOALIAS));
	if (poptPeekArg(context))
		refuse("there is no use for it", poptPeekArg(context));
}

static void adopt(const struct raw *raw, struct options *out)
{
	const struct effort *effort = &out->effort;

	if (raw->block_ms <= 0 || raw->seconds <= 0 || raw->memory_mib <= 0)
		refuse("more than 0", "--block-ms, --seconds, --memory");
	if (effort->blocks < 1 || effort->blocks > BLOCKS_MOST)
		refuse("1 to 200", "--blocks");
	if (out->instructions < 0 || out->switches < 0)
		refuse("0 or more", "--instructions, --switches");
	read_calls(raw->calls);
	read_bytes(raw->bytes ? raw->bytes : DEFAULT_BYTES, out);
	out->contender = raw->contender ? raw->contender : "";
	out->calls = raw->calls;
	out->effort.block_seconds = raw->block_ms / 1e3;
	out->effort.seconds = raw->seconds;
	out->turns = raw->turns;
	out->memory = raw->memory_mib * mebi;
	out->pin = !raw->free_ranks;
	out->alloc = raw->alloc;
	out->same_buffers = raw->same_buffers;
	out->effort.trips = raw->trips;
	if (raw->about)
		out->mode = MODE_ABOUT;
	else if (raw->start)
		out->mode = MODE_START;
	else if (raw->open)
		out->mode = MODE_OPEN;
	else if (out->instructions > 0)
		out->mode = MODE_INSTRUCTIONS;
	else if (out->switches > 0)
		out->mode = MODE_SWITCHES;
}

#define SHOWN POPT_ARGFLAG_SHOW_DEFAULT

struct options options_read(int argc, char **argv)
{
	struct options out = {.launch = 1, .effort = {.blocks = 15}};
	struct raw raw = {.block_ms = 10, .seconds = 0.2, .memory_mib = 2048};
	const struct poptOption table[] = {
	    {"contender", 'c', POPT_ARG_STRING, &raw.contender, 0,
	     "the first column", "NAME"},
	    {"launch", 'l', POPT_ARG_INT | SHOWN, &out.launch, 0,
	     "for the second column", "NUMBER"},
	    {"calls", '\0', POPT_ARG_STRING, &raw.calls, 0,
	     "these only: barrier, bcast, gatherv, allgatherv, allreduce",
	     "NAME,..."},
	    {"bytes", 'b', POPT_ARG_STRING, &raw.bytes, 0,
	     "sizes, each rank's (default: " DEFAULT_BYTES ")", "BYTES,..."},
	    {"blocks", '\0', POPT_ARG_INT | SHOWN, &out.effort.blocks, 0,
	     "blocks of calls, at most", "NUMBER"},
	    {"block-ms", '\0', POPT_ARG_DOUBLE | SHOWN, &raw.block_ms, 0,
	     "what a block is to take", "MS"},
	    {"seconds", '\0', POPT_ARG_DOUBLE | SHOWN, &raw.seconds, 0,
	     "what all blocks of a call and size may take; three are made in "
	     "any case",
	     "SECONDS"},
	    {"memory", '\0', POPT_ARG_DOUBLE | SHOWN, &raw.memory_mib, 0,
	     "what all ranks' buffers may take; larger sizes are left out",
	     "MIB"},
	    {"turns", '\0', POPT_ARG_STRING, &raw.turns, 0,
	     "wait for the turns that bench-conductor gives there", "PATH"},
	    {"no-pin", '\0', POPT_ARG_NONE, &raw.free_ranks, 0,
	     "do not keep each rank on one core", NULL},
	    {"alloc", '\0', POPT_ARG_NONE, &raw.alloc, 0,
	     "buffers from cohort_alloc, or MPI_Alloc_mem", NULL},
	    {"same-buffers", '\0', POPT_ARG_NONE, &raw.same_buffers, 0,
	     "do not rewrite the data before each call", NULL},
	    {"trips", '\0', POPT_ARG_NONE, &raw.trips, 0,
	     "with two ranks, measure between blocks how far apart their cores "
	     "are",
	     NULL},
	    {"start", '\0', POPT_ARG_NONE, &raw.start, 0,
	     "only open, one barrier, close", NULL},
	    {"open", '\0', POPT_ARG_NONE, &raw.open, 0,
	     "the same, with rows of what that took and holds", NULL},
	    {"instructions", '\0', POPT_ARG_INT, &out.instructions, 0,
	     "instead of timing, make each call so often, with callgrind "
	     "counting (see bench/instructions)",
	     "CALLS"},
	    {"switches", '\0', POPT_ARG_INT, &out.switches, 0,
	     "instead of timing, make each call so often, and count how often "
	     "a core went from one process to another",
	     "CALLS"},
	    {"about", '\0', POPT_ARG_NONE, &raw.about, 0,
	     "name the library, and end", NULL},
	    POPT_AUTOHELP POPT_TABLEEND};
	poptContext context =
	    poptGetContext(NULL, argc, (const char **)argv, table, 0);

	if (!context)
		refuse("no memory for the options", "bench");
	poptSetOtherOptionHelp(context, "[OPTION...]" ABOUT);
	parse(context);
	poptFreeContext(context);
	adopt(&raw, &out);
	return out;
}
