/*
 * Results as they come: rank 0 calls the job's on_result for each record while
 * the sweep runs. Each rank shows in its counters how many bytes of its store
 * rank 0 may read. On mp rank 0 reads the records where they are, as far as
 * they are shown, between its own tasks and while it waits; a rank that shows a
 * record wakes rank 0 if it sleeps.
 *
 * A record of an isolated task is copied, and handed over only if the copy has
 * its seal: the child that wrote it may still write to any of it.
 *
 * Results of a journal are in rank 0's store, and come first. If results are
 * released, they are read from the journal instead (delivery_resumed.h).
 *
 * delivery.h is rank 0's part, and delivery_round.h every rank's. On mpi, where
 * world->result_event is NULL, the other ranks send their records to rank 0,
 * which appends them to the streams of their ranks, as they are in the stores
 * (delivery_mail.h).
 */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_STATE_H
#define COHORT_COMMON_SWEEP_DELIVERY_STATE_H

#include "common/base/rank_states.h"
#include "common/base/worker_stats.h"
#include "reorder.h"
#include "sweep_run.h"

/* If results are released as they are read: when so many bytes of them wait for
 * their turn on rank 0, no rank begins a task that it need not. */
enum { HELD_MOST = 64 << 20 };

/* The records of one rank, as rank 0 reads them. */
struct delivery_stream {
	uint64_t taken; /* bytes behind the last record that was taken */
	/* The child that wrote it, by number from 1; 0: the rank did, before
	 * its first child. */
	uint64_t child;
	uint64_t children; /* that the rank had at the last look */
	/* Records that were sent to rank 0; NULL: none, or they are read where
	 * they are. */
	unsigned char *sent;
	uint64_t sent_bytes;
	uint64_t sent_room; /* bytes allocated; see delivery_sent.c */
};

struct delivery_mail;

struct delivery {
	struct sweep_run *run;
	struct delivery_mail *mail; /* NULL: no messages; delivery_mail.h */
	cohort_status mail_failed;  /* why messages do not come any more */
	char mail_sentence[ERROR_BYTES];
	/* On rank 0: append what has come to the streams; NULL: nothing. */
	void (*receive)(struct delivery *delivery);
	/* On rank 0, after each call of on_result, and after each look at the
	 * streams; NULL: nothing. */
	void (*called)(struct delivery *delivery);
	void (*looked)(struct delivery *delivery);
	int event;      /* wakes rank 0 when a result is shown */
	bool own_event; /* it is of this sweep alone */
	/* By rank; of those that send their records, each reads its own. */
	struct delivery_stream *streams;
	/* On rank 0: */
	unsigned char *arrived; /* a bit for each task with a result */
	struct reorder reorder; /* results that wait for their turn */
	uint64_t next;          /* ordered: the lowest index not handed over */
	unsigned char *copy;    /* of a record that may change */
	size_t copy_room;
	/* If results are released as they are read: */
	bool discards;
	size_t segment;           /* bytes of a half after which a rank turns */
	struct result_store kept; /* results that are not released */
	struct resumed *resumed;  /* of a journal; see delivery_resumed.h */
	/* Why the journal's results cannot be handed over. */
	cohort_status unread;
	char unread_sentence[ERROR_BYTES];
	/* A region with `arrived`, and with what it was when rank 0 decided
	 * last; NULL: they are not in a region. */
	unsigned char *sets;
	unsigned char *agreed;
	size_t arrived_count;
	uint64_t digest;  /* of the indices that arrived; see index_digest.h */
	uint64_t held;    /* bytes of results that wait for their turn */
	uint64_t limit;   /* tasks below it may begin, however much waits */
	bool halted;      /* on_result is not called any more */
	const char *lack; /* because there is no memory to do this, or NULL */
	int lack_error;   /* errno of that */
	int returned;     /* by the on_result that has stopped the sweep */
	size_t stopper;   /* the index of its result */
	uint64_t late_round; /* see delivery_patience.h */
	/* Records that rank 0 has taken since it slept last, and whether it
	 * sleeps without being woken because they come fast. */
	size_t taken;
	bool naps;
	/* Since the last look at the streams: */
	unsigned tasks;
	double seconds; /* that these tasks took */
};

/* Of this rank. */
static inline struct rank_counters *
delivery_own_counters(const struct sweep_run *run)
{
	const struct world *world = run->group->world;

	return &world->stats->ranks[world->stats_index];
}

static inline struct rank_state *delivery_own_state(const struct sweep_run *run)
{
	const struct world *world = run->group->world;

	return &world->states->ranks[world->stats_index];
}

#endif
