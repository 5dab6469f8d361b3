/*
 * Before a call every rank sends a record of it to every other rank, and waits
 * for the records of all of them. So all ranks compare the same records and
 * reach the same result without another message. A gatherv has a second
 * exchange: the root broadcasts whether the counts in the records are those
 * that it expects.
 *
 * The records are point-to-point messages and not an MPI_Allgather because of
 * ranks that refuse a call with bad arguments: such a rank sends its records
 * and returns at once, and MPI delivers small messages without its help. It
 * reads the records of the others when it makes its next call. If all ranks
 * refused the same call, they go on; if not, the group is broken on all of
 * them.
 *
 * Cost: p - 1 messages of 64 bytes sent and received on each rank, for each
 * call; a broadcast of 16 bytes more for a gatherv.
 *
 * Neither this file nor MPI notices a rank that makes no call at all: the
 * others wait for it, until their timeout if they have one. Without
 * COHORT_CHECK only MPI can notice calls that do not match: it reports a
 * message that is too long, and may hang or mix up data otherwise; and the
 * peers of a rank that refuses a call wait for it.
 */
#include "call_exchange.h"

#include "calls.h"
#include "common/base/error.h"
#include "message_tag.h"
#include "mpi_error.h"
#include "mpi_wait.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_KIND(name, function, shows) +1
enum { KINDS = 0 CALL_KIND_MAP(COUNT_KIND) };
#undef COUNT_KIND

cohort_status call_exchange_open(struct mpi_world *world)
{
	struct call_exchange *exchange = &world->exchange;
	const size_t size = (size_t)world->base.size;

	exchange->records = calloc(size, sizeof(*exchange->records));
	exchange->refusals = calloc(KINDS, sizeof(*exchange->refusals));
	exchange->requests = calloc(2 * size, sizeof(*exchange->requests));
	if (!exchange->records || !exchange->refusals || !exchange->requests)
		return error_sys("cannot open an mpi group: calloc of %zu "
		                 "records",
		                 size);
	for (uint32_t kind = 0; kind < KINDS; kind++)
		exchange->refusals[kind] = (struct call_record){
		    .call = {.kind = kind, .group = world->base.number},
		    .refused = 1,
		};
	return COHORT_OK;
}

void call_exchange_close(struct call_exchange *exchange)
{
	free(exchange->records);
	free(exchange->refusals);
	free(exchange->requests);
	*exchange = (struct call_exchange){0};
}

static int begin_record_recv(struct mpi_world *world, int r,
                             MPI_Request *request)
{
	return MPI_Irecv(&world->exchange.records[r],
	                 sizeof(struct call_record), MPI_BYTE, r, TAG_CALL,
	                 world->comm, request);
}

static int begin_record_send(struct mpi_world *world,
                             const struct call_record *record, int r,
                             MPI_Request *request)
{
	return MPI_Isend(record, sizeof(*record), MPI_BYTE, r, TAG_CALL,
	                 world->comm, request);
}

/* COHORT_ETIMEOUT with the ranks whose records have not arrived. */
static cohort_status report_missing_ranks(struct mpi_world *world,
                                          const struct call *call)
{
	int first = -1;
	int more = -1;
	char text[CALL_TEXT_BYTES];
	char others[32] = "";

	for (int r = 0; r < world->base.size; r++) {
		int done = 1;
		MPI_Test(&world->exchange.requests[r], &done,
		         MPI_STATUS_IGNORE);
		if (done)
			continue;
		first = first < 0 ? r : first;
		more++;
	}
	if (first < 0)
		return COHORT_ETIMEOUT; /* they came after the deadline */
	if (more > 0)
		snprintf(others, sizeof(others), " and %d more", more);
	return error_set(COHORT_ETIMEOUT,
	                 "%s: rank %d%s did not come within the timeout of %g "
	                 "s, while rank %d waited: see what holds it up, or "
	                 "set a longer timeout",
	                 call_describe(call, text), first, others,
	                 world->timeout, world->base.rank);
}

/* Receive a record from every other rank, and send them `mine` unless it is
 * NULL. */
static cohort_status exchange_records(struct mpi_world *world,
                                      const struct call *call,
                                      const struct call_record *mine)
{
	MPI_Request *requests = world->exchange.requests;
	const int size = world->base.size;
	int code = MPI_SUCCESS;

	for (int i = 0; i < 2 * size; i++)
		requests[i] = MPI_REQUEST_NULL;
	for (int r = 0; r < size && code == MPI_SUCCESS; r++)
		if (r != world->base.rank)
			code = begin_record_recv(world, r, &requests[r]);
	for (int r = 0; mine && r < size && code == MPI_SUCCESS; r++)
		if (r != world->base.rank)
			code = begin_record_send(world, mine, r,
			                         &requests[size + r]);
	if (code != MPI_SUCCESS)
		return mpi_error_report(call, "MPI_Irecv or MPI_Isend", code);
	cohort_status status =
	    wait_all(world, call, "MPI_Isend", 2 * size, requests);
	return status == COHORT_ETIMEOUT ? report_missing_ranks(world, call)
	                                 : status;
}

