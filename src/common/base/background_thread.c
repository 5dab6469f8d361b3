#define _GNU_SOURCE /* pthread_setname_np, syscall */
#include "background_thread.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The address sanitizer allocates memory for a thread that begins. A process
 * that is forked meanwhile never gets the lock of the sanitizer's allocator:
 * only the C library's own allocator prevents that. So wait until the thread
 * has begun. */
#if defined(__SANITIZE_ADDRESS__)
enum { AWAIT_BEGIN = 1 };
#else
enum { AWAIT_BEGIN = 0 };
#endif

/* A thread, or the place of one that has ended. Places are used again and never
 * freed, so the list needs no lock, which a forked process might find held. */
struct place {
	struct place *next;
	/* That has the thread; FREE, or another process than this one, from
	 * which it was forked: none. */
	_Atomic pid_t process;
	_Atomic pid_t id; /* 0: the thread has not begun */
	void *(*run)(void *);
	void *arg;
};

enum { FREE = 0, TAKEN = -1 };

static _Atomic(struct place *) places;

static void leave_place(struct place *place)
{
	atomic_store(&place->process, FREE);
}

static void *begin(void *arg)
{
	struct place *place = arg;

	atomic_store(&place->id, (pid_t)syscall(SYS_gettid));
	void *result = place->run(place->arg);
	leave_place(place);
	return result;
}

static struct place *find_free(pid_t self)
{
	for (struct place *place = atomic_load(&places); place;
	     place = place->next) {
		pid_t process = atomic_load(&place->process);
		if (process != self && process != TAKEN &&
		    atomic_compare_exchange_strong(&place->process, &process,
		                                   TAKEN))
			return place;
	}
	return NULL;
}

/* NULL if there is no memory. */
static struct place *take_place(void *(*run)(void *), void *arg)
{
	const pid_t self = getpid();
	struct place *place = find_free(self);

	if (!place) {
		place = calloc(1, sizeof(*place));
		if (!place)
			return NULL;
		atomic_store(&place->process, TAKEN);
		place->next = atomic_load(&places);
		while (
		    !atomic_compare_exchange_weak(&places, &place->next, place))
			;
	}
	place->run = run;
	place->arg = arg;
	atomic_store(&place->id, 0);
	atomic_store(&place->process, self);
	return place;
}

bool background_thread_is(pid_t id)
{
	const pid_t self = getpid();
	bool found = false;

	for (struct place *place = atomic_load(&places); place && !found;
	     place = place->next) {
		while (atomic_load(&place->process) == self &&
		       atomic_load(&place->id) == 0)
			sched_yield();
		found = atomic_load(&place->process) == self &&
		        atomic_load(&place->id) == id;
	}
	return found;
}

static int create_with_stack(pthread_t *thread, size_t stack_bytes,
                             struct place *place)
{
	pthread_attr_t attributes;

	int failed = pthread_attr_init(&attributes);
	if (failed)
		return failed;
	failed = pthread_attr_setstacksize(&attributes, stack_bytes);
	if (!failed)
		failed = pthread_create(thread, &attributes, begin, place);
	pthread_attr_destroy(&attributes);
	return failed;
}

int background_thread_start(pthread_t *thread, size_t stack_bytes,
                            void *(*run)(void *), void *arg)
{
	sigset_t all;
	sigset_t before;
	int failed = 1;
	struct place *place = take_place(run, arg);

	if (!place)
		return ENOMEM;
	/* The new thread inherits the mask. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (stack_bytes != BACKGROUND_STACK_DEFAULT)
		failed = create_with_stack(thread, stack_bytes, place);
	if (failed)
		failed = pthread_create(thread, NULL, begin, place);
	if (failed)
		leave_place(place);
	else
		pthread_setname_np(*thread, BACKGROUND_NAME);
	while (AWAIT_BEGIN && !failed &&
	       atomic_load(&place->process) == getpid() &&
	       atomic_load(&place->id) == 0)
		sched_yield();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}
