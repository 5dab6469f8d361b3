/* Threads that handle no signal, with the stack that is asked for or another, and
 * that are no threads of the program's. */
#define _GNU_SOURCE /* pthread_getattr_np, pthread_setname_np */
#include "common/base/background_thread.h"
#include "common/base/thread_pools.h"

#include <criterion/criterion.h>
#include <signal.h>

struct seen {
	sigset_t mask;
	size_t stack;
};

static void *look(void *arg)
{
	struct seen *seen = arg;
	pthread_attr_t attributes;

	pthread_sigmask(SIG_BLOCK, NULL, &seen->mask);
	pthread_getattr_np(pthread_self(), &attributes);
	pthread_attr_getstacksize(&attributes, &seen->stack);
	pthread_attr_destroy(&attributes);
	return seen;
}

static struct seen run_with(size_t stack_bytes)
{
	struct seen seen;
	pthread_t thread;
	void *returned;

	cr_assert(!background_thread_start(&thread, stack_bytes, look, &seen));
	cr_assert(!pthread_join(thread, &returned));
	cr_expect(returned == &seen);
	return seen;
}

Test(background_thread, blocks_what_can_be_blocked)
{
	const int signals[] = {SIGINT,  SIGTERM, SIGHUP,  SIGUSR1,
	                       SIGALRM, SIGCHLD, SIGPIPE, SIGPROF};
	const struct seen seen = run_with(BACKGROUND_STACK_DEFAULT);
	sigset_t mask;

	pthread_sigmask(SIG_BLOCK, NULL, &mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		cr_expect(sigismember(&seen.mask, signals[i]) == 1, "signal %d",
		          signals[i]);
		cr_expect(sigismember(&mask, signals[i]) == 0, "signal %d here",
		          signals[i]);
	}
}

Test(background_thread, stack)
{
	cr_expect(run_with(256 * 1024).stack == 256 * 1024);
	/* Less than the system allows. */
	cr_expect(run_with(1).stack > 256 * 1024);
}

/* As where the system refuses to set the name. */
static void *take_other_name(void *arg)
{
	pthread_barrier_t *barrier = arg;

	pthread_setname_np(pthread_self(), "other-name");
	pthread_barrier_wait(barrier);
	pthread_barrier_wait(barrier);
	return NULL;
}

Test(background_thread, is_known_without_its_name)
{
	char names[THREAD_NAMES_BYTES];
	pthread_barrier_t barrier;
	pthread_t own[3];
	pthread_t other;
	/* Criterion has threads of its own. */
	const int before = thread_pools_count(NULL, names);

	for (int round = 0; round < 2; round++) {
		pthread_barrier_init(&barrier, NULL, 5);
		for (int i = 0; i < 3; i++)
			cr_assert(!background_thread_start(
			    &own[i], BACKGROUND_STACK_DEFAULT, take_other_name,
			    &barrier));
		cr_assert(
		    !pthread_create(&other, NULL, take_other_name, &barrier));
		pthread_barrier_wait(&barrier);
		cr_expect(thread_pools_count(NULL, names) == before + 1,
		          "%d: %s", thread_pools_count(NULL, names), names);
		pthread_barrier_wait(&barrier);
		for (int i = 0; i < 3; i++)
			pthread_join(own[i], NULL);
		pthread_join(other, NULL);
		pthread_barrier_destroy(&barrier);
	}
}
