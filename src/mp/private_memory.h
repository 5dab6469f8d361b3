/* The monitor's copy of the program's memory. */
#ifndef COHORT_MP_PRIVATE_MEMORY_H
#define COHORT_MP_PRIVATE_MEMORY_H

#include <stddef.h>

struct kept_memory {
	const void *start;
	size_t bytes;
};

/*
 * Release the program's memory to the system: heap, stack, other private memory
 * whatever its protection, and what the program has changed of files that it
 * maps privately. The program shares these pages with this process since the
 * fork, and where it writes or frees them, they would stay here. Anonymous
 * memory that the program shares with processes that it forks is unmapped.
 *
 * The bytes of private memory are zero after that, or those of the file, so
 * only a process that needs none of them may call this: it calls malloc and
 * free no more, and uses the locale "C". What stays:
 *
 *   - `kept`, and 1 MiB each way around it where it is private memory, and
 *     around the stack's end, this library's variables and errno (thread-local
 *     memory and the loader's own lie there)
 *   - the program and the shared objects that it has loaded, with their
 *     variables; behind them the kernel puts arrays that begin as 0, which are
 *     released if they have 1 MiB or more
 *   - private mappings of less than 1 MiB that are executable, or less than 1
 *     MiB away from a shared object: the loader allocates there. All of less
 *     than 1 MiB, and those of files, with more than 512 shared objects
 *   - shared mappings of files, and shared memory with a name
 *
 * The loader's tables of libraries that the program has loaded later are in the
 * heap. The library is compiled and linked so that the loader need not look up
 * a function when it is called first: -fno-plt, -z now.
 */
void private_memory_release(const struct kept_memory kept[], int count);

#endif
