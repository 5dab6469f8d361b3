/* The number of cores, compared with the affinity that this process has. */
#define _GNU_SOURCE /* sched_setaffinity */
#include "common/base/cpu_count.h"

#include <criterion/criterion.h>

#include <sched.h>
#include <unistd.h>

static int allowed(cpu_set_t *set)
{
	cr_assert(sched_getaffinity(0, sizeof(*set), set) == 0);
	return CPU_COUNT(set);
}

Test(cores, no_more_than_the_affinity_mask)
{
	cpu_set_t set;
	int most = allowed(&set);
	int cores = cpu_count();

	cr_expect(cores >= 1 && cores <= most, "%d, but the mask has %d", cores,
	          most);
}

Test(cores, a_mask_of_one_is_one_core)
{
	cpu_set_t set;
	size_t cpu = 0;

	allowed(&set);
	while (!CPU_ISSET(cpu, &set))
		cpu++;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	cr_assert(sched_setaffinity(0, sizeof(set), &set) == 0);
	cr_expect(cpu_count() == 1, "%d", cpu_count());
}

/* Without a quota, it is the number of cores in the mask. */
Test(cores, a_mask_of_two_is_one_or_two_cores)
{
	cpu_set_t set;
	cpu_set_t two;

	if (allowed(&set) < 2)
		cr_skip_test("one core only");
	CPU_ZERO(&two);
	for (size_t cpu = 0; CPU_COUNT(&two) < 2; cpu++)
		if (CPU_ISSET(cpu, &set))
			CPU_SET(cpu, &two);
	cr_assert(sched_setaffinity(0, sizeof(two), &two) == 0);
	int cores = cpu_count();
	cr_expect(cores == 1 || cores == 2, "%d", cores);
	cr_expect(access("/sys/fs/cgroup", F_OK) == 0 || cores == 2,
	          "no cgroups, two cores in the mask, and %d", cores);
}

Test(cores, asking_changes_nothing)
{
	cpu_set_t before;
	cpu_set_t after;
	int first = cpu_count();

	allowed(&before);
	for (int i = 0; i < 100; i++)
		cr_assert(cpu_count() == first);
	allowed(&after);
	cr_expect(CPU_EQUAL(&before, &after));
}
