#include "calls.h"

#include "transport.h"

#include <stdio.h>

enum { PERIOD = 8191, RANK_STEP = 16384 };

/* Whole numbers, of which sums are exact. */
static double value(int rank, size_t i)
{
	return (double)(rank + 1) * RANK_STEP + (double)(i % PERIOD);
}

static void run_none(const struct buffers *b, int root)
{
	(void)b;
	(void)root;
}

static void run_barrier(const struct buffers *b, int root)
{
	(void)b;
	(void)root;
	transport.barrier();
}

static void run_bcast(const struct buffers *b, int root)
{
	transport.bcast(b->send, b->count, root);
}

static void run_gatherv(const struct buffers *b, int root)
{
	transport.gatherv(b->send, b->count, b->recv, root);
}

static void run_allgatherv(const struct buffers *b, int root)
{
	(void)root;
	transport.allgatherv(b->send, b->count, b->recv);
}

static void run_allreduce(const struct buffers *b, int root)
{
	(void)root;
	transport.allreduce(b->send, b->recv, b->count);
}

static double expected_bcast(const struct buffers *b, int root, size_t i)
{
	(void)b;
	return value(root, i);
}

static double expected_parts(const struct buffers *b, int root, size_t i)
{
	(void)root;
	return value((int)(i / b->count), i % b->count);
}

static double expected_sum(const struct buffers *b, int root, size_t i)
{
	const double ranks = b->size;

	(void)root;
	return ranks * (ranks + 1) / 2 * RANK_STEP +
	       ranks * (double)(i % PERIOD);
}

const struct call calls[] = {
    {"barrier", false, false, false, run_barrier, NULL},
    {"bcast", true, true, false, run_bcast, expected_bcast},
    {"gatherv", true, true, true, run_gatherv, expected_parts},
    {"allgatherv", true, false, true, run_allgatherv, expected_parts},
    {"allreduce", true, false, false, run_allreduce, expected_sum},
    {0},
};

const struct call call_none = {"none", true, true, false, run_none, NULL};

static bool look(const struct call *call, const struct buffers *b, int root,
                 const double *data, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const double wanted = call->expected(b, root, i);
		if (data[i] == wanted)
			continue;
		fprintf(stderr,
		        "%s of %zu bytes from %d ranks, root %d: rank %d has "
		        "%g at %zu, and should have %g\n",
		        call->name, b->count * sizeof(*data), b->size, root,
		        b->rank, data[i], i, wanted);
		return false;
	}
	return true;
}

bool call_comes_right(const struct call *call, const struct buffers *b,
                      int root)
{
	const size_t parts = call->recvs_of_all ? (size_t)b->size : 1;
	const bool is_bcast = call->run == run_bcast;
	const bool receives = call->run != run_gatherv || b->rank == root;

	if (!call->has_data) {
		call->run(b, root);
		return true;
	}
	for (size_t i = 0; i < b->count; i++)
		b->send[i] =
		    is_bcast && b->rank != root ? -1 : value(b->rank, i);
	for (size_t i = 0; i < parts * b->count; i++)
		b->recv[i] = -1;
	call->run(b, root);
	return !receives || look(call, b, root, is_bcast ? b->send : b->recv,
	                         parts * b->count);
}
