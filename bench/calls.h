/* The calls that are timed: how each is made once, and what must come out. */
#ifndef BENCH_CALLS_H
#define BENCH_CALLS_H

#include <stdbool.h>
#include <stddef.h>

/* Where a call finds its data, on this rank. */
struct buffers {
	double *send;
	double *recv;
	size_t count; /* doubles in send */
	int rank;
	int size;
	bool rewritten; /* before each call; else the same data every time */
};

struct call {
	const char *name;
	bool has_data;     /* else it has no size */
	bool has_root;     /* which goes round */
	bool recvs_of_all; /* recv holds `size` times as much as send */
	void (*run)(const struct buffers *buffers, int root);
	/* What rank has at i of recv (of send, for bcast) if all went well. */
	double (*expected)(const struct buffers *buffers, int root, size_t i);
};

/* The table, up to a row without a name. */
extern const struct call calls[];

/* Nothing, in the same way. */
extern const struct call call_none;

/* Make the call with data that tell ranks and places apart, and look at all
 * that came. False, with a sentence on stderr, if something else did. */
bool call_comes_right(const struct call *call, const struct buffers *buffers,
                      int root);

#endif
