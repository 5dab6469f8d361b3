/* Whether an attack ended as it must, and when the survivors were told. */
#ifndef STORM_JUDGE_H
#define STORM_JUDGE_H

#include "attack.h"
#include "outcomes.h"
#include "turns.h"

struct judge {
	struct storm_state *state;
	struct turns turns[STORM_RANKS]; /* of the ranks at the kill */
	/* Of each call; at index STORM_CALLS of all of them. */
	struct outcomes outcomes_of[STORM_CALLS + 1];
	struct outcomes gone;    /* of rank 0's deaths: until all are gone */
	struct outcomes went_on; /* of sweeps: until the next task */
	unsigned kept;   /* sweeps with results, after a death in them */
	unsigned waited; /* those in which rank 0 has waited */
	unsigned failures;
};

extern struct judge judge;

/* By enum storm_call. */
extern const char *const judge_calls[];

/* Print what is wrong with an attack, and count it. */
void judge_complain(const struct attack *attack, uint64_t seed,
                    const char *what);

/* A rank is about to be killed. */
void judge_note_turns(void);

/* All processes of the run have ended, the last one at `ended`. */
void judge_attack(const struct attack *attack, uint64_t seed, int64_t ended);

#endif
