/*
 * The operations. Each rank draws the arguments that must be the same on all
 * ranks, then its own (which memory, which offset), makes the call, and checks
 * every byte that the call wrote. Then it overwrites at once the data that it
 * sent: a call that has returned must not read them any more.
 */
#include "draws.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void make_barrier(struct run *run)
{
	run_must(run, cohort_barrier(run->group));
	run_check_arrived(run);
}

static void make_bcast(struct run *run)
{
	const int root = draw_root(run);
	const cohort_type type = draw_type(&run->all);
	const size_t width = cohort_type_size(type);
	const size_t count = draw_bytes(run, &run->all) / width;
	unsigned char *data =
	    draw_memory(run)->recv + dice_below(&run->own, SHIFT_MOST);

	if (run->rank == root)
		data_fill(data, count * width, data_key(run, root));
	else
		data_spoil(data, count * width);
	run_must(run, cohort_bcast(run->group, data, count, type, root));
	data_check(run, data, count * width, data_key(run, root), "data");
	data_spoil(data, count * width);
}

static void check_parts(const struct run *run, const unsigned char *recv,
                        size_t width)
{
	for (int r = 0; r < run->size; r++) {
		char what[40];
		snprintf(what, sizeof(what), "the part of rank %d", r);
		data_check(run, recv, run->counts[r] * width, data_key(run, r),
		           what);
		recv += run->counts[r] * width;
	}
}

/* A receive buffer, filled with bytes that no rank sends, and this rank's part
 * where the call reads it. */
struct parts {
	unsigned char *recv;
	const void *send; /* as it is passed */
	unsigned char *part;
	size_t bytes; /* of the part */
	size_t total;
};

static struct parts draw_parts(struct run *run, size_t total, size_t width,
                               bool receives)
{
	const struct memory *memory = draw_memory(run);
	const size_t shift = dice_below(&run->own, SHIFT_MOST);
	const bool in_place = dice_once(&run->own, 4) && receives;
	struct parts parts = {
	    .recv = memory->recv + shift,
	    .part = memory->send + shift,
	    .bytes = run->counts[run->rank] * width,
	    .total = total,
	};

	if (receives)
		data_spoil(parts.recv, total);
	if (in_place) {
		parts.part = parts.recv;
		for (int r = 0; r < run->rank; r++)
			parts.part += run->counts[r] * width;
	}
	parts.send = in_place ? COHORT_IN_PLACE : parts.part;
	data_fill(parts.part, parts.bytes, data_key(run, run->rank));
	return parts;
}

static void make_gatherv(struct run *run)
{
	const int root = draw_root(run);
	const cohort_type type = draw_type(&run->all);
	const size_t width = cohort_type_size(type);
	const bool is_root = run->rank == root;
	const size_t total = draw_counts(run, width);
	const struct parts parts = draw_parts(run, total, width, is_root);

	run_must(run,
	         cohort_gatherv(run->group, parts.send, run->counts[run->rank],
	                        is_root ? parts.recv : NULL,
	                        is_root ? run->counts : NULL, type, root));
	if (is_root)
		check_parts(run, parts.recv, width);
	data_spoil(parts.part, parts.bytes);
}

static void make_allgatherv(struct run *run)
{
	const cohort_type type = draw_type(&run->all);
	const size_t width = cohort_type_size(type);
	const size_t total = draw_counts(run, width);
	const struct parts parts = draw_parts(run, total, width, true);

	run_must(run, cohort_allgatherv(run->group, parts.send,
	                                run->counts[run->rank], parts.recv,
	                                run->counts, type));
	run_check_arrived(run);
	check_parts(run, parts.recv, width);
	data_spoil(parts.part, parts.bytes);
}

static void put_number(void *at, uint64_t number, cohort_type type)
{
	const uint8_t byte = (uint8_t)number;
	const uint32_t word = (uint32_t)number;
	const float single = (float)number;
	const double twice = (double)number;
	const void *from = type == COHORT_UINT8    ? (const void *)&byte
	                   : type == COHORT_UINT32 ? (const void *)&word
	                   : type == COHORT_FLOAT  ? (const void *)&single
	                   : type == COHORT_DOUBLE ? (const void *)&twice
	                                           : (const void *)&number;

	memcpy(at, from, cohort_type_size(type));
}

static uint64_t combine(cohort_op op, uint64_t a, uint64_t b)
{
	switch (op) {
	case COHORT_MIN:
		return b < a ? b : a;
	case COHORT_MAX:
		return b > a ? b : a;
	case COHORT_BXOR:
		return a ^ b;
	default:
		return a + b;
	}
}

static void check_reduction(const struct run *run, const unsigned char *recv,
                            size_t count, cohort_type type, cohort_op op)
{
	const size_t width = cohort_type_size(type);
	uint64_t keys[RANKS_MOST];

	for (int r = 0; r < run->size; r++)
		keys[r] = data_key(run, r);
	for (size_t i = 0; i < count; i++) {
		unsigned char wanted[sizeof(uint64_t)];
		uint64_t number = data_number(keys[0], i, type);
		for (int r = 1; r < run->size; r++)
			number =
			    combine(op, number, data_number(keys[r], i, type));
		put_number(wanted, number, type);
		if (memcmp(recv + i * width, wanted, width))
			run_fail(run, "element %zu of %zu is wrong", i, count);
	}
}

