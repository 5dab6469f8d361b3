/*
 * The numbers of calls carry the number of the group, because a message that
 * nobody needed may come to a later group: MPI gives its communicator to one.
 */
#include "call_presence.h"

#include "common/base/clock.h"
#include "common/base/error.h"
#include "message_tag.h"
#include "mpi_error.h"
#include "mpi_wait.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { GROUP_SHIFT = 32 };

/* In the place of a missing rank. */
enum { NONE = -1, RANK_0_ASKS = -2, UNKNOWN = -3 };

/* Ranks that are missing: `first` and so many more. */
struct missing {
	int first;
	int more;
	bool found; /* the search was made */
};

bool presence_open(struct mpi_world *world)
{
	struct call_exchange *exchange = &world->exchange;
	const int count = world->base.rank == 0 ? world->base.size : 1;

	exchange->number = (uint64_t)world->base.number << GROUP_SHIFT;
	if (!world->timed)
		return true;
	exchange->lines = calloc((size_t)count, sizeof(*exchange->lines));
	exchange->line_count = exchange->lines ? count : 0;
	for (int i = 0; i < exchange->line_count; i++)
		exchange->lines[i].request = MPI_REQUEST_NULL;
	return exchange->lines;
}

static bool is_rank_0(const struct mpi_world *world)
{
	return world->base.rank == 0;
}

/* Three quarters of what the rank still waits: the answers of others come
 * before, and the rank has what it is told in time. */
static double due_of(const struct presence_message *message)
{
	return message->seconds > 0 ? clock_seconds() + message->seconds * 0.75
	                            : 0;
}

static void hear(struct mpi_world *world, int from,
                 const struct presence_message *message)
{
	struct call_exchange *exchange = &world->exchange;

	if (message->number >> GROUP_SHIFT != exchange->number >> GROUP_SHIFT)
		return;
	if (is_rank_0(world)) {
		exchange->lines[from].present = message->number;
		exchange->lines[from].due = due_of(message);
	} else if (message->missing != RANK_0_ASKS) {
		exchange->news = *message;
		return;
	}
	if (message->number > exchange->wanted)
		exchange->wanted = message->number;
}

static int receive_presence(struct mpi_world *world)
{
	for (;;) {
		struct presence_message message;
		MPI_Status status;
		int flag = 0;
		int code = MPI_Iprobe(MPI_ANY_SOURCE, TAG_PRESENT, world->comm,
		                      &flag, &status);
		if (code != MPI_SUCCESS || !flag)
			return code;
		const int from = status.MPI_SOURCE;
		code = MPI_Recv(&message, sizeof(message), MPI_BYTE, from,
		                TAG_PRESENT, world->comm, MPI_STATUS_IGNORE);
		if (code != MPI_SUCCESS)
			return code;
		hear(world, from, &message);
	}
}

/* If the last message on this line is on its way, this one has to wait. */
static int send(struct mpi_world *world, int to, struct presence_line *line,
                struct presence_message message, bool *sent)
{
	int flag = 0;
	int code = MPI_Test(&line->request, &flag, MPI_STATUS_IGNORE);

	*sent = code == MPI_SUCCESS && flag;
	if (!*sent)
		return code;
	line->message = message;
	return MPI_Isend(&line->message, sizeof(line->message), MPI_BYTE, to,
	                 TAG_PRESENT, world->comm, &line->request);
}

static bool waited_long(const struct mpi_world *world)
{
	return world->timeout > 0 &&
	       clock_seconds() > world->limit.at - world->timeout / 2;
}

static double seconds_to_wait_yet(const struct mpi_world *world)
{
	const double left = world->limit.at - clock_seconds();

	if (world->timeout <= 0)
		return 0;
	return left > 1e-9 ? left : 1e-9;
}

/* Another rank than 0: say that this rank is in the call, if rank 0 asks or
 * this rank has waited long. */
static int tell_root(struct mpi_world *world)
{
	struct call_exchange *exchange = &world->exchange;
	const uint64_t number = exchange->number;
	const bool asked =
	    exchange->wanted == number && exchange->answered != number;
	bool sent = false;

	if (!asked && (exchange->told == number || !waited_long(world)))
		return MPI_SUCCESS;
	const int code =
	    send(world, 0, &exchange->lines[0],
	         (struct presence_message){
	             .number = number, .seconds = seconds_to_wait_yet(world)},
	         &sent);
	if (sent)
		exchange->told = number;
	if (sent && asked)
		exchange->answered = number;
	return code;
}

/* Whether the record of rank r has arrived. A rank that is not in the call has
 * refused it then. */
static bool has_arrived(struct mpi_world *world, int r)
{
	struct call_exchange *exchange = &world->exchange;
	int flag = 0;
	const int code =
	    exchange->collects
	        ? MPI_Test(&exchange->requests[r], &flag, MPI_STATUS_IGNORE)
	        : MPI_Iprobe(r, TAG_CALL, world->comm, &flag,
	                     MPI_STATUS_IGNORE);

	return code == MPI_SUCCESS && flag;
}

