#define _GNU_SOURCE /* process_vm_readv */
#include "single_copy.h"

#include "common/base/clock.h"
#include "common/base/system_file.h"
#include "mp/liveness.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>

/* To read so many bytes takes about a millisecond. */
enum { PIECE_BYTES = 8 * 1024 * 1024 };

enum { STATUS_BYTES = 4096 };

static uint64_t wish_bit(enum single_copy_use use, size_t bytes)
{
	return UINT64_C(1) << (use * SINGLE_COPY_CLASSES +
	                       single_copy_class(bytes));
}

/* Without a filter of system calls. prctl tells, but a filter may kill for that
 * call too; so /proc is asked before the first one. */
static bool may_call(struct shm_plane *plane)
{
	static const char wanted[] = "\nSeccomp:\t0\n";
	char text[STATUS_BYTES];

	if (plane->reading == READING_UNKNOWN)
		plane->reading =
		    system_file_read("/proc/self/status", text, sizeof(text)) &&
		            strstr(text, wanted)
		        ? READING_ALLOWED
		        : READING_REFUSED;
	if (plane->reading == READING_ALLOWED && prctl(PR_GET_SECCOMP) != 0)
		plane->reading = READING_REFUSED;
	return plane->reading == READING_ALLOWED;
}

static bool is_wished(const struct rendezvous *rdv, enum single_copy_use use,
                      int reader, size_t bytes)
{
	const struct rank_sync *sync = &rdv->arena->syncs[reader];

	switch (rdv->plane->forced) {
	case TEST_SINGLE_COPY_ALWAYS:
		return bytes > 0;
	case TEST_SINGLE_COPY_NEVER:
		return false;
	case TEST_SINGLE_COPY_MEASURED:
		break;
	}
	return bytes >= SINGLE_COPY_FROM &&
	       atomic_load_explicit(&sync->wishes, memory_order_relaxed) &
	           wish_bit(use, bytes);
}

void single_copy_offer(struct rendezvous *rdv, enum single_copy_use use,
                       int reader, const void *data, size_t bytes)
{
	const struct rank_sync *own = &rdv->arena->syncs[rdv->rank];

	if (rdv->offer.data || !is_wished(rdv, use, reader, bytes) ||
	    atomic_load_explicit(&own->unreadable, memory_order_relaxed) ||
	    !liveness_can_mark(&rdv->wait.world->control->records[rdv->rank]))
		return;
	rdv->offer.data = data;
	rdv->offer.is_private = true;
}

/* One piece; false if the system does not read all of it. */
static bool read_piece(pid_t process, unsigned char *to,
                       const unsigned char *from, size_t bytes)
{
	size_t done = 0;

	while (done < bytes) {
		const struct iovec local = {to + done, bytes - done};
		const struct iovec remote = {(void *)(uintptr_t)(from + done),
		                             bytes - done};
		const ssize_t got =
		    process_vm_readv(process, &local, 1, &remote, 1, 0);
		if (got <= 0 && !(got < 0 && errno == EINTR))
			return false;
		done += got > 0 ? (size_t)got : 0;
	}
	return true;
}

cohort_status single_copy_read(struct rendezvous *rdv, int r, void *to,
                               const void *from, size_t bytes, bool *read)
{
	const struct rank_record *record =
	    &rdv->wait.world->control->records[r];
	const pid_t process = atomic_load(&record->process);
	cohort_status status = COHORT_OK;

	*read = may_call(rdv->plane);
	for (size_t at = 0; at < bytes && *read && status == COHORT_OK;
	     at += PIECE_BYTES) {
		const size_t left = bytes - at;
		*read = read_piece(process, (unsigned char *)to + at,
		                   (const unsigned char *)from + at,
		                   left < PIECE_BYTES ? left : PIECE_BYTES);
		/* What the kernel has read was read before these words. */
		atomic_thread_fence(memory_order_seq_cst);
		*read = *read && !liveness_is_marked(record);
		status = wait_check(&rdv->wait);
	}
	if (!*read)
		atomic_store_explicit(&rdv->arena->syncs[r].unreadable, 1,
		                      memory_order_relaxed);
	return status;
}

struct single_copy_timer single_copy_begin(const struct rendezvous *rdv,
                                           enum single_copy_use use,
                                           enum single_copy_way way,
                                           size_t bytes)
{
	const bool timed = bytes >= SINGLE_COPY_FROM &&
	                   way < SINGLE_COPY_WAYS &&
	                   rdv->plane->forced == TEST_SINGLE_COPY_MEASURED;

	return (struct single_copy_timer){
	    .use = use,
	    .way = way,
	    .bytes = bytes,
	    .start = timed ? clock_seconds() : 0,
	};
}

void single_copy_end(struct rendezvous *rdv,
                     const struct single_copy_timer *timer)
{
	_Atomic uint64_t *wishes = &rdv->arena->syncs[rdv->rank].wishes;
	const uint64_t before =
	    atomic_load_explicit(wishes, memory_order_relaxed);

	if (timer->start == 0)
		return;
	const enum single_copy_way next = single_copy_learn(
	    &rdv->plane->choices[timer->use][single_copy_class(timer->bytes)],
	    timer->way,
	    (clock_seconds() - timer->start) / (double)timer->bytes);
	const uint64_t bit = wish_bit(timer->use, timer->bytes);
	const uint64_t after = next == SINGLE_COPY_YES && may_call(rdv->plane)
	                           ? before | bit
	                           : before & ~bit;
	if (after != before)
		atomic_store_explicit(wishes, after, memory_order_relaxed);
}
