#define _GNU_SOURCE /* memfd_create */
#include "distance.h"

#include "machine.h"
#include "transport.h"
#include "trip.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RUNS = 3, ROUNDS = 50 };

static struct word *words; /* two; NULL: no distance is known */
static uint32_t next = 1;

/* The memory of rank 0's descriptor. The other rank opens it by rank 0's process,
 * which works under every launcher and in another root folder. */
static struct word *map_words(int fd)
{
	void *memory = MAP_FAILED;

	if (fd >= 0)
		memory = mmap(NULL, 2 * sizeof(*words), PROT_READ | PROT_WRITE,
		              MAP_SHARED, fd, 0);
	return memory == MAP_FAILED ? NULL : memory;
}

static int make_words(void)
{
	const int fd = memfd_create("bench-distance", MFD_CLOEXEC);

	if (fd >= 0 && ftruncate(fd, 2 * sizeof(*words))) {
		close(fd);
		return -1;
	}
	return fd;
}

static int open_words(const double place[2])
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%.0f/fd/%.0f", place[0], place[1]);
	return open(path, O_RDWR | O_CLOEXEC);
}

void distance_open(void)
{
	double place[2] = {0};
	int fd = -1;

	if (transport.size() != 2)
		return;
	if (transport.rank() == 0) {
		fd = make_words();
		place[0] = (double)getpid();
		place[1] = (double)fd;
	}
	transport.bcast(place, 2, 0);
	if (transport.rank() == 1 && place[1] >= 0)
		fd = open_words(place);
	words = map_words(fd);
	double missing = !words;
	transport.largest(&missing, 1);
	if (fd >= 0)
		close(fd);
	if (missing > 0)
		words = NULL;
}

double distance_now(void)
{
	double seconds[RUNS];

	if (!words)
		return 0;
	for (int i = 0; i < RUNS; i++, next += ROUNDS)
		seconds[i] = trip_rounds(words, transport.rank(), next, ROUNDS);
	return machine_summary(seconds, RUNS).least / (2 * ROUNDS);
}
