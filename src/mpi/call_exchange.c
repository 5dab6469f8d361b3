/*
 * Before a call all ranks compare their calls in a few rounds of messages
 * (call_rounds.h). Only if they differ does every rank send a record of its
 * call to every other rank. So all ranks compare the same records and write the
 * same sentence. A gatherv has a second exchange: the root gathers the counts
 * and broadcasts whether they are those that it expects.
 *
 * A rank that refuses a call with bad arguments sends its messages and its
 * records and returns at once; MPI delivers small messages without its help. It
 * reads the messages of the others when it makes its next call: since it has
 * refused, the calls differ for all of them, and each of them has sent its
 * record. If all ranks refused the same call, they go on; if not, the group is
 * broken on all of them.
 *
 * Cost on each rank, for each call: ceil(log2 p) messages of 48 bytes; for a
 * gatherv an MPI_Gatherv of 8 bytes and a broadcast of 24 bytes more. p records
 * of 48 bytes if calls differ. In a call that takes longer than half of a
 * timeout 2 messages of 24 bytes, and 2 (p - 1) from rank 0 (call_presence.h).
 *
 * Neither this file nor MPI notices a rank that makes no call at all: the
 * others wait for it, until their timeout if they have one. Without
 * COHORT_CHECK only MPI can notice calls that do not match: it reports a
 * message that is too long, and may hang or mix up data otherwise; and the
 * peers of a rank that refuses a call wait for it.
 */
#include "call_exchange.h"

#include "call_presence.h"
#include "call_rounds.h"
#include "calls.h"
#include "common/base/error.h"
#include "common/base/plural.h"
#include "message_tag.h"
#include "mpi_error.h"

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
	exchange->counts = calloc(size, sizeof(*exchange->counts));
	if (!exchange->records || !exchange->refusals || !exchange->requests ||
	    !exchange->counts || !presence_open(world))
		return error_sys("cannot open an mpi group: calloc of %zu "
		                 "records",
		                 size);
	for (uint32_t kind = 0; kind < KINDS; kind++)
		exchange->refusals[kind] = (struct call_record){
		    .call = {.kind = kind, .group = world->base.number},
		    .refused = 1,
		    .differs = 1,
		};
	return COHORT_OK;
}

void call_exchange_close(struct call_exchange *exchange)
{
	free(exchange->records);
	free(exchange->refusals);
	free(exchange->requests);
	free(exchange->counts);
	free(exchange->lines);
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

/* Receive a record from every rank, and send them `mine` unless it is NULL:
 * then they have been sent. A rank sends one to itself, too, so that it does
 * not have to remember which calls it has refused. */
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
		code = begin_record_recv(world, r, &requests[r]);
	for (int r = 0; mine && r < size && code == MPI_SUCCESS; r++)
		code = begin_record_send(world, mine, r, &requests[size + r]);
	if (code != MPI_SUCCESS)
		return mpi_error_report(call, "MPI_Irecv or MPI_Isend", code);
	world->exchange.collects = true;
	const cohort_status status =
	    presence_wait(world, call, 2 * size, requests);
	world->exchange.collects = false;
	return status;
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
	cohort_status status = COHORT_OK;

	for (; exchange->owed > 0 && status == COHORT_OK; exchange->owed--) {
		exchange->number++;
		if (!(status = rounds_skip(world, call)) &&
		    !(status = exchange_records(world, call, NULL)))
			status = compare_records(world, call);
	}
	return status;
}

/* Broadcast by the root of a gatherv. */
struct gatherv_answer {
	int64_t rank; /* the first rank with a wrong count; -1: none */
	uint64_t expected;
	uint64_t sent;
};

/* On the root: whether the counts of all ranks are those that it expects. */
static cohort_status compare_counts(struct mpi_world *world,
                                    const struct call *call,
                                    const size_t counts[],
                                    struct gatherv_answer *answer)
{
	uint64_t *sent = world->exchange.counts;

	for (int r = 0; r < world->base.size; r++) {
		world->counts[r] = (int)sizeof(*sent);
		world->displacements[r] = r * (int)sizeof(*sent);
	}
	cohort_status status = mpi_call_gatherv(
	    world, call, &call->count, sizeof(call->count), sent,
	    (struct byte_layout){world->counts, world->displacements},
	    call->root);
	for (int r = 0; status == COHORT_OK && r < world->base.size; r++)
		if (answer->rank < 0 && sent[r] != counts[r])
			*answer =
			    (struct gatherv_answer){r, counts[r], sent[r]};
	return status;
}

static cohort_status check_gatherv_counts(struct mpi_world *world,
                                          const struct call *call,
                                          const size_t counts[])
{
	struct gatherv_answer answer = {-1, 0, 0};
	cohort_status status;

	if (world->base.rank == call->root)
		status = compare_counts(world, call, counts, &answer);
	else
		status = mpi_call_gatherv(
		    world, call, &call->count, sizeof(call->count), NULL,
		    (struct byte_layout){NULL, NULL}, call->root);
	if (status == COHORT_OK)
		status = mpi_call_bcast(world, call, &answer, sizeof(answer),
		                        call->root);
	if (status != COHORT_OK || answer.rank < 0)
		return status;
	return error_set(
	    COHORT_EMISMATCH,
	    "cohort_gatherv: rank %d sends %llu element%s, but counts[%d] on "
	    "the root, rank %d, is %llu: counts must have the number that each "
	    "rank sends",
	    (int)answer.rank, (unsigned long long)answer.sent,
	    plural(answer.sent), (int)answer.rank, call->root,
	    (unsigned long long)answer.expected);
}

static cohort_status compare_calls(struct mpi_world *world,
                                   const struct call *call)
{
	struct call_exchange *exchange = &world->exchange;
	bool differ = false;
	cohort_status status = rounds_compare(world, call, &differ);

	if (status != COHORT_OK || !differ)
		return status;
	exchange->sent = (struct call_record){.call = *call};
	status = exchange_records(world, call, &exchange->sent);
	return status == COHORT_OK ? compare_records(world, call) : status;
}

cohort_status call_exchange_check(struct mpi_world *world,
                                  const struct call *call,
                                  const size_t counts[])
{
	cohort_status status = check_refused_calls(world, call);

	if (status != COHORT_OK)
		return status;
	world->exchange.number++;
	status = compare_calls(world, call);
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

	rounds_refuse(world, record);
	for (int r = 0; r < world->base.size; r++)
		if (begin_record_send(world, record, r, &request) ==
		    MPI_SUCCESS)
			MPI_Request_free(&request);
	world->exchange.owed++;
}
