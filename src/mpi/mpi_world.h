/* The data of a group over MPI on one rank. mpi_world_open.c fills it in. */
#ifndef COHORT_MPI_MPI_WORLD_H
#define COHORT_MPI_MPI_WORLD_H

#include "common/base/time_limit.h"
#include "common/core/backend.h"
#include "progress_thread.h"

#include <mpi.h>
#include <sys/types.h>

/* A message about the call that a rank is in, with COHORT_CHECK. */
struct call_record {
	struct call call;
	uint32_t refused; /* 1: the rank takes no part; its arguments are bad */
	uint32_t differs; /* 1: some rank is known to make another call */
};

/* That a rank is in a call, to rank 0; from rank 0, who is not. */
struct presence_message {
	uint64_t number; /* of the group and the call */
	double seconds;  /* to rank 0: that the rank still waits; 0: no limit */
	int32_t missing; /* from rank 0: a rank; below 0: see call_presence.c */
	int32_t more;    /* others that are missing */
};

/* The messages from this rank to another one. */
struct presence_line {
	MPI_Request request;
	struct presence_message message; /* that MPI may be sending */
	/* On rank 0. */
	uint64_t present; /* the last call that the other is known to be in */
	uint64_t asked;   /* the last call that it was asked for */
	double due; /* when it has to be told who is missing; 0: it is not */
};

/* Belongs to call_exchange.c, call_rounds.c and call_presence.c; zero in groups
 * without COHORT_CHECK. */
struct call_exchange {
	struct call_record sent;      /* in the current round */
	struct call_record received;  /* in the current round */
	struct call_record *records;  /* of each rank, if calls differ */
	struct call_record *refusals; /* sent by this rank, by kind of call */
	MPI_Request *requests;        /* two for each rank */
	uint64_t *counts;             /* of a gatherv, by rank */
	unsigned owed;   /* calls refused, whose peers' records are unread */
	uint64_t number; /* of the group, and the call that this rank checks */
	bool collects;   /* `requests` receive records */
	/* In groups with a timeout. */
	struct presence_line *lines; /* of rank 0, to all; of others, to it */
	int line_count;
	uint64_t wanted;   /* the last call that somebody asks for */
	uint64_t told;     /* the last call that rank 0 was told of */
	uint64_t answered; /* the last call that it was answered for */
	struct presence_message news; /* who is missing, from rank 0 */
};

/* Belongs to result_mail.c; zero before the first use. */
struct result_window {
	/* On other ranks than 0: messages that MPI may be sending. */
	unsigned char *texts;
	MPI_Request *requests;
	uint64_t sent;           /* messages */
	uint64_t acked;          /* of them, by rank 0 */
	uint64_t heard;          /* messages from rank 0 */
	struct result_news news; /* the last one in them */
	uint64_t *received;      /* rank 0: messages of each rank */
};

struct ticket_server;
struct node_counter;
struct node_pool;

/* Belongs to tickets.c and ticket_window.c. A node is the ranks that share
 * memory. */
struct tickets {
	int nodes;
	int node_rank;
	int node_size;
	int *led;       /* rank 0: ranks of the node that rank r leads, or 0 */
	int *leader_of; /* by rank: first rank of its node; of several nodes */
	MPI_Comm node;
	MPI_Comm leaders;       /* of several nodes: the first rank of each */
	MPI_Win memory;         /* shared by the node */
	bool mapped;            /* the memory is not a window of MPI */
	char *shared;           /* that memory; see ticket_window.c */
	struct node_pool *pool; /* in it: several nodes */
	struct rank_states *states;   /* in it */
	struct node_counter *counter; /* in it: one node */
	struct worker_stats *stats;   /* in it */
	pid_t process;                /* of this rank */
	uint64_t total;               /* tickets of the sweep */
	uint64_t depth;  /* tickets that a node begins with for each worker */
	bool threads;    /* a thread of each node's first rank may call MPI */
	uint32_t opened; /* how often tickets were opened */
	cohort_status failed; /* a claim of this process in this sweep failed */
	/* On the first rank of each of several nodes: two pieces of
	 * PART_PIECE_BYTES, for parameters and results on their way. */
	unsigned char *pieces;
	/* With several nodes, on the first rank of each, from the first sweep
	 * on. */
	struct ticket_server *server;
	struct progress_thread progress_thread;
};

struct mpi_world {
	struct world base; /* first: a pointer to one is a pointer to both */
	struct call call;
	MPI_Comm comm;     /* used by this group only; returns its errors */
	bool checked;      /* some rank asked for COHORT_CHECK */
	bool lacks_memory; /* a rank does, for the group, and all know it */
	bool timed;     /* some rank has a timeout: no rank may block in MPI */
	double timeout; /* this rank's; 0: none */
	struct time_limit limit; /* of the current call */
	int *counts;             /* of bytes, by rank, for calls of MPI */
	int *displacements;      /* of bytes, by rank, for the same calls */
	size_t *starts;          /* of the parts of all ranks, and the end */
	size_t part_bytes; /* the most that a rank sends in an MPI_Gatherv */
	struct call_exchange exchange;
	struct tickets tickets;
	struct result_window results;
};

static inline struct mpi_world *world_of(struct world *world)
{
	return (struct mpi_world *)world;
}

#endif
