#include "result_mail.h"

#include "common/base/error.h"
#include "message_tag.h"
#include "mpi_error.h"
#include "progress_thread.h"
#include "tickets.h"

#include <stdlib.h>
#include <string.h>

/* Messages in all windows together, and in each. */
enum { MESSAGES = 4096, WINDOW_MOST = 128, WINDOW_LEAST = 4 };

/* From rank 0 to another rank. */
struct result_answer {
	uint64_t received;       /* messages of that rank */
	struct result_news news; /* not in an answer of ACK_BYTES bytes */
};

enum { ACK_BYTES = sizeof(uint64_t) };

static unsigned window_of(const struct mpi_world *world)
{
	const unsigned part = MESSAGES / (unsigned)world->base.size;

	return part > WINDOW_MOST    ? WINDOW_MOST
	       : part < WINDOW_LEAST ? WINDOW_LEAST
	                             : part;
}

/* Rank 0 acknowledges so many messages with one of its own. */
static unsigned ack_messages(const struct mpi_world *world)
{
	return window_of(world) / 2;
}

static cohort_status report_result_error(const char *function, int code)
{
	static const struct call scatter = {.kind = CALL_SCATTER};

	return mpi_error_report(&scatter, function, code);
}

static bool open_window(struct mpi_world *world)
{
	struct result_window *window = &world->results;
	const size_t count = window_of(world);

	if (window->texts)
		return true;
	window->requests = malloc(count * sizeof(*window->requests));
	window->texts = malloc(count * RESULT_MESSAGE_BYTES);
	if (!window->requests || !window->texts) {
		free(window->requests);
		free(window->texts);
		window->texts = NULL;
		return false;
	}
	for (size_t i = 0; i < count; i++)
		window->requests[i] = MPI_REQUEST_NULL;
	return true;
}

static int receive_answers(struct mpi_world *world)
{
	struct result_window *window = &world->results;

	for (;;) {
		struct result_answer answer;
		MPI_Status status;
		int bytes = 0;
		int flag = 0;
		int code = MPI_Iprobe(0, TAG_RESULT_ACK, world->comm, &flag,
		                      MPI_STATUS_IGNORE);
		if (code != MPI_SUCCESS || !flag)
			return code;
		code = MPI_Recv(&answer, sizeof(answer), MPI_BYTE, 0,
		                TAG_RESULT_ACK, world->comm, &status);
		if (code != MPI_SUCCESS)
			return code;
		MPI_Get_count(&status, MPI_BYTE, &bytes);
		window->acked = answer.received;
		if (bytes > ACK_BYTES)
			window->news = answer.news;
		window->heard++;
	}
}

/* `news`: NULL for none. */
static int send_answer(struct mpi_world *world, int to,
                       const struct result_news *news)
{
	struct result_answer answer = {.received = world->results.received[to]};

	if (news)
		answer.news = *news;
	return MPI_Send(&answer, news ? (int)sizeof(answer) : ACK_BYTES,
	                MPI_BYTE, to, TAG_RESULT_ACK, world->comm);
}

/* Start to send, if a message of the window is free. */
static int send_message(struct mpi_world *world, const void *data, size_t bytes,
                        bool *sent)
{
	struct result_window *window = &world->results;
	const size_t slot = window->sent % window_of(world);
	unsigned char *text = window->texts + slot * RESULT_MESSAGE_BYTES;
	int flag = 1;

	*sent = false;
	/* Not each time: see may_receive in delivery_mail_receive.c. */
	int code = MPI_SUCCESS;
	if (window->sent - window->acked >= ack_messages(world))
		code = receive_answers(world);
	if (code != MPI_SUCCESS ||
	    window->sent - window->acked >= window_of(world))
		return code;
	if (window->requests[slot] != MPI_REQUEST_NULL)
		code =
		    MPI_Test(&window->requests[slot], &flag, MPI_STATUS_IGNORE);
	if (code != MPI_SUCCESS || !flag)
		return code;
	if (bytes > 0)
		memcpy(text, data, bytes);
	code = MPI_Isend(text, (int)bytes, MPI_BYTE, 0, TAG_RESULT, world->comm,
	                 &window->requests[slot]);
	window->sent += code == MPI_SUCCESS;
	*sent = code == MPI_SUCCESS;
	return code;
}

static cohort_status mail_open(struct world *base)
{
	struct mpi_world *world = world_of(base);
	struct result_window *window = &world->results;

	if (base->rank > 0)
		return open_window(world)
		           ? COHORT_OK
		           : error_sys("cohort_scatter: malloc of messages");
	if (!window->received)
		window->received =
		    calloc((size_t)base->size, sizeof(*window->received));
	return window->received
	           ? COHORT_OK
	           : error_sys("cohort_scatter: calloc for %d ranks",
	                       base->size);
}

