/* Transfers a byte at a time, and ones of more bytes than an int can count. */
#define _GNU_SOURCE
#include "calls.h"
#include "hooks.h"
#include "runner.h"
#include "scenarios.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

enum { RANKS = 4 };

static void tick(int number)
{
	(void)number;
	atomic_fetch_add(&shared->strays, 1);
}

static void start_ticking(void)
{
	const struct sigaction action = {.sa_handler = tick}; /* no restart */
	const struct itimerval often = {{0, 1000}, {0, 1000}};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

/* Timers are not inherited: each rank starts its own. */
static void transfer_bytewise(void)
{
	start_ticking();
	atomic_store(&hooks->cut, 1);
	cohort *group = enter(RANKS, 0);
	start_ticking();
	const double end = now() + 1;
	int64_t more = 1;
	int64_t all;
	int rounds = 0;
	bool right;
	while (more) {
		cohort_status status = collectives_all(group, 50, &right);
		EXPECT(status == COHORT_OK && right, "%s", cohort_error());
		more = now() < end;
		status = cohort_allreduce(group, &more, &all, 1, COHORT_INT64,
		                          COHORT_MIN);
		more = status == COHORT_OK ? all : 0;
		rounds++;
	}
	if (cohort_is_root(group))
		figure("%d rounds of all collectives", rounds);
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

void scenario_short_transfers(void)
{
	hooks_reset();
	EXPECT(run(transfer_bytewise).code == 0, "exit status");
	EXPECT(atomic_load(&shared->strays) > 100, "no signals");
	figure("%d signals", atomic_load(&shared->strays));
}

/* A large array that takes little memory: the same 2 MB again and again, with
 * a last piece of its own. */
enum { PIECE = 2 << 20, PIECES = 2049, TAIL = 5 };

static unsigned char *large_array(void)
{
	const int flags = MAP_SHARED | MAP_FIXED;
	const int access = PROT_READ | PROT_WRITE;
	const int fd = memfd_create("piece", MFD_CLOEXEC);
	unsigned char *array =
	    mmap(NULL, (size_t)PIECES * PIECE, access,
	         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (array == MAP_FAILED || fd < 0 || ftruncate(fd, PIECE))
		return NULL;
	for (size_t i = 0; i < PIECES - 1; i++)
		if (mmap(array + i * PIECE, PIECE, access, flags, fd, 0) ==
		    MAP_FAILED)
			return NULL;
	close(fd);
	return array;
}

static void broadcast_much(void)
{
	const cohort_options options = {.backend = "mp", .size = 2};
	const size_t bytes = (size_t)(PIECES - 1) * PIECE + TAIL;
	cohort *group = NULL;

	EXPECT(bytes > UINT_MAX, "%zu", bytes);
	EXPECT(cohort_open(&options, &group) == COHORT_OK, "open");
	const int rank = cohort_rank(group);
	unsigned char *array = large_array();
	if (!EXPECT(array, "no memory"))
		exit(1);
	for (size_t i = 0; i < PIECE; i++)
		array[i] = (unsigned char)(rank == 0 ? i % 251 : 255);
	for (size_t i = bytes - TAIL; i < bytes + TAIL; i++)
		array[i] = (unsigned char)(rank == 0 ? i % 13 : 255);
	const double begin = now();
	cohort_status status =
	    cohort_bcast(group, array, bytes, COHORT_UINT8, 0);
	EXPECT(status == COHORT_OK, "%s", cohort_error());
	for (size_t i = 0; i < PIECE; i++)
		if (!EXPECT(array[i] == i % 251, "byte %zu", i))
			break;
	for (size_t i = bytes - TAIL; i < bytes + TAIL; i++)
		EXPECT(array[i] == (i < bytes || rank == 0 ? i % 13 : 255),
		       "rank %d: byte %zu: %d", rank, i, array[i]);
	if (rank == 0)
		figure("%zu bytes in %.2f s", bytes, now() - begin);
	cohort_close(group);
}

void scenario_beyond_uint_max(void)
{
	EXPECT(run(broadcast_much).code == 0, "exit status");
}
