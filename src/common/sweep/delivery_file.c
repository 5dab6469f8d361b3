#include "delivery_file.h"

#include "common/base/descriptor.h"
#include "common/base/rank_states.h"
#include "common/base/worker_stats.h"
#include "delivery_halt.h"
#include "delivery_sent.h"

#include <errno.h>

enum { READ_BYTES = 256 * 1024 /* of a rank at once */ };

void delivery_file_open(struct delivery *delivery)
{
	const struct world *world = mail_world(delivery);

	for (int r = 1; world->nodes == 1 && r < world->size; r++) {
		struct rank_state *state = &world->states->ranks[r];
		if (atomic_load(&state->file_state) != RANK_FILE_OFFERED)
			continue;
		const int fd = node_memory_open_file(&state->file);
		delivery->mail->peers[r].file = fd > 0 ? fd : 0;
		atomic_store(&state->file_state,
		             fd > 0 ? RANK_FILE_READ : RANK_FILE_NONE);
	}
}

void delivery_file_close(struct delivery *delivery)
{
	struct delivery_mail *mail = delivery->mail;

	for (int r = 1; mail->peers && r < mail_world(delivery)->size; r++)
		if (mail->peers[r].file > 0)
			descriptor_close(&mail->peers[r].file);
}

static uint64_t shown_by(const struct delivery *delivery, int r)
{
	return atomic_load_explicit(
	    &mail_world(delivery)->stats->ranks[r].shown, memory_order_acquire);
}

/* Where the next bytes of a rank are in its file. When the rank has turned to
 * the other half, all of the first one was read. */
static uint64_t find_offset(const struct rank_state *state,
                            struct mail_peer *peer, uint64_t shown)
{
	const uint64_t half = atomic_load(&state->half);

	if (half == 0)
		return peer->read;
	const uint64_t turn = shown / half;
	if (peer->read < turn * half)
		peer->read = turn * half;
	return turn % 2 * half + (peer->read - turn * half);
}

static void fail_to_read(struct delivery *delivery, int r)
{
	mail_note_failure(delivery,
	                  error_sys("cohort_scatter: the results of rank %d "
	                            "cannot be read in its memory",
	                            r));
	delivery_lack_memory(delivery, "receive results", errno);
}

/* Without memory, or if the system refuses, rank 0 goes on, so that no rank
 * waits for it. */
static void read_rank(struct delivery *delivery, int r)
{
	struct mail_peer *peer = &delivery->mail->peers[r];
	struct rank_state *state = &mail_world(delivery)->states->ranks[r];
	const uint64_t shown = shown_by(delivery, r);
	size_t got = 0;

	if (shown <= peer->read)
		return;
	const uint64_t offset = find_offset(state, peer, shown);
	const uint64_t left = shown - peer->read;
	const size_t bytes = left < READ_BYTES ? (size_t)left : READ_BYTES;
	unsigned char *room = delivery_sent_room(delivery, r, bytes);
	if (room &&
	    (!descriptor_read_at(peer->file, offset, room, bytes, &got) ||
	     got < bytes))
		fail_to_read(delivery, r);
	delivery->streams[r].sent_bytes += got;
	peer->read += bytes;
	atomic_store(&state->taken, peer->read);
	delivery->mail->moved = true;
}

void delivery_file_read(struct delivery *delivery)
{
	for (int r = 1; r < mail_world(delivery)->size; r++)
		if (delivery->mail->peers[r].file > 0)
			read_rank(delivery, r);
}

bool delivery_file_is_behind(const struct delivery *delivery)
{
	for (int r = 1; r < mail_world(delivery)->size; r++) {
		const struct mail_peer *peer = &delivery->mail->peers[r];
		if (peer->file > 0 && shown_by(delivery, r) > peer->read)
			return true;
	}
	return false;
}
