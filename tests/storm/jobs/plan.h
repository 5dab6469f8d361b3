/* What the sweep of one job computes, and how the job is attacked. The attacker
 * and the ranks draw the same from the seed. */
#ifndef STORM_JOBS_PLAN_H
#define STORM_JOBS_PLAN_H

#include "dice.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

enum { PLAN_TASKS = 600, PLAN_RANKS = 4, PLAN_BYTES = 300, PLAN_SENTENCE = 64 };

/* How a sweep goes on whose job was ended. */
enum plan_resume { RESUME_SAME, RESUME_MP, RESUME_SERIAL, RESUME_WAYS };

struct plan {
	int ranks;
	int nodes; /* that the library takes the machine for */
	int victim;
	int signal;
	bool isolated;
	int begun;        /* tasks of the sweep, before the kill */
	unsigned wait_us; /* after that */
	enum plan_resume resume;
};

static inline struct plan plan_draw(uint64_t seed)
{
	static const int signals[] = {SIGKILL, SIGSEGV, SIGABRT, SIGTERM,
	                              SIGBUS};
	struct dice dice = dice_for(seed, 0, 0);
	struct plan plan = {
	    .ranks = 2 + (int)dice_below(&dice, PLAN_RANKS - 1),
	    .nodes = 1 + (int)dice_once(&dice, 4),
	    .signal = signals[dice_below(&dice, 5)],
	    .isolated = dice_once(&dice, 2),
	    .begun = 1 + (int)dice_below(&dice, PLAN_TASKS - 100),
	    .wait_us = (unsigned)dice_below(&dice, 1500),
	    .resume = (enum plan_resume)dice_below(&dice, RESUME_WAYS),
	};

	plan.victim = (int)dice_below(&dice, (uint64_t)plan.ranks);
	return plan;
}

/* The parameter of task i; all else about the task follows from it. */
static inline uint64_t plan_param(size_t i)
{
	struct dice dice = dice_for(7, i, 0);

	return dice_draw(&dice);
}

static inline bool plan_fails(uint64_t param)
{
	return param % 41 == 0;
}

static inline void plan_sentence(size_t i, char sentence[PLAN_SENTENCE])
{
	snprintf(sentence, PLAN_SENTENCE, "task %zu has no luck", i);
}

/* Some results have no bytes. */
static inline size_t plan_bytes(uint64_t param)
{
	return param % 11 == 0 ? 0 : param / 11 % PLAN_BYTES;
}

static inline unsigned char plan_byte(uint64_t param, size_t k)
{
	return (unsigned char)(param >> k % 57 ^ k * 31);
}

/* A file that the attacker and all processes of the job map. */
struct plan_state {
	_Atomic int waiting; /* ranks that could begin, and wait for `go` */
	_Atomic int go;
	_Atomic int begun;  /* tasks, in this run */
	_Atomic int killed; /* the victim is, or is about to be */
	_Atomic int over;   /* rank 0 has ended the sweep */
	_Atomic pid_t pids[PLAN_RANKS];
	_Atomic int begins[PLAN_TASKS]; /* of each task, in this run */
};

#endif
