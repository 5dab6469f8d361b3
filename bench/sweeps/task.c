/* One task as a program, for tools that start one for each: its argument is
 * the number of steps. */
#include "kernel.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	struct kernel_result result;
	char *end;

	if (argc != 2)
		return 2;
	const long steps = strtol(argv[1], &end, 10);
	if (*end || steps < 0)
		return 2;
	kernel_run(steps, &result);
	printf("%.9f %.0f\n", result.seconds, result.value);
	return EXIT_SUCCESS;
}
