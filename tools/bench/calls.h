/* The calls that are timed. */
#ifndef TOOLS_BENCH_CALLS_H
#define TOOLS_BENCH_CALLS_H

#include <cohort.h>

#include <stdbool.h>
#include <stddef.h>

/* name, what its size counts */
#define BENCH_CALL_MAP(X)           \
	X(barrier, NOTHING)         \
	X(bcast, BYTES)             \
	X(gatherv, BYTES)           \
	X(allgatherv, BYTES)        \
	X(allreduce, FLOATS)        \
	X(bcast_object, BYTES)      \
	X(allgather_objects, BYTES) \
	X(task, TASKS)

enum bench_unit {
	BENCH_NOTHING, /* the call has no size */
	BENCH_BYTES,
	BENCH_FLOATS, /* bytes, which hold floats */
	BENCH_TASKS
};

enum {
#define BENCH_ENUM(name, unit) BENCH_CALL_##name,
	BENCH_CALL_MAP(BENCH_ENUM)
#undef BENCH_ENUM
	    BENCH_CALLS
};

/* What a call needs, on this rank. */
struct bench_data {
	cohort *group;
	size_t size; /* in the call's unit */
	unsigned char *send;
	unsigned char *recv; /* room for what all ranks send */
	size_t *counts;      /* `size`, once for each rank */
};

struct bench_call {
	const char *name;
	enum bench_unit unit;
	cohort_status (*run)(const struct bench_data *data);
};

extern const struct bench_call bench_calls[BENCH_CALLS];

/* Bytes of data->recv that the call writes on some rank. */
size_t bench_recv_bytes(const struct bench_call *call, size_t size, int ranks);

#endif
