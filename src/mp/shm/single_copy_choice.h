/*
 * Whether large data goes through a ring, which is two copies that overlap, or
 * a reader copies it once, from the memory of the rank that has it
 * (single_copy.h). Which is faster depends on the machine: on how far its cores
 * are from each other, on its caches, and on what a system call costs. So a
 * rank that receives data measures: it times its large calls, and makes a trial
 * of the other way in a few of them.
 */
#ifndef COHORT_MP_SHM_SINGLE_COPY_CHOICE_H
#define COHORT_MP_SHM_SINGLE_COPY_CHOICE_H

#include "trials.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum single_copy_way { SINGLE_COPY_NO, SINGLE_COPY_YES, SINGLE_COPY_WAYS };

enum single_copy_use {
	SINGLE_COPY_BCAST,
	SINGLE_COPY_GATHER,
	SINGLE_COPY_ALLGATHER,
	SINGLE_COPY_USES
};

/* Calls are measured by size: each class ends at the double of the one before,
 * and the last one has no end. */
enum {
	SINGLE_COPY_FROM = 256 * 1024, /* bytes; shorter data is never read */
	SINGLE_COPY_CLASSES = 8
};

/* The trials, in calls of one use and class. The ring becomes faster meanwhile,
 * as its stores are chosen (adaptive_copy.h). */
enum {
	SINGLE_COPY_WAIT_LEAST = 32,
	SINGLE_COPY_TRIAL = 4,
	SINGLE_COPY_WAIT_MOST = 2048
};

/* What one rank knows of one use and class. All zero at first. */
struct single_copy_choice {
	enum single_copy_way way;              /* the usual one */
	double byte_seconds[SINGLE_COPY_WAYS]; /* lately; 0: not known */
	struct trials trials;                  /* calls */
};

/* The class of this many bytes, SINGLE_COPY_FROM at least. */
unsigned single_copy_class(size_t bytes);

/* A call went this way, and took so long for each byte: returns the way of the
 * next call. */
enum single_copy_way single_copy_learn(struct single_copy_choice *choice,
                                       enum single_copy_way way,
                                       double byte_seconds);

#endif
