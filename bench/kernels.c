/*
 * The library's loops over data, compiled for every processor ("narrow") and
 * for those with vectors of 32 bytes ("wide"), on data that this core has in
 * its caches as far as they fit: what clones.h decides between.
 *
 *	OP:TYPE:narrow, OP:TYPE:wide      op.c, bytes of each operand
 *	copy:plain:narrow, ...:wide       copy.c; past: nontemporal
 *	copy:plain:memcpy                 the C library's
 *
 * In the form of bench/main.c; with --instructions, under callgrind, a dump for
 * each and no rows. bench/kernels.sh makes tables of both.
 */
#include "machine.h"

#include <cohort.h>
#include <popt.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_ZERO_STATS ((void)0)
#define CALLGRIND_DUMP_STATS_AT(text) ((void)(text))
#endif

enum { BLOCKS = 7, WIDTHS = 3, PAGE = 4096 };

/* op.c and copy.c, twice each, under these names. */
typedef void combine_function(cohort_op op, cohort_type type, void *to,
                              const void *left, const void *right,
                              size_t count);
typedef bool applies_function(cohort_op op, cohort_type type);
typedef void copy_function(void *to, const void *from, size_t bytes);
combine_function narrow_op_combine, wide_op_combine;
applies_function narrow_op_applies;
copy_function narrow_shm_copy, wide_shm_copy;
copy_function narrow_shm_copy_nontemporal, wide_shm_copy_nontemporal;

static const char *const widths[WIDTHS] = {"narrow", "wide", "memcpy"};

/* One loop, in two widths or three. */
struct kernel {
	char name[32];
	cohort_op op;
	cohort_type type;
	combine_function *combine[WIDTHS];
	copy_function *copy[WIDTHS];
};

struct operands {
	unsigned char *to, *left, *right;
	size_t bytes;
};

static int instructions;

static void call(const struct kernel *kernel, int width,
                 const struct operands *data)
{
	if (kernel->copy[width])
		kernel->copy[width](data->to, data->left, data->bytes);
	else
		kernel->combine[width](
		    kernel->op, kernel->type, data->to, data->left, data->right,
		    data->bytes / cohort_type_size(kernel->type));
}

static double time_block(const struct kernel *kernel, int width,
                         const struct operands *data, size_t count)
{
	const double start = machine_seconds();

	for (size_t i = 0; i < count; i++)
		call(kernel, width, data);
	return (machine_seconds() - start) / (double)count;
}

static void count_one(const struct kernel *kernel, int width,
                      const struct operands *data)
{
	char text[64];

	snprintf(text, sizeof(text), "%s:%s %zu", kernel->name, widths[width],
	         data->bytes);
	call(kernel, width, data);
	CALLGRIND_ZERO_STATS;
	call(kernel, width, data);
	CALLGRIND_DUMP_STATS_AT(text);
}

/* The widths take turns, so that a machine that slows down does not favour
 * one. */
static void time_one(const struct kernel *kernel, const struct operands *data)
{
	const size_t count = 4 * 1000 * 1000 / data->bytes + 1;
	double seconds[WIDTHS][BLOCKS];

	for (int i = 0; i < BLOCKS; i++)
		for (int w = 0; w < WIDTHS; w++)
			if (kernel->copy[w] || kernel->combine[w])
				seconds[w][i] =
				    time_block(kernel, w, data, count);
	for (int w = 0; w < WIDTHS; w++) {
		if (!kernel->copy[w] && !kernel->combine[w])
			continue;
		const struct summary s = machine_summary(seconds[w], BLOCKS);
		printf("kernel,1,1,%s:%s,%zu,%.4f,%.4f,%.4f\n", kernel->name,
		       widths[w], data->bytes, s.median * 1e6, s.least * 1e6,
		       s.p90 * 1e6);
	}
	fflush(stdout);
}