static void find_absent(struct mpi_world *world, struct missing *missing)
{
	const struct call_exchange *exchange = &world->exchange;

	if (missing->found)
		return;
	*missing = (struct missing){.first = NONE, .found = true};
	for (int r = 1; r < world->base.size; r++) {
		if (exchange->lines[r].present >= exchange->number ||
		    has_arrived(world, r))
			continue;
		if (missing->first == NONE)
			missing->first = r;
		else
			missing->more++;
	}
}

/* Rank 0: ask rank r, or tell it who is missing, if it is time for that. */
static int serve_rank(struct mpi_world *world, int r, double now,
                      struct missing *missing)
{
	const uint64_t number = world->exchange.number;
	struct presence_line *line = &world->exchange.lines[r];
	struct presence_message message = {.number = number,
	                                   .missing = RANK_0_ASKS};
	const bool asks = line->asked != number;
	bool sent = false;

	if (!asks &&
	    (line->present != number || line->due <= 0 || line->due > now))
		return MPI_SUCCESS;
	if (!asks) {
		find_absent(world, missing);
		message.missing = missing->first;
		message.more = missing->more;
	}
	const int code = send(world, r, line, message, &sent);
	if (sent && asks)
		line->asked = number;
	else if (sent)
		line->due = 0;
	return code;
}

/* Rank 0, when some rank has waited long. `now` may lie ahead. */
static int serve_all(struct mpi_world *world, double now)
{
	struct missing missing = {.found = false};
	int code = MPI_SUCCESS;

	for (int r = 1; r < world->base.size && code == MPI_SUCCESS; r++)
		code = serve_rank(world, r, now, &missing);
	return code;
}

static int exchange_presence(struct mpi_world *world)
{
	const struct call_exchange *exchange = &world->exchange;
	const int code = receive_presence(world);

	if (code != MPI_SUCCESS)
		return code;
	if (!is_rank_0(world))
		return tell_root(world);
	return exchange->wanted >= exchange->number || waited_long(world)
	           ? serve_all(world, clock_seconds())
	           : MPI_SUCCESS;
}

/* Who is missing, as far as this rank knows. Rank 0 is about to leave the call,
 * and tells the others. */
static struct missing know_missing(struct mpi_world *world)
{
	struct call_exchange *exchange = &world->exchange;
	struct missing missing = {.found = false};

	if (is_rank_0(world)) {
		find_absent(world, &missing);
		(void)serve_all(world, INFINITY);
	} else if (exchange->news.number == exchange->number) {
		missing.first = exchange->news.missing;
		missing.more = exchange->news.more;
	} else if (exchange->wanted == exchange->number ||
	           has_arrived(world, 0)) {
		missing.first = UNKNOWN;
	}
	return missing;
}

/* Returns COHORT_ETIMEOUT. */
static cohort_status report_missing(struct mpi_world *world,
                                    const struct call *call)
{
	const struct missing missing = know_missing(world);
	char text[CALL_TEXT_BYTES];
	char others[32] = "";

	call_describe(call, text);
	if (missing.first == NONE)
		return error_set(COHORT_ETIMEOUT,
		                 "%s: the peers came, but too late for the "
		                 "timeout of %g s of rank %d: set a longer "
		                 "timeout",
		                 text, world->timeout, world->base.rank);
	if (missing.first == UNKNOWN)
		return error_set(COHORT_ETIMEOUT,
		                 "%s: some peers did not come within the "
		                 "timeout of %g s, while rank %d waited, or "
		                 "had left before: see what holds them up, or "
		                 "set a longer timeout",
		                 text, world->timeout, world->base.rank);
	if (missing.more > 0)
		snprintf(others, sizeof(others), " and %d more", missing.more);
	return error_set(COHORT_ETIMEOUT,
	                 "%s: rank %d%s did not come within the timeout of %g "
	                 "s, while rank %d waited: see what holds it up, or "
	                 "set a longer timeout",
	                 text, missing.first, others, world->timeout,
	                 world->base.rank);
}

cohort_status presence_wait(struct mpi_world *world, const struct call *call,
                            int count, MPI_Request requests[])
{
	struct wait_pauses pauses = {0};
	int done = 0;

	while (done < count) {
		int flag = 0;
		int code = MPI_Test(&requests[done], &flag, MPI_STATUS_IGNORE);
		if (code == MPI_SUCCESS && flag) {
			done++;
			continue;
		}
		if (code == MPI_SUCCESS && world->timed)
			code = exchange_presence(world);
		if (code != MPI_SUCCESS)
			return mpi_error_report(call, "MPI_Test", code);
		if (wait_is_interrupted(world))
			return wait_say_interrupted(world, call);
		if (time_limit_passed(&world->limit))
			return report_missing(world, call);
		wait_pause(&pauses);
	}
	return COHORT_OK;
}

/* A message that MPI may still be sending stays. */
void presence_drain(struct mpi_world *world)
{
	struct call_exchange *exchange = &world->exchange;
	int all = 1;

	if (!exchange->lines)
		return;
	(void)receive_presence(world);
	for (int i = 0; i < exchange->line_count; i++) {
		int flag = 0;
		MPI_Test(&exchange->lines[i].request, &flag, MPI_STATUS_IGNORE);
		all = all && flag;
	}
	if (!all)
		exchange->lines = NULL;
}
