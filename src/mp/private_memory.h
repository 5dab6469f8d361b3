/* The monitor's copy of the program's memory. */
#ifndef COHORT_MP_PRIVATE_MEMORY_H
#define COHORT_MP_PRIVATE_MEMORY_H

/*
 * Release the large mappings of private memory to the system, with the heap of
 * malloc (brk) and the stack: the program shares their pages with this process
 * since the fork, and where it writes or frees them, they would stay here.
 * Their bytes are zero after that, so only a process that needs none of them
 * may call this: it calls malloc and free no more, and uses the locale "C".
 * What stays:
 *
 *   - the neighbourhood of each address in `kept`, of the stack's end, of this
 *     library's variables and of errno (thread-local memory and the loader's
 *     own lie there), 1 MiB each way
 *   - mappings of less than 1 MiB, and of files
 *
 * The loader's tables of libraries that the program has loaded later are in the
 * heap. The library is compiled and linked so that the loader need not look up
 * a function when it is called first: -fno-plt, -z now.
 */
void private_memory_release(const void *const kept[], int count);

#endif
