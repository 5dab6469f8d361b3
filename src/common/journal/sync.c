#define _GNU_SOURCE /* sync_file_range */
#include "sync.h"

#include "common/base/background_thread.h"
#include "common/base/clock.h"
#include "file.h"
#include "journal_shared.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

enum { SECOND = 1000000000, STACK_BYTES = 65536, BEGIN_BYTES = 1 << 20 };

void sync_changed(struct sync_words *words)
{
	uint64_t begun = 0;
	uint64_t synced = 0;
	uint64_t changes;

	/* In this order: if no sync has begun for the last change that was
	 * counted, the next one begins after this, and so after this change. */
	const bool whole =
	    checked_word_read(atomic_load(&words->begun), &begun) &&
	    checked_word_read(atomic_load(&words->synced), &synced);
	uint64_t word = atomic_load(&words->changes);

	/* Nobody counts on if the number is damaged: see sync_now. */
	while (checked_word_read(word, &changes) &&
	       (!whole || changes <= begun || changes == synced) &&
	       !atomic_compare_exchange_weak(&words->changes, &word,
	                                     checked_word(changes + 1)))
		;
}

void sync_begin_writing(int fd, uint64_t from, uint64_t to)
{
	const int saved = errno;

	if (from / BEGIN_BYTES == to / BEGIN_BYTES)
		return;
	(void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	errno = saved;
}

/* Of two syncs at once the one that began later may be faster. */
static void raise_to(_Atomic uint64_t *number, uint64_t changes)
{
	uint64_t before = atomic_load(number);
	uint64_t counted;

	while ((!checked_word_read(before, &counted) || counted < changes) &&
	       !atomic_compare_exchange_weak(number, &before,
	                                     checked_word(changes)))
		;
}

static bool has_failed(const struct journal_sync *sync)
{
	int error;

	journal_shared_learn(sync->failed, &sync->words->failed);
	return journal_shared_failure(sync->failed, &error) != NULL;
}

/* If it is not known how many changes there are, there is always one more. */
void sync_now(struct journal_sync *sync)
{
	struct sync_words *words = sync->words;
	uint64_t changes;
	uint64_t synced;
	const bool counted =
	    checked_word_read(atomic_load(&words->changes), &changes);

	if (has_failed(sync) ||
	    (counted &&
	     checked_word_read(atomic_load(&words->synced), &synced) &&
	     synced == changes))
		return;
	if (counted)
		raise_to(&words->begun, changes);
	if (!file_is(sync->fd, *sync->file) || !file_sync_data(sync->fd)) {
		journal_shared_fail(sync->failed, FAILURE_SYNC);
		journal_shared_learn(&words->failed, sync->failed);
	} else if (counted) {
		raise_to(&words->synced, changes);
	}
}

/* Whether a second has passed since the last sync has begun, and no other
 * process has noticed it. A time to come is none: a task has written there. */
static bool claim_sync(struct sync_words *words)
{
	uint64_t last = atomic_load(&words->synced_at);
	const uint64_t time = (uint64_t)clock_ns();

	return (time < last || time - last >= SECOND) &&
	       atomic_compare_exchange_strong(&words->synced_at, &last, time);
}

void sync_written(struct journal_sync *sync)
{
	if (!sync->threaded && claim_sync(sync->words))
		sync_now(sync);
}

/* When the next sync begins, by CLOCK_MONOTONIC. */
static struct timespec next_sync(const struct sync_words *words)
{
	const uint64_t time = (uint64_t)clock_ns();
	const uint64_t last = atomic_load(&words->synced_at);
	const uint64_t due = (last < time ? last : time) + SECOND;

	return (struct timespec){(time_t)(due / SECOND), (long)(due % SECOND)};
}

/* Sync once a second. The second is counted from the beginning of the last
 * sync, so that no record waits longer than a second for its own to begin. */
static void *sync_each_second(void *arg)
{
	struct journal_sync *sync = arg;

	pthread_mutex_lock(&sync->mutex);
	while (!sync->stop) {
		int waited = 0;
		pthread_mutex_unlock(&sync->mutex);
		if (claim_sync(sync->words))
			sync_now(sync);
		const struct timespec end = next_sync(sync->words);
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

/* Whether it runs. */
static bool start_thread(struct journal_sync *sync)
{
	if (pthread_mutex_init(&sync->mutex, NULL))
		return false;
	if (init_wake(sync)) {
		sync->threaded = !background_thread_start(
		    &sync->thread, STACK_BYTES, sync_each_second, sync);
		if (sync->threaded)
			return true;
		pthread_cond_destroy(&sync->wake);
	}
	pthread_mutex_destroy(&sync->mutex);
	return false;
}

void sync_start(struct journal_sync *sync, int fd,
                const struct file_identity *file, struct sync_words *words,
                _Atomic uint64_t *failed)
{
	*sync = (struct journal_sync){
	    .fd = fd, .file = file, .words = words, .failed = failed};
	if (!start_thread(sync))
		atomic_store(&words->synced_at, (uint64_t)clock_ns());
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
