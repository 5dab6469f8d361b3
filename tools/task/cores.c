#define _GNU_SOURCE /* sched_getaffinity */
#include "cores.h"

#include <unistd.h>

int cores_allowed(void)
{
	cpu_set_t allowed;

	if (!sched_getaffinity(0, sizeof(allowed), &allowed))
		return CPU_COUNT(&allowed);
	const long online = sysconf(_SC_NPROCESSORS_ONLN);
	return online > 0 ? (int)online : 1;
}

bool cores_of_slot(int slot, int each, cpu_set_t *out)
{
	cpu_set_t allowed;
	int number = 0;

	CPU_ZERO(out);
	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return false;
	for (size_t core = 0; core < CPU_SETSIZE; core++) {
		if (!CPU_ISSET(core, &allowed))
			continue;
		if (number / each == slot)
			CPU_SET(core, out);
		number++;
	}
	return CPU_COUNT(out) == each;
}
