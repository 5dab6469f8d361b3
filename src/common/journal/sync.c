#define _POSIX_C_SOURCE 200809L
#include "sync.h"

#include "common/base/background_thread.h"
#include "common/base/clock.h"
#include "file.h"

#include <time.h>

enum { SECOND = 1000000000, STACK_BYTES = 65536 };

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
		journal_shared_fail(shared, FAILURE_SYNC);
}

void sync_written(struct journal_sync *sync)
{
	if (sync->threaded)
		return;
	const uint64_t begin = (uint64_t)clock_ns();
	if (begin - atomic_load(&sync->shared->synced_at) < SECOND)
		return;
	atomic_store(&sync->shared->synced_at, begin);
	sync_now(sync);
}

/* Sync once a second. The second is counted from the beginning of the last
 * sync, so that no record waits longer than a second for its own to begin. */
static void *sync_each_second(void *arg)
{
	struct journal_sync *sync = arg;

	pthread_mutex_lock(&sync->mutex);
	while (!sync->stop) {
		const int64_t due = clock_ns() + SECOND;
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

/* A condition whose time limits are of CLOCK_MONOTONIC. */
static bool init_wake(struct journal_sync *sync)
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
	atomic_store(&shared->synced_at, (uint64_t)clock_ns());
	if (pthread_mutex_init(&sync->mutex, NULL))
		return;
	if (init_wake(sync)) {
		sync->threaded = !background_thread_start(
		    &sync->thread, STACK_BYTES, sync_each_second, sync);
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