static void make_allreduce(struct run *run)
{
	static const cohort_op ops[] = {COHORT_SUM, COHORT_MIN, COHORT_MAX,
	                                COHORT_BXOR};
	const cohort_type type = draw_type(&run->all);
	const bool whole = type != COHORT_FLOAT && type != COHORT_DOUBLE;
	const cohort_op op = ops[dice_below(&run->all, whole ? 4 : 3)];
	const size_t width = cohort_type_size(type);
	const size_t count = draw_bytes(run, &run->all) / width;
	const struct memory *memory = draw_memory(run);
	const size_t shift = dice_below(&run->own, SHIFT_MOST);
	const bool in_place = dice_once(&run->own, 3);
	unsigned char *recv = memory->recv + shift;
	unsigned char *send = in_place ? recv : memory->send + shift;
	const uint64_t key = data_key(run, run->rank);

	data_spoil(recv, count * width);
	for (size_t i = 0; i < count; i++)
		put_number(send + i * width, data_number(key, i, type), type);
	run_must(run,
	         cohort_allreduce(run->group, in_place ? COHORT_IN_PLACE : send,
	                          recv, count, type, op));
	run_check_arrived(run);
	check_reduction(run, recv, count, type, op);
	data_spoil(send, count * width);
}

static void make_bcast_object(struct run *run)
{
	const int root = draw_root(run);
	const size_t bytes = draw_bytes(run, &run->all);
	cohort_blob object = {run->plain.send, bytes};

	if (run->rank == root)
		data_fill(object.data, bytes, data_key(run, root));
	run_must(run, cohort_bcast_object(run->group, &object, root));
	if (object.bytes != bytes)
		run_fail(run, "the object has %zu bytes, not %zu", object.bytes,
		         bytes);
	data_check(run, object.data, bytes, data_key(run, root), "the object");
	if (run->rank != root)
		free(object.data);
}

static void make_allgather_objects(struct run *run)
{
	cohort_blob *all;

	draw_counts(run, 1);
	const size_t bytes = run->counts[run->rank];
	data_fill(run->plain.send, bytes, data_key(run, run->rank));
	run_must(run,
	         cohort_allgather_objects(
	             run->group, (cohort_blob){run->plain.send, bytes}, &all));
	run_check_arrived(run);
	data_spoil(run->plain.send, bytes);
	for (int r = 0; r < run->size; r++) {
		if (all[r].bytes != run->counts[r])
			run_fail(run, "object %d has %zu bytes, not %zu", r,
			         all[r].bytes, run->counts[r]);
		data_check(run, all[r].data, all[r].bytes, data_key(run, r),
		           "an object");
	}
	free(all);
}

/* Memory that each rank allocates for one call, and frees after it: its pages
 * are dropped. */
static void make_fresh_allreduce(struct run *run)
{
	const size_t count = draw_bytes(run, &run->all) / sizeof(uint64_t);
	const uint64_t key = data_key(run, run->rank);
	unsigned char *data =
	    cohort_alloc(run->group, count * sizeof(uint64_t));

	if (!data)
		run_fail(run, "%s", cohort_error());
	for (size_t i = 0; i < count; i++)
		put_number(data + i * sizeof(uint64_t),
		           data_number(key, i, COHORT_UINT64), COHORT_UINT64);
	run_must(run, cohort_allreduce(run->group, COHORT_IN_PLACE, data, count,
	                               COHORT_UINT64, COHORT_SUM));
	check_reduction(run, data, count, COHORT_UINT64, COHORT_SUM);
	cohort_free(run->group, data);
}

static void make_sweep(struct run *run)
{
	sweep_make(run);
}

/* Calls that ranks leave early, so many in a row that they leave more than one
 * before the others have come; half of the rows have one root. */
static void make_row(struct run *run)
{
	enum { LEAST = 34, SPAN = 40 };
	const uint64_t calls = LEAST + dice_below(&run->all, SPAN);
	const bool one_root = dice_once(&run->all, 2);

	if (one_root)
		run->root = draw_root(run);
	for (run->step = 1; run->step <= calls; run->step++) {
		run_delay(run);
		if (dice_once(&run->all, 2))
			make_bcast(run);
		else
			make_gatherv(run);
	}
	run->step = 0;
	run->root = ANY_ROOT;
}

/* Of a hundred operations, how many are of each kind. */
#define OPERATION_MAP(X)        \
	X(11, barrier)          \
	X(22, bcast)            \
	X(20, gatherv)          \
	X(15, allgatherv)       \
	X(20, allreduce)        \
	X(5, bcast_object)      \
	X(3, allgather_objects) \
	X(2, fresh_allreduce)   \
	X(1, sweep)             \
	X(1, row)

static const struct {
	unsigned weight;
	const char *name;
	void (*make)(struct run *run);
} operations[] = {
#define ROW(weight, name) {weight, #name, make_##name},
    OPERATION_MAP(ROW)
#undef ROW
};

void operation_make(struct run *run)
{
	unsigned at = (unsigned)dice_below(&run->all, 100);
	size_t i = 0;

	while (at >= operations[i].weight)
		at -= operations[i++].weight;
	run->name = operations[i].name;
	operations[i].make(run);
}
