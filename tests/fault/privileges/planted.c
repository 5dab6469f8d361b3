/* In the place of a module for MPI: says that it is in the process. */
#include <stdio.h>

__attribute__((constructor)) static void run(void)
{
	puts("planted code runs");
}