static void measure(const struct kernel *kernel, const struct operands *data)
{
	if (!instructions) {
		time_one(kernel, data);
		return;
	}
	for (int w = 0; w < WIDTHS; w++)
		if (kernel->copy[w] || kernel->combine[w])
			count_one(kernel, w, data);
}

static void measure_operators(const struct operands *data)
{
	static const char *const ops[] = {"SUM", "PROD", "MIN", "MAX", "LAND",
	                                  "LOR", "BAND", "BOR", "BXOR"};
	static const char *const types[] = {
	    "INT8",   "UINT8", "INT16",  "UINT16", "INT32",
	    "UINT32", "INT64", "UINT64", "FLOAT",  "DOUBLE"};
	enum { OPS = sizeof(ops) / sizeof(*ops) };
	enum { TYPES = sizeof(types) / sizeof(*types) };

	for (int op = 0; op < OPS; op++)
		for (int type = 0; type < TYPES; type++) {
			struct kernel kernel = {
			    .op = (cohort_op)op,
			    .type = (cohort_type)type,
			    .combine = {narrow_op_combine, wide_op_combine}};
			snprintf(kernel.name, sizeof(kernel.name), "%s:%s",
			         ops[op], types[type]);
			if (narrow_op_applies(kernel.op, kernel.type))
				measure(&kernel, data);
		}
}

static void copy_by_library(void *to, const void *from, size_t bytes)
{
	memcpy(to, from, bytes);
}

static void measure_copies(const struct operands *data)
{
	static const struct kernel kernels[] = {
	    {.name = "copy:plain",
	     .copy = {narrow_shm_copy, wide_shm_copy, copy_by_library}},
	    {.name = "copy:past",
	     .copy = {narrow_shm_copy_nontemporal, wide_shm_copy_nontemporal}},
	};

	measure(&kernels[0], data);
	measure(&kernels[1], data);
}

/* Floats in it stay ordinary numbers, whatever is done to them once. */
static unsigned char *allocate(size_t bytes)
{
	unsigned char *memory = aligned_alloc(PAGE, bytes);

	if (!memory) {
		perror("aligned_alloc");
		exit(EXIT_FAILURE);
	}
	for (size_t i = 0; i < bytes; i++)
		memory[i] = i % 4 == 3 ? 0x3f : (unsigned char)(i * 7);
	return memory;
}

/* The three lie at different places of their pages: what is written is not
 * taken for what is about to be read. */
static void measure_size(size_t bytes)
{
	const size_t room = (bytes / PAGE + 2) * PAGE;
	unsigned char *memory = allocate(3 * room);
	const struct operands data = {memory, memory + room + PAGE / 4,
	                              memory + 2 * room + PAGE / 2, bytes};

	measure_operators(&data);
	measure_copies(&data);
	free(memory);
}

int main(int argc, char **argv)
{
	char *sizes = NULL;
	const struct poptOption table[] = {
	    {"bytes", 'b', POPT_ARG_STRING, &sizes, 0, "sizes", "BYTES,..."},
	    {"instructions", 'i', POPT_ARG_NONE, &instructions, 0,
	     "for callgrind: one call of each", NULL},
	    POPT_AUTOHELP POPT_TABLEEND};
	poptContext context =
	    poptGetContext(NULL, argc, (const char **)argv, table, 0);
	const int code = poptGetNextOpt(context);

	if (code < -1 || poptPeekArg(context)) {
		fprintf(stderr, "%s: try --help\n", argv[0]);
		return EXIT_FAILURE;
	}
	poptFreeContext(context);
	machine_cores();
	machine_pin(0);
	for (const char *at = sizes ? sizes : "1024,8192,65536,1048576"; *at;) {
		char *end;
		const size_t bytes = (size_t)strtoull(at, &end, 10);
		if (end == at || bytes == 0 || bytes % 64) {
			fprintf(stderr, "--bytes: multiples of 64\n");
			return EXIT_FAILURE;
		}
		measure_size(bytes);
		at = end + (*end == ',');
	}
	return EXIT_SUCCESS;
}
