/*
 * Before a call every rank sends a note of it to every other one, and goes on
 * only when it has all of theirs: all ranks then know the same, and come to
 * the same verdict without another word. A gatherv has a second exchange, a
 * broadcast, in which the root tells whether the counts that it read in the
 * notes are those that it expects.
 *
 * The notes are plain messages, not an MPI_Allgather, for the sake of the rank
 * that refuses a call because of its arguments: it sends its notes and returns
 * at once, and small messages arrive without it. It reads the others' notes
 * when it makes its next call. If they had refused too, all go on; else they
 * are broken, and so is it from then on.
 *
 * Cost: p - 1 messages of 64 bytes sent and received on each rank, for each
 * call; a broadcast of 16 bytes more for a gatherv.
 *
 * Not seen, here or without COHORT_CHECK: a rank that makes no call at all; it
 * is waited for, unless there is a timeout. Without COHORT_CHECK calls that do
 * not match are MPI's to notice: it reports a message that is too long, and
 * may hang or mix up data otherwise; and a rank that refuses a call leaves its
 * peers waiting for it.
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

cohort_status check_open(struct mpi_world *world)
{
	struct check *check = &world->check;
	const size_t size = (size_t)world->base.size;

	check->notes = calloc(size, sizeof(*check->notes));
	check->refusals = calloc(KINDS, sizeof(*check->refusals));
	check->requests = calloc(2 * size, sizeof(*check->requests));
	if (!check->notes || !check->refusals || !check->requests)
		return error_sys("cannot open an mpi group: calloc of %zu "
		                 "notes",
		                 size);
	for (uint32_t kind = 0; kind < KINDS; kind++)
		check->refusals[kind] = (struct call_record){
		    .call = {.kind = kind, .group = world->base.number},
		    .refused = 1,
		};
	return COHORT_OK;
}

void check_close(struct check *check)
{
	free(check->notes);
	free(check->refusals);
	free(check->requests);
	*check = (struct check){0};
}

static int start_recv(struct mpi_world *world, int r, MPI_Request *request)
{
	return MPI_Irecv(&world->check.notes[r], sizeof(struct call_record),
	                 MPI_BYTE, r, TAG_CALL, world->comm, request);
}

static int start_send(struct mpi_world *world, const struct call_record *note,
                      int r, MPI_Request *request)
{
	return MPI_Isend(note, sizeof(*note), MPI_BYTE, r, TAG_CALL,
	                 world->comm, request);
}

/* Name the ranks whose notes have not come. */
static cohort_status name_missing(struct mpi_world *world,
                                  const struct call *call)
{
	int first = -1;
	int more = -1;
	char text[CALL_TEXT_BYTES];
	char others[32] = "";

	for (int r = 0; r < world->base.size; r++) {
		int done = 1;
		MPI_Test(&world->check.requests[r], &done, MPI_STATUS_IGNORE);
		if (done)
			continue;
		first = first < 0 ? r : first;
		more++;
	}
	if (first < 0)
		return COHORT_ETIMEOUT; /* came meanwhile: too late */
	if (more > 0)
		snprintf(others, sizeof(others), " and %d more", more);
	return error_set(COHORT_ETIMEOUT,
	                 "%s: rank %d%s did not come within the timeout of %g "
	                 "s, while rank %d waited",
	                 call_describe(call, text), first, others,
	                 world->timeout, world->base.rank);
}

/* Receive a note from every other rank, and send them `mine` unless it is
 * NULL. */
static cohort_status exchange(struct mpi_world *world, const struct call *call,
                              const struct call_record *mine)
{
	MPI_Request *requests = world->check.requests;
	const int size = world->base.size;
	int code = MPI_SUCCESS;

	for (int i = 0; i < 2 * size; i++)
		requests[i] = MPI_REQUEST_NULL;
	for (int r = 0; r < size && code == MPI_SUCCESS; r++)
		if (r != world->base.rank)
			code = start_recv(world, r, &requests[r]);
	for (int r = 0; mine && r < size && code == MPI_SUCCESS; r++)
		if (r != world->base.rank)
			code = start_send(world, mine, r, &requests[size + r]);
	if (code != MPI_SUCCESS)
		return mpi_error_report(call, "MPI_Irecv or MPI_Isend", code);
	cohort_status status =
	    wait_all(world, call, "MPI_Isend", 2 * size, requests);
	return status == COHORT_ETIMEOUT ? name_missing(world, call) : status;
}

