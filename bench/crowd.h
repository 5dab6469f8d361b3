/* The ranks of all contenders, as the conductor sees them: which have connected,
 * are ready for a turn, or have left. */
#ifndef BENCH_CROWD_H
#define BENCH_CROWD_H

#include "turns.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { CONTENDERS_MOST = 16, PEERS_MOST = 1024 };

struct contender {
	char name[TURNS_NAME_BYTES];
	int ranks; /* that it will have */
	int here;  /* of these, connected */
	int ready; /* of those here, asleep until their turn */
	bool lost; /* one of its ranks has left */
	bool out;  /* it gets no more turns, and has no connections */
	uint64_t measure;
};

/* One connection. */
struct peer {
	struct contender *contender; /* NULL until it has said */
	pid_t process;
	bool ready;
};

struct crowd {
	struct contender contenders[CONTENDERS_MOST];
	int contender_count;
	struct peer peers[PEERS_MOST];
	int peer_count;
	struct pollfd polls[PEERS_MOST + 1]; /* the last is the listener */
	int listener;
};

/* How a contender is taken out. */
enum dismissal {
	LET_GO,   /* its ranks are told that there are no more turns */
	STOP_THEM /* its ranks are killed: they would disturb the others */
};

/* Listen at `path`, which is made. The contenders have been filled in. False,
 * with a sentence on stderr, if that fails. */
bool crowd_open(struct crowd *crowd, const char *path);

/* Wait until something has happened, and take note of it. False if nothing did
 * up to `deadline` (of machine_seconds). A contender that has lost a rank is
 * out as soon as all the others are ready or gone. */
bool crowd_look(struct crowd *crowd, double deadline);

/* All ranks of a contender get their turn. */
void crowd_go(struct crowd *crowd, struct contender *contender);

void crowd_dismiss(struct crowd *crowd, struct contender *contender,
                   enum dismissal how);

#endif
