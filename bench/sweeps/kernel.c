#include "kernel.h"

#include "../machine.h"

#include <math.h>

/* The logistic map, from a start that depends on the number of steps. */
void kernel_run(long steps, struct kernel_result *out)
{
	const double start = machine_seconds();
	double x = 0.1 + 0.8 * fmod((double)steps * 0.618034, 1.0);

	for (long i = 0; i < steps; i++)
		x = 3.9 * x * (1 - x);
	out->value = floor(x * 1e6);
	out->seconds = machine_seconds() - start;
}