static const char *describe_record(const struct call_record *record,
                                   char text[CALL_TEXT_BYTES])
{
	return record->refused ? call_function(&record->call)
	                       : call_describe(&record->call, text);
}

static bool records_match(const struct call_record *a,
                          const struct call_record *b)
{
	return a->refused == b->refused &&
	       (a->refused || call_matches(&a->call, &b->call));
}

/* Every rank has the same records, and so finds the same two ranks. */
static cohort_status compare_records(const struct mpi_world *world,
                                     const struct call *call)
{
	const struct call_record *records = world->exchange.records;
	char a[CALL_TEXT_BYTES];
	char b[CALL_TEXT_BYTES];
	int r = 1;

	while (r < world->base.size && records_match(&records[0], &records[r]))
		r++;
	if (r >= world->base.size)
		return COHORT_OK;
	const char *first = describe_record(&records[0], a);
	const char *second = describe_record(&records[r], b);
	return error_set(COHORT_EMISMATCH,
	                 "%s: ranks made different calls: rank 0 %s%s, but "
	                 "rank %d %s%s%s; every rank must make the same one",
	                 call_function(call),
	                 records[0].refused ? "refused " : "", first, r,
	                 records[r].refused ? "refused " : "", second,
	                 strcmp(first, second) ? "" : " with other counts");
}

/* Read and compare the records of calls that this rank has refused. */
static cohort_status check_refused_calls(struct mpi_world *world,
                                         const struct call *call)
{
	struct call_exchange *exchange = &world->exchange;

	for (; exchange->owed > 0; exchange->owed--) {
		cohort_status status = exchange_records(world, call, NULL);
		if (status != COHORT_OK)
			return status;
		exchange->records[world->base.rank] =
		    exchange->refusals[exchange->refused];
		status = compare_records(world, call);
		if (status != COHORT_OK)
			return status;
	}
	return COHORT_OK;
}

/* Broadcast by the root of a gatherv. */
struct gatherv_answer {
	int64_t rank; /* the first rank with a wrong count; -1: none */
	uint64_t expected;
};

static cohort_status check_gatherv_counts(struct mpi_world *world,
                                          const struct call *call,
                                          const size_t counts[])
{
	const struct call_record *records = world->exchange.records;
	struct gatherv_answer answer = {-1, 0};

	for (int r = 0; counts && r < world->base.size; r++)
		if (answer.rank < 0 && records[r].call.count != counts[r])
			answer = (struct gatherv_answer){r, counts[r]};
	cohort_status status =
	    mpi_call_bcast(world, call, &answer, sizeof(answer), call->root);
	if (status != COHORT_OK || answer.rank < 0)
		return status;
	return error_set(
	    COHORT_EMISMATCH,
	    "cohort_gatherv: rank %d sends %llu elements, but counts[%d] on "
	    "the root, rank %d, is %llu: counts must have the number that each "
	    "rank sends",
	    (int)answer.rank,
	    (unsigned long long)records[answer.rank].call.count,
	    (int)answer.rank, call->root, (unsigned long long)answer.expected);
}

cohort_status call_exchange_check(struct mpi_world *world,
                                  const struct call *call,
                                  const size_t counts[])
{
	const struct call_record mine = {.call = *call};
	cohort_status status = check_refused_calls(world, call);

	if (status != COHORT_OK)
		return status;
	struct call_record *sent = &world->exchange.records[world->base.rank];
	*sent = mine;
	status = exchange_records(world, call, sent);
	if (status == COHORT_OK)
		status = compare_records(world, call);
	if (status == COHORT_OK && call->kind == CALL_GATHERV)
		status = check_gatherv_counts(world, call, counts);
	return status;
}

/* MPI may read the refusals at any later time: they never change. A send that
 * fails is ignored, since there is nobody to report it to. */
void call_exchange_refuse(struct mpi_world *world, const struct call *call)
{
	const struct call_record *record =
	    &world->exchange.refusals[call->kind];
	MPI_Request request;

	for (int r = 0; r < world->base.size; r++)
		if (r != world->base.rank &&
		    begin_record_send(world, record, r, &request) ==
		        MPI_SUCCESS)
			MPI_Request_free(&request);
	world->exchange.owed++;
	world->exchange.refused = call->kind;
}