static cohort_status mail_send(struct world *base, const void *data,
                               size_t bytes, bool *sent)
{
	struct mpi_world *world = world_of(base);

	progress_thread_lock();
	const int code = send_message(world, data, bytes, sent);
	progress_thread_unlock();
	return code == MPI_SUCCESS ? COHORT_OK
	                           : report_result_error("MPI_Isend", code);
}

/* Whether MPI has sent all messages. */
static int test_requests(struct mpi_world *world, int *all)
{
	struct result_window *window = &world->results;
	int code = MPI_SUCCESS;

	*all = 1;
	for (unsigned i = 0; i < window_of(world); i++)
		if (code == MPI_SUCCESS && *all &&
		    window->requests[i] != MPI_REQUEST_NULL)
			code = MPI_Test(&window->requests[i], all,
			                MPI_STATUS_IGNORE);
	return code;
}

/* Whether all messages are sent, and all that is to be acknowledged is. */
static int test_window(struct mpi_world *world, bool *idle)
{
	const struct result_window *window = &world->results;
	const uint64_t acks = window->sent / ack_messages(world);
	int code = receive_answers(world);
	int all = 0;

	if (code == MPI_SUCCESS)
		code = test_requests(world, &all);
	*idle = all && window->acked >= acks * ack_messages(world);
	return code;
}

static cohort_status mail_is_idle(struct world *base, bool *idle)
{
	struct mpi_world *world = world_of(base);

	progress_thread_lock();
	const int code = test_window(world, idle);
	progress_thread_unlock();
	return code == MPI_SUCCESS ? COHORT_OK
	                           : report_result_error("MPI_Test", code);
}

static cohort_status mail_is_sending(struct world *base, bool *sending)
{
	int all = 0;

	progress_thread_lock();
	const int code = test_requests(world_of(base), &all);
	progress_thread_unlock();
	*sending = !all;
	return code == MPI_SUCCESS ? COHORT_OK
	                           : report_result_error("MPI_Test", code);
}

/* A message if there is one. */
static int receive_message(struct mpi_world *world, int *from, void *data,
                           size_t *bytes)
{
	MPI_Status status;
	int count = 0;
	int flag = 0;
	int code =
	    MPI_Iprobe(MPI_ANY_SOURCE, TAG_RESULT, world->comm, &flag, &status);

	if (code != MPI_SUCCESS || !flag)
		return code;
	MPI_Get_count(&status, MPI_BYTE, &count);
	code = MPI_Recv(data, count, MPI_BYTE, status.MPI_SOURCE, TAG_RESULT,
	                world->comm, MPI_STATUS_IGNORE);
	if (code != MPI_SUCCESS)
		return code;
	*from = status.MPI_SOURCE;
	*bytes = (size_t)count;
	uint64_t *received = &world->results.received[*from];
	if (++*received % ack_messages(world) == 0)
		code = send_answer(world, *from, NULL);
	return code;
}

static cohort_status mail_receive(struct world *base, int *from, void *data,
                                  size_t *bytes)
{
	struct mpi_world *world = world_of(base);

	*from = -1;
	progress_thread_lock();
	const int code = receive_message(world, from, data, bytes);
	progress_thread_unlock();
	return code == MPI_SUCCESS ? COHORT_OK
	                           : report_result_error("MPI_Recv", code);
}

static cohort_status mail_tell(struct world *base, int to,
                               const struct result_news *news)
{
	progress_thread_lock();
	const int code = send_answer(world_of(base), to, news);
	progress_thread_unlock();
	return code == MPI_SUCCESS ? COHORT_OK
	                           : report_result_error("MPI_Send", code);
}

static cohort_status mail_hear(struct world *base, struct result_news *news,
                               uint64_t *heard)
{
	struct mpi_world *world = world_of(base);

	progress_thread_lock();
	const int code = receive_answers(world);
	progress_thread_unlock();
	*news = world->results.news;
	*heard = world->results.heard;
	return code == MPI_SUCCESS ? COHORT_OK
	                           : report_result_error("MPI_Recv", code);
}

const struct result_transfer result_mail = {
    .open = mail_open,
    .send = mail_send,
    .is_idle = mail_is_idle,
    .is_sending = mail_is_sending,
    .receive = mail_receive,
    .tell = mail_tell,
    .hear = mail_hear,
    .attend = tickets_attend,
};

void result_mail_free(struct mpi_world *world)
{
	struct result_window *window = &world->results;
	bool idle = true;

	for (unsigned i = 0; window->texts && i < window_of(world); i++)
		idle &= window->requests[i] == MPI_REQUEST_NULL;
	if (idle) {
		free(window->texts);
		free(window->requests);
	}
	free(window->received);
}