static const char *describe(const struct call_record *note,
                            char text[CALL_TEXT_BYTES])
{
	return note->refused ? call_function(&note->call)
	                     : call_describe(&note->call, text);
}

static bool same(const struct call_record *a, const struct call_record *b)
{
	return a->refused == b->refused &&
	       (a->refused || call_matches(&a->call, &b->call));
}

/* Every rank has the same notes, and so finds the same two ranks. */
static cohort_status compare(const struct mpi_world *world,
                             const struct call *call)
{
	const struct call_record *notes = world->check.notes;
	char a[CALL_TEXT_BYTES];
	char b[CALL_TEXT_BYTES];
	int r = 1;

	while (r < world->base.size && same(&notes[0], &notes[r]))
		r++;
	if (r >= world->base.size)
		return COHORT_OK;
	const char *first = describe(&notes[0], a);
	const char *second = describe(&notes[r], b);
	return error_set(COHORT_EMISMATCH,
	                 "%s: ranks made different calls: rank 0 %s%s, but "
	                 "rank %d %s%s%s; every rank must make the same one",
	                 call_function(call),
	                 notes[0].refused ? "refused " : "", first, r,
	                 notes[r].refused ? "refused " : "", second,
	                 strcmp(first, second) ? "" : " with other counts");
}

/* Read what came while this rank refused calls. */
static cohort_status settle(struct mpi_world *world, const struct call *call)
{
	struct check *check = &world->check;

	for (; check->owed > 0; check->owed--) {
		cohort_status status = exchange(world, call, NULL);
		if (status != COHORT_OK)
			return status;
		check->notes[world->base.rank] =
		    check->refusals[check->refused];
		status = compare(world, call);
		if (status != COHORT_OK)
			return status;
	}
	return COHORT_OK;
}

/* What the root says of the counts in the notes. */
struct verdict {
	int64_t rank; /* the first that sends other than it should; or -1 */
	uint64_t expected;
};

static cohort_status check_counts(struct mpi_world *world,
                                  const struct call *call,
                                  const size_t counts[])
{
	const struct call_record *notes = world->check.notes;
	struct verdict verdict = {-1, 0};

	for (int r = 0; counts && r < world->base.size; r++)
		if (verdict.rank < 0 && notes[r].call.count != counts[r])
			verdict = (struct verdict){r, counts[r]};
	cohort_status status =
	    mpi_call_bcast(world, call, &verdict, sizeof(verdict), call->root);
	if (status != COHORT_OK || verdict.rank < 0)
		return status;
	return error_set(
	    COHORT_EMISMATCH,
	    "cohort_gatherv: rank %d sends %llu elements, but counts[%d] on "
	    "the root, rank %d, is %llu",
	    (int)verdict.rank,
	    (unsigned long long)notes[verdict.rank].call.count,
	    (int)verdict.rank, call->root,
	    (unsigned long long)verdict.expected);
}

cohort_status check_call(struct mpi_world *world, const struct call *call,
                         const size_t counts[])
{
	const struct call_record mine = {.call = *call};
	cohort_status status = settle(world, call);

	if (status != COHORT_OK)
		return status;
	struct call_record *kept = &world->check.notes[world->base.rank];
	*kept = mine;
	status = exchange(world, call, kept);
	if (status == COHORT_OK)
		status = compare(world, call);
	if (status == COHORT_OK && call->kind == CALL_GATHERV)
		status = check_counts(world, call, counts);
	return status;
}

/* The refusals never change, so MPI may read them for as long as it likes. A
 * failure to send cannot be told to anybody. */
void check_refuse(struct mpi_world *world, const struct call *call)
{
	const struct call_record *note = &world->check.refusals[call->kind];
	MPI_Request request;

	for (int r = 0; r < world->base.size; r++)
		if (r != world->base.rank &&
		    start_send(world, note, r, &request) == MPI_SUCCESS)
			MPI_Request_free(&request);
	world->check.owed++;
	world->check.refused = call->kind;
}
