/*
 * The kinds of calls that do not match: the program makes them, the launcher
 * starts it once for each. The one is the last rank; `s` is its scene.
 */
#ifndef CONFORMANCE_MISMATCH_H
#define CONFORMANCE_MISMATCH_H

/* name; how the one and the others take part in their call over shared memory,
 * which tells who may leave early; what the one calls, what the others call; and
 * two words that the sentence has on every rank. */
#define KIND_MAP(X)                                                            \
	X(operation, bcasts(0), JOINS, bcast(s, 8, I32, 0),                    \
	  cohort_barrier(s->group), "cohort_bcast", "cohort_barrier")          \
	X(operation_of_same_bytes, JOINS, bcasts(0),                           \
	  allreduce(s, 8, I32, SUM), bcast(s, 8, I32, 0), "cohort_allreduce",  \
	  "cohort_bcast")                                                      \
	X(sum, JOINS, JOINS, sum(s), allreduce(s, 75, COHORT_INT64, SUM),      \
	  "cohort_sum", "cohort_allreduce")                                    \
	X(root, bcasts(1), bcasts(0), bcast(s, 8, I32, 1),                     \
	  bcast(s, 8, I32, 0), "root 1", "root 0")                             \
	X(own_root, bcasts(s->rank), bcasts(s->rank),                          \
	  bcast(s, 8, I32, s->rank), bcast(s, 8, I32, s->rank), "with root",   \
	  "cohort_bcast")                                                      \
	X(bcast_count, bcasts(0), bcasts(0), bcast(s, 8, I32, 0),              \
	  bcast(s, 7, I32, 0), "of 8 ", "of 7 ")                               \
	X(large_count, bcasts(s->size - 1), bcasts(s->size - 1),               \
	  bcast(s, 1024, I32, s->size - 1), bcast(s, 1000, I32, s->size - 1),  \
	  "of 1024 ", "of 1000 ")                                              \
	X(beyond_a_slot, JOINS, JOINS, bcast(s, 100000, I32, 0),               \
	  bcast(s, 100001, I32, 0), "of 100000 ", "of 100001 ")                \
	X(beyond_and_below, bcasts(0), JOINS, bcast(s, 10, I32, 0),            \
	  bcast(s, 100001, I32, 0), "of 10 ", "of 100001 ")                    \
	X(beyond_a_block, JOINS, JOINS, allreduce(s, 100000, I32, SUM),        \
	  allreduce(s, 100001, I32, SUM), "of 100000 ", "of 100001 ")          \
	X(no_count, bcasts(0), bcasts(0), bcast(s, 0, I32, 0),                 \
	  bcast(s, 8, I32, 0), "of 0 ", "of 8 ")                               \
	X(type, bcasts(0), bcasts(0), bcast(s, 8, COHORT_FLOAT, 0),            \
	  bcast(s, 8, I32, 0), "COHORT_FLOAT", "COHORT_INT32")                 \
	X(count, JOINS, JOINS, allreduce(s, 5, I32, SUM),                      \
	  allreduce(s, 6, I32, SUM), "of 5 ", "of 6 ")                         \
	X(reduced_type, JOINS, JOINS, allreduce(s, 8, COHORT_UINT32, SUM),     \
	  allreduce(s, 8, I32, SUM), "COHORT_UINT32", "COHORT_INT32")          \
	X(op, JOINS, JOINS, allreduce(s, 8, I32, COHORT_MAX),                  \
	  allreduce(s, 8, I32, SUM), "COHORT_MAX", "COHORT_SUM")               \
	X(order, JOINS, JOINS, in_order(sum_one, cohort_barrier, s->group),    \
	  in_order(cohort_barrier, sum_one, s->group), "cohort_allreduce",     \
	  "cohort_barrier")                                                    \
	X(gatherv_root, gathers(1), gathers(0),                                \
	  gatherv(s, 4, 1, counts(s, -1, 0)),                                  \
	  gatherv(s, 4, 0, counts(s, -1, 0)), "root 1", "root 0")              \
	X(gatherv_count, gathers(0), gathers(0), gatherv(s, 5, 0, NULL),       \
	  gatherv(s, 4, 0, counts(s, -1, 0)), "sends 5",                       \
	  "says 4: counts must have")                                          \
	X(gatherv_count_at_last, gathers(s->rank), gathers(s->size - 1),       \
	  gatherv(s, 4, s->rank, counts(s, 0, 3)),                             \
	  gatherv(s, 4, s->size - 1, NULL), "sends 4", "says 3")               \
	X(gatherv_own_count, JOINS, gathers(s->size - 1),                      \
	  gatherv(s, 4, s->rank, counts(s, s->rank, 3)),                       \
	  gatherv(s, 4, s->size - 1, NULL), "cohort_gatherv", "rank")          \
	X(gatherv_large, JOINS, JOINS,                                         \
	  gatherv(s, 20000, 1, counts_alike(s, 20000)),                        \
	  gatherv(s, 20000, 0, counts_alike(s, 20000)), "root 1", "root 0")    \
	X(gatherv_large_and_small, JOINS, gathers(0),                          \
	  gatherv(s, 20000, 1, counts(s, s->rank, 20000)),                     \
	  gatherv(s, 4, 0, counts(s, -1, 0)), "root 1", "root 0")              \
	X(allgatherv_counts, JOINS, JOINS, allgatherv(s, 4, counts(s, 0, 3)),  \
	  allgatherv(s, 4, counts(s, -1, 0)), "cohort_allgatherv", "rank")     \
	X(allgatherv_own_count, JOINS, JOINS,                                  \
	  allgatherv(s, 5, counts(s, -1, 0)),                                  \
	  allgatherv(s, 4, counts(s, -1, 0)), "cohort_allgatherv", "rank")     \
	X(allgatherv_more, JOINS, JOINS,                                       \
	  allgatherv(s, 5, counts(s, s->rank, 5)),                             \
	  allgatherv(s, 4, counts(s, -1, 0)), "cohort_allgatherv", "rank")     \
	X(closing, JOINS, JOINS, cohort_close(s->group),                       \
	  cohort_barrier(s->group), "cohort_close", "cohort_barrier")          \
	X(staying, JOINS, JOINS, cohort_barrier(s->group),                     \
	  cohort_close(s->group), "cohort_close", "cohort_barrier")            \
	X(group, JOINS, JOINS, cohort_barrier(s->other),                       \
	  cohort_barrier(s->group), "on group 1", "cohort_barrier")            \
	X(opening, JOINS, JOINS, cohort_open(NULL, &s->other),                 \
	  cohort_barrier(s->group), "cohort_open", "cohort_barrier")           \
	X(object_root, JOINS, JOINS, bcast_object(s, s->size - 1),             \
	  bcast_object(s, 0), "cohort_bcast_object from root", "root 0")       \
	X(object, JOINS, bcasts(0), bcast_object(s, 0), bcast(s, 12, I32, 0),  \
	  "cohort_bcast_object", "cohort_bcast of")                            \
	X(scatter, JOINS, JOINS, scatter(s, 4, 1), cohort_barrier(s->group),   \
	  "cohort_scatter", "cohort_barrier")                                  \
	X(scatter_bytes, JOINS, JOINS, scatter(s, 8, 1), scatter(s, 4, 1),     \
	  "8 bytes", "4 bytes")                                                \
	X(scatter_chunk, JOINS, JOINS, scatter(s, 4, 2), scatter(s, 4, 3),     \
	  "chunk 2", "chunk 3")                                                \
	X(scatter_schedule, JOINS, JOINS, scatter_by(s, COHORT_GUIDED, 2),     \
	  scatter_by(s, COHORT_DYNAMIC, 2), "guided", "dynamic")               \
	X(scatter_guided_as_dynamic, JOINS, JOINS,                             \
	  scatter_by(s, COHORT_GUIDED, 513), scatter_by(s, COHORT_DYNAMIC, 1), \
	  "guided", "dynamic")                                                 \
	X(gather, JOINS, JOINS, cohort_gather_to_root(s->group, &s->results),  \
	  cohort_gather(s->group, &s->results), "cohort_gather_to_root",       \
	  "cohort_gather")                                                     \
	X(refusing, JOINS, bcasts(0), bcast(s, 8, I32, -1),                    \
	  bcast(s, 8, I32, 0), "cohort_bcast", "rank")                         \
	X(late, bcasts(0), JOINS, bcast(s, 8, I32, 0),                         \
	  cohort_barrier(s->group), "cohort_bcast", "cohort_barrier")

#endif
