#define _POSIX_C_SOURCE 200809L
#include "call_watch.h"

#include "common/base/background_thread.h"
#include "common/base/time_limit.h"

#include <time.h>

enum { LOOK_NS = 300000000, SECOND_NS = 1000000000 };

/* Whether the call has returned within so many seconds. */
static bool wait_for_end(struct call_watch *watch, double seconds)
{
	struct time_limit limit = time_limit_in(seconds);
	struct timespec until;

	pthread_mutex_lock(&watch->lock);
	/* The condition's clock may be set; only the other one counts. */
	while (!watch->over && !time_limit_passed(&limit)) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += LOOK_NS;
		until.tv_sec += until.tv_nsec / SECOND_NS;
		until.tv_nsec %= SECOND_NS;
		pthread_cond_timedwait(&watch->changed, &watch->lock, &until);
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
