#define _GNU_SOURCE /* cpu_set_t, sched_getaffinity */
#include "core_share.h"

#include "base/digest.h"
#include "base/failure.h"
#include "base/library_sentence.h"
#include "base/memory.h"
#include "task/cores.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

/* What a rank tells the others. */
struct seat {
	uint64_t machine;
	cpu_set_t allowed;
};

/* A number that ranks have in common if they are on one machine. Two machines
 * may have one name, and containers of one machine several. */
static uint64_t this_machine(void)
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
	struct utsname names = {0};
	char boot[64] = "";

	if (file && !fgets(boot, sizeof(boot), file))
		boot[0] = '\0';
	if (file)
		fclose(file);
	uname(&names);
	return digest_add(digest_add(0, boot), names.nodename);
}

static bool gather_seats(cohort *group, struct seat seats[])
{
	const size_t size = (size_t)cohort_size(group);
	size_t *counts = memory_new(size, sizeof(*counts));
	struct seat own = {.machine = this_machine()};

	CPU_ZERO(&own.allowed);
	/* It fails where a machine has more cores than the set: no rank of it
	 * has cores then. */
	if (sched_getaffinity(0, sizeof(own.allowed), &own.allowed))
		CPU_ZERO(&own.allowed);
	for (size_t i = 0; i < size; i++)
		counts[i] = sizeof(own);
	const bool good = cohort_allgatherv(group, &own, sizeof(own), seats,
	                                    counts, COHORT_UINT8) == COHORT_OK;
	free(counts);
	return good || failure("%s", library_sentence());
}

/* Deals the cores of this rank's machine to the ranks there. */
static void deal(const struct seat seats[], size_t size, size_t rank, int each,
                 struct core_share *out)
{
	cpu_set_t *allowed = memory_new(size, sizeof(*allowed));
	cpu_set_t *own = memory_new(size, sizeof(*own));
	cpu_set_t all;
	size_t count = 0;
	size_t place = 0;

	CPU_ZERO(&all);
	for (size_t i = 0; i < size; i++) {
		if (seats[i].machine != seats[rank].machine)
			continue;
		if (i == rank)
			place = count;
		allowed[count++] = seats[i].allowed;
		CPU_OR(&all, &all, &seats[i].allowed);
	}
	cores_deal(allowed, count, each, own);
	out->own = own[place];
	out->machine = CPU_COUNT(&all);
	free(allowed);
	free(own);
}

bool core_share_make(cohort *group, int each, struct core_share *out)
{
	const size_t size = (size_t)cohort_size(group);
	struct seat *seats = memory_new(size, sizeof(*seats));
	const bool good = gather_seats(group, seats);

	if (good)
		deal(seats, size, (size_t)cohort_rank(group), each, out);
	free(seats);
	return good;
}
