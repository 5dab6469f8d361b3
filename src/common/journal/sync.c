#define _POSIX_C_SOURCE 200809L
#include "sync.h"

#include "common/base/background_thread.h"
#include "file.h"

#include <errno.h>
#include <time.h>

enum { SECOND = 1000000000, STACK_BYTES = 65536 };

void journal_failed(struct journal_shared *shared, enum journal_failure failure)
{
	uint32_t none = 0;
	const uint32_t what =
	    (uint32_t)failure << 16 | ((uint32_t)errno & 0xffff);

	atomic_compare_exchange_strong(&shared->failed, &none, what);
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

void sync_now(struct journal_sync *sync)
{
	struct journal_shared *shared = sync->shared;
	const uint64_t changes = atomic_load(&shared->changes);

	if (atomic_load(&shared->synced) == changes ||
	    atomic_load(&shared->failed))
		return;
	if (file_sync_data(sync->fd))
		atomic_store(&shared->synced, changes);
	else
		journal_failed(shared, FAILURE_SYNC);
}

void sync_written(struct journal_sync *sync)
{
	if (sync->threaded)
		return;
	const uint64_t begin = now();
	if (begin - atomic_load(&sync->shared->synced_at) < SECOND)
		return;
	atomic_store(&sync->shared->synced_at, begin);
	sync_now(sync);
}

/* Once a second from when the last sync began, so that no record waits for
 * longer than that before its own begins. */
static void *keep_synced(void *arg)
{
	struct journal_sync *sync = arg;

	pthread_mutex_lock(&sync->mutex);
	while (!sync->stop) {
		const uint64_t due = now() + SECOND;
		const struct timespec end = {(time_t)(due / SECOND),
		                             (long)(due % SECOND)};
		int waited = 0;
		pthread_mutex_unlock(&sync->mutex);
		sync_now(sync);
		pthread_mutex_lock(&sync->mutex);
		while (!sync->stop && waited == 0)
			waited = pthread_cond_timedwait(&sync->wake,
			                                &sync->mutex, &end);
	}
	pthread_mutex_unlock(&sync->mutex);
	return NULL;
}

static bool make_condition(struct journal_sync *sync)
{
	pthread_condattr_t attributes;

	if (pthread_condattr_init(&attributes))
		return false;
	const bool made =
	    !pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) &&
	    !pthread_cond_init(&sync->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	return made;
}

void sync_start(struct journal_sync *sync, int fd,
                struct journal_shared *shared)
{
	*sync = (struct journal_sync){.fd = fd, .shared = shared};
	atomic_store(&shared->synced_at, now());
	if (pthread_mutex_init(&sync->mutex, NULL))
		return;
	if (make_condition(sync)) {
		sync->threaded = !background_thread_start(
		    &sync->thread, STACK_BYTES, keep_synced, sync);
		if (sync->threaded)
			return;
		pthread_cond_destroy(&sync->wake);
	}
	pthread_mutex_destroy(&sync->mutex);
}

void sync_stop(struct journal_sync *sync)
{
	if (!sync->threaded)
		return;
	pthread_mutex_lock(&sync->mutex);
	sync->stop = true;
	pthread_cond_signal(&sync->wake);
	pthread_mutex_unlock(&sync->mutex);
	pthread_join(sync->thread, NULL);
	pthread_cond_destroy(&sync->wake);
	pthread_mutex_destroy(&sync->mutex);
	sync->threaded = false;
}
