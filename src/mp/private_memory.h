/* The monitor's copy of the program's memory. */
#ifndef COHORT_MP_PRIVATE_MEMORY_H
#define COHORT_MP_PRIVATE_MEMORY_H

/*
 * Release the large mappings of private memory to the system: the program
 * shares their pages with this process since the fork, and where it writes or
 * frees them, they would stay here. Their bytes are zero after that, so only a
 * process that needs none of them may call this. What stays:
 *
 *   - the neighbourhood of each address in `kept`, of the stack and of errno
 *     (thread-local memory and the loader's own lie there), 1 MiB each way
 *   - mappings of less than 1 MiB, of files, and the heap of malloc (brk),
 *     where the loader may keep what it needs
 */
void private_memory_release(const void *const kept[], int count);

#endif
