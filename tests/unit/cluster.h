/* Several nodes in simulated time, with the rules of src/mpi/coordinator.h and
 * node_agent.h: for test_balance.c. */
#ifndef COHORT_TESTS_CLUSTER_H
#define COHORT_TESTS_CLUSTER_H

#include <stdint.h>

enum { NODES_MOST = 4, RANKS_MOST = 9, TASKS_MOST = 100000 };

enum kind { UNIFORM, BIMODAL, HEAVY, KINDS };

struct cluster {
	int nodes;
	int ranks[NODES_MOST];
	double slow[NODES_MOST]; /* the time of a task is multiplied by it */
	double delay;            /* of a message, in seconds */
	uint64_t tasks;
	double seconds; /* of a usual task */
	enum kind kind;
	uint64_t depth;
	uint64_t claim; /* tickets that a rank claims at once */
};

struct outcome {
	double makespan; /* from the begin to the end of the last task */
	double ideal;    /* no rank is idle before the end */
	/* The most that it would be if no rank had been idle until the task that
	 * ended last began. */
	double whole;
	uint64_t messages;
};

/* The seconds of the longest task, over those of a usual one. */
double cluster_longest(enum kind kind);

/* The sum of all ranks' speeds; 1 is that of a rank that is not slow. */
double cluster_speeds(const struct cluster *cluster);

/* Run the tasks. Asserts that each is run once. */
struct outcome cluster_run(const struct cluster *cluster);

#endif
