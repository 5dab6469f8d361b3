/* One attack: what the program does, who is killed, how and when. */
#ifndef STORM_ATTACK_H
#define STORM_ATTACK_H

#include "dice.h"
#include "storm_state.h"

#include <signal.h>
#include <stdlib.h>

/* name, words: where the victim is when it is killed. */
#define STORM_CALL_MAP(X)           \
	X(BARRIER, "barrier")       \
	X(BCAST, "bcast")           \
	X(GATHERV, "gatherv")       \
	X(ALLGATHERV, "allgatherv") \
	X(ALLREDUCE, "allreduce")   \
	X(OBJECTS, "objects")       \
	X(SWEEP, "sweep")           \
	X(COMPUTE, "between calls") \
	X(OPEN, "open")

enum storm_call {
#define STORM_ENUM(name, words) STORM_##name,
	STORM_CALL_MAP(STORM_ENUM)
#undef STORM_ENUM
	    STORM_CALLS
};

struct attack {
	int ranks;
	int victim;
	int signal;
	int groups;
	int socket;   /* 1: over sockets */
	int isolated; /* of a sweep */
	int journal;  /* of a sweep */
	int ordered;  /* a sweep with on_result, by index */
	int discard;  /* then: results are released */
	enum storm_call call;
	unsigned bytes;   /* of a call's data, for each rank */
	unsigned wait_us; /* from the start of the calls to the kill */
};

static inline struct attack attack_draw(uint64_t seed, uint64_t number)
{
	static const int signals[] = {SIGKILL, SIGSEGV, SIGABRT, SIGTERM,
	                              SIGBUS};
	static const unsigned sizes[] = {8, 1000, 8192, 65536, 1 << 20};
	struct dice dice = dice_for(seed, number, 0);
	struct attack attack = {
	    .ranks = 2 + (int)dice_below(&dice, 7),
	    .signal = signals[dice_below(&dice, 5)],
	    .groups = 1 + (int)dice_once(&dice, 4),
	    .socket = dice_once(&dice, 3),
	    .isolated = dice_once(&dice, 2),
	    .journal = dice_once(&dice, 2),
	    .call = (enum storm_call)dice_below(&dice, STORM_CALLS),
	    .bytes = sizes[dice_below(&dice, 5)],
	    .wait_us = (unsigned)dice_below(&dice, 3000),
	};

	/* Forking more ranks takes longer, so more is hit. */
	if (attack.call == STORM_OPEN)
		attack.ranks = 2 + (int)dice_below(&dice, STORM_RANKS - 1);
	attack.victim = (int)dice_below(&dice, (uint64_t)attack.ranks);
	attack.ordered = dice_once(&dice, 2);
	attack.discard = attack.ordered && dice_once(&dice, 2);
	if (getenv("COHORT_TEST_STORM_SWEEPS")) {
		attack.call = STORM_SWEEP;
		attack.victim = 1 + attack.victim % (attack.ranks - 1);
	}
	return attack;
}

#endif
