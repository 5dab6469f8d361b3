#define _GNU_SOURCE /* syscall */
#include "floors.h"
#include "machine.h"

#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

static inline void put(struct shared *shared, int side, uint32_t number)
{
	atomic_store_explicit(&shared->words[side].value, number,
	                      memory_order_release);
}

static inline void await(struct shared *shared, int side, uint32_t number)
{
	while (atomic_load_explicit(&shared->words[side].value,
	                            memory_order_acquire) != number)
		relax();
}

double pair_trip(struct shared *shared, int side, uint32_t first,
                 uint32_t count)
{
	return trip_rounds(shared->words, side, first, count);
}

/* The other may be one ahead, never two. */
double pair_flags(struct shared *shared, int side, uint32_t first,
                  uint32_t count)
{
	const double start = machine_seconds();

	for (uint32_t i = first; i < first + count; i++) {
		put(shared, side, i);
		while (atomic_load_explicit(&shared->words[!side].value,
		                            memory_order_acquire) < i)
			relax();
	}
	return machine_seconds() - start;
}

double pair_switch(struct shared *shared, int side, uint32_t first,
                   uint32_t count)
{
	const double start = machine_seconds();

	for (uint32_t i = first; i < first + count; i++) {
		if (side == 0)
			put(shared, 0, i);
		while (atomic_load(&shared->words[!side].value) != i)
			sched_yield();
		if (side == 1)
			put(shared, 1, i);
	}
	return machine_seconds() - start;
}

static void futex_put(struct shared *shared, int side, uint32_t number)
{
	put(shared, side, number);
	syscall(SYS_futex, &shared->words[side].value, FUTEX_WAKE, 1, NULL,
	        NULL, 0);
}

double pair_futex(struct shared *shared, int side, uint32_t first,
                  uint32_t count)
{
	const double start = machine_seconds();

	for (uint32_t i = first; i < first + count; i++) {
		_Atomic uint32_t *other = &shared->words[!side].value;
		if (side == 0)
			futex_put(shared, 0, i);
		while (atomic_load(other) != i)
			syscall(SYS_futex, other, FUTEX_WAIT, i - 1, NULL, NULL,
			        0);
		if (side == 1)
			futex_put(shared, 1, i);
	}
	return machine_seconds() - start;
}

/* The second process writes, the first copies; that is what counts. */
double pair_fetch(struct shared *shared, int side, uint32_t first,
                  uint32_t count)
{
	double seconds = 0;

	for (uint32_t i = first; i < first + count; i++) {
		if (side == 1) {
			copy_rewrite(shared->data, shared->bytes, i);
			put(shared, 1, i);
			await(shared, 0, i);
			continue;
		}
		await(shared, 1, i);
		const double start = machine_seconds();
		copy_lines(shared->copy, shared->data, shared->bytes);
		seconds += machine_seconds() - start;
		put(shared, 0, i);
	}
	return seconds;
}

static void run_blocks(struct shared *shared, const struct pair *pair, int side,
                       double seconds[])
{
	/* The first block warms up. */
	for (uint32_t i = 0; i <= BLOCKS; i++) {
		const double taken =
		    pair->run(shared, side, 1 + i * pair->count, pair->count);
		if (i > 0)
			seconds[i - 1] = taken / pair->count / pair->parts;
	}
}

void pair_time(struct shared *shared, const struct pair *pair,
               double seconds[BLOCKS])
{
	shared->words[0].value = 0;
	shared->words[1].value = 0;
	const pid_t child = fork();
	if (child < 0) {
		perror("fork");
		exit(EXIT_FAILURE);
	}
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		machine_pin(pair->core);
		run_blocks(shared, pair, 1, seconds);
		_exit(EXIT_SUCCESS);
	}
	run_blocks(shared, pair, 0, seconds);
	waitpid(child, NULL, 0);
}
