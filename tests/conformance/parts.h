/* Every group of checks, once: its name is an argument of the program, its
 * function is part_<name>. */
#ifndef CONFORMANCE_PARTS_H
#define CONFORMANCE_PARTS_H

#include "check.h"

#define PARTS_MAP(X)    \
	X(group)        \
	X(machines)     \
	X(barrier)      \
	X(bcast)        \
	X(gatherv)      \
	X(allgatherv)   \
	X(allreduce)    \
	X(floats)       \
	X(sums)         \
	X(objects)      \
	X(memory)       \
	X(misuse)       \
	X(refused_jobs) \
	X(tasks)        \
	X(results)      \
	X(builds)       \
	X(journals)     \
	X(readings)     \
	X(isolation)    \
	X(in_tasks)     \
	X(param_sizes)  \
	X(stops)        \
	X(doubts)       \
	X(deliveries)   \
	X(live)         \
	X(idle)         \
	X(in_on_result) \
	X(deadlines)    \
	X(off)          \
	X(sizes)        \
	X(reference)

#define PART_DECLARED(name) void part_##name(const struct run *run);
PARTS_MAP(PART_DECLARED)
#undef PART_DECLARED

/* Make the calls of `kind` that do not match, on mp, and check the status and the
 * sentence of every rank. Opens and closes its own group. False if there is no such
 * kind. */
bool mismatch(const char *kind);

#endif
