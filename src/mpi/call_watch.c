#define _POSIX_C_SOURCE 200809L
#include "call_watch.h"

#include "common/base/background_thread.h"
#include "common/base/clock.h"

#include <time.h>

/* Whether the call has returned within so many seconds. */
static bool wait_for_end(struct call_watch *watch, double seconds)
{
	const double end = clock_seconds() + seconds;
	struct timespec until;
	double left = seconds;

	pthread_mutex_lock(&watch->lock);
	/* The condition's clock may be set; only the other one counts. */
	while (!watch->over && left > 0) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += (time_t)left + 1;
		pthread_cond_timedwait(&watch->changed, &watch->lock, &until);
		left = end - clock_seconds();
	}
	const bool over = watch->over;
	pthread_mutex_unlock(&watch->lock);
	return over;
}

static void *run(void *arg)
{
	struct call_watch *watch = arg;
	double seconds = watch->seconds;

	while (seconds > 0 && !wait_for_end(watch, seconds))
		seconds = watch->late(watch->arg);
	return NULL;
}

void call_watch_begin(struct call_watch *watch, double seconds,
                      double (*late)(void *arg), void *arg)
{
	*watch = (struct call_watch){
	    .lock = PTHREAD_MUTEX_INITIALIZER,
	    .changed = PTHREAD_COND_INITIALIZER,
	    .seconds = seconds,
	    .late = late,
	    .arg = arg,
	};
	watch->started = !background_thread_start(
	    &watch->thread, BACKGROUND_STACK_DEFAULT, run, watch);
}

void call_watch_end(struct call_watch *watch)
{
	if (!watch->started)
		return;
	pthread_mutex_lock(&watch->lock);
	watch->over = true;
	pthread_cond_signal(&watch->changed);
	pthread_mutex_unlock(&watch->lock);
	pthread_join(watch->thread, NULL);
}
