/* One launch of one contender. */
#include "distance.h"
#include "options.h"
#include "transport.h"
#include "turns.h"

#include <stdio.h>
#include <stdlib.h>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_ZERO_STATS ((void)0)
#define CALLGRIND_DUMP_STATS_AT(text) ((void)(text))
#endif

static const size_t page = 4096;
static const size_t rooted_bytes = 65536;

/* Blocks of the same number, of the same launch, are one round. */
static void print_blocks(const struct options *options, const char *call,
                         size_t bytes, const struct blocks *blocks)
{
	if (transport.rank() != 0)
		return;
	for (int i = 0; i < blocks->count; i++) {
		printf("%s,%d,%d,%s,%zu,%.4f", options->contender,
		       options->launch * 1000 + i, transport.size(), call,
		       bytes, blocks->seconds[i] * 1e6);
		if (options->effort.trips)
			printf(",%.4f,%.4f", blocks->trips[i] * 1e6,
			       blocks->trips[i + 1] * 1e6);
		puts("");
	}
	fflush(stdout);
}

static void print_number(const struct options *options, int size,
                         const char *what, double number)
{
	printf("%s,%d,%d,%s,0,%.4f\n", options->contender,
	       options->launch * 1000, size, what, number);
}

static void *take(const struct options *options, size_t bytes)
{
	const size_t rounded = (bytes + page - 1) / page * page;
	void *memory = options->alloc ? transport.alloc(rounded)
	                              : aligned_alloc(page, rounded);

	if (memory)
		return memory;
	fprintf(stderr, "there is no memory for a buffer of %zu bytes\n",
	        rounded);
	transport.abort();
	abort();
}

static void give_back(const struct options *options, void *memory)
{
	if (options->alloc)
		transport.free(memory);
	else
		free(memory);
}

/* With every root, or where that is much work with the first and the last. */
static void verify(const struct call *call, const struct buffers *b)
{
	const int last = b->size - 1;
	const bool few = b->count * sizeof(double) > rooted_bytes;

	for (int root = 0; root < b->size; root++) {
		if (root > 0 && root < last && few)
			continue;
		if (root > 0 && !call->has_root)
			continue;
		if (!call_comes_right(call, b, root))
			transport.abort();
	}
}

static void count_instructions(const struct options *options,
                               const struct call *call, const struct buffers *b)
{
	char text[64];

	snprintf(text, sizeof(text), "%s %zu", call->name,
	         b->count * sizeof(double));
	measure_loop(call, b, 16);
	transport.barrier();
	CALLGRIND_ZERO_STATS;
	measure_loop(call, b, (size_t)options->instructions);
	CALLGRIND_DUMP_STATS_AT(text);
}

/* How often ranks gave up their cores or lost them, in a call, all ranks together. */
static void count_switches(const struct options *options,
                           const struct call *call, const struct buffers *b)
{
	char text[64];
	double all;

	snprintf(text, sizeof(text), "switches:%s:%zu", call->name,
	         b->count * sizeof(double));
	measure_loop(call, b, 16);
	transport.barrier();
	double mine = machine_switches();
	measure_loop(call, b, (size_t)options->switches);
	mine = machine_switches() - mine;
	transport.allreduce(&mine, &all, 1);
	if (b->rank == 0)
		print_number(options, b->size, text, all / options->switches);
}

static void time_call(const struct options *options, const struct call *call,
                      const struct buffers *b)
{
	struct blocks blocks;

	verify(call, b);
	measure(call, b, &options->effort, &blocks);
	verify(call, b);
	print_blocks(options, call->name, b->count * sizeof(double), &blocks);
}

static void run(const struct options *options, const struct call *call,
                size_t bytes)
{
	struct buffers b = {
	    .count = bytes / sizeof(double),
	    .rank = transport.rank(),
	    .size = transport.size(),
	    .rewritten = !options->same_buffers,
	};
	const size_t ranks = (size_t)b.size;
	const size_t received = call->recvs_of_all ? ranks * bytes : bytes;

	if ((double)ranks * (double)(bytes + received) > options->memory) {
		if (b.rank == 0)
			fprintf(stderr,
			        "left out: %s of %zu bytes from %d ranks, "
			        "which is more than --memory\n",
			        call->name, bytes, b.size);
		return;
	}
	turns_first(turns_measure((size_t)(call - calls), bytes));
	b.send = take(options, bytes);
	b.recv = take(options, received);
	transport.plan(b.count);
	if (options->mode == MODE_INSTRUCTIONS)
		count_instructions(options, call, &b);
	else if (options->mode == MODE_SWITCHES)
		count_switches(options, call, &b);
	else
		time_call(options, call, &b);
	give_back(options, b.send);
	give_back(options, b.recv);
}

static void run_all(const struct options *options)
{
	for (const struct call *call = calls; call->name; call++) {
		if (!options_list(options->calls, call->name))
			continue;
		if (!call->has_data) {
			run(options, call, 0);
			continue;
		}
		for (size_t i = 0; i < options->sizes; i++)
			run(options, call, options->bytes[i]);
	}
}

/* The memory of a rank, on average, after all have met; in KiB. */
static void print_memory(const struct options *options, double before)
{
	const double mine = machine_memory();
	double all;

	transport.allreduce(&mine, &all, 1);
	if (transport.rank() != 0)
		return;
	print_number(options, transport.size(), "memory",
	             all / transport.size());
	print_number(options, transport.size(), "own", before);
}

static void print_about(void)
{
	char text[ABOUT_BYTES];

	transport.about(text);
	puts(text);
}

int main(int argc, char **argv)
{
	const struct options options = options_read(argc, argv);

	if (options.mode == MODE_ABOUT) {
		print_about();
		return EXIT_SUCCESS;
	}
	machine_cores();
	const double memory = machine_memory();
	const double start = machine_seconds();
	transport.open();
	const double opened = machine_seconds();
	transport.barrier();
	if (options.pin && machine_pin(transport.rank()))
		perror("cannot keep a rank on one core");
	const bool tells =
	    options.mode == MODE_TIMES || options.mode == MODE_OPEN;
	const bool prints = tells && transport.rank() == 0;
	const int size = transport.size();
	if (prints)
		print_number(&options, size, "open", (opened - start) * 1e6);
	if (tells)
		print_memory(&options, memory);
	if (options.effort.trips)
		distance_open();
	turns_open(options.turns, options.contender);
	if (options.mode == MODE_TIMES || options.mode == MODE_INSTRUCTIONS ||
	    options.mode == MODE_SWITCHES)
		run_all(&options);
	turns_first(TURNS_END);
	transport.barrier();
	const double closing = machine_seconds();
	transport.close();
	const double closed = machine_seconds();
	if (prints)
		print_number(&options, size, "close", (closed - closing) * 1e6);
	return EXIT_SUCCESS;
}
