/*
 * An exit handler is not told who called `exit`. The call stack shows it: if
 * MPI did, the stack contains a function of the MPI library. A process walks
 * its stack at most once, when it exits with a group that is open or broken. A
 * flag that is set around each call of MPI would slow down every call.
 */
#define _GNU_SOURCE /* dladdr */
#include "exit_origin.h"

#include <dlfcn.h>
#include <mpi.h>
#include <stddef.h>
#include <string.h>

#ifdef __GLIBC__
#include <execinfo.h>

enum { FRAMES = 64 };

/* Where the object that holds `address` is mapped; NULL if that is unknown. */
static const void *object_of(const void *address)
{
	Dl_info info;

	return dladdr(address, &info) ? info.dli_fbase : NULL;
}

bool exit_comes_from_mpi(void)
{
	void *frames[FRAMES];
	const void *address;
	int (*const init)(int *argc, char ***argv) = MPI_Init;

	memcpy(&address, &init, sizeof(address));
	const void *mpi = object_of(address);
	const int count = backtrace(frames, FRAMES);
	for (int i = 0; mpi && i < count; i++)
		if (object_of(frames[i]) == mpi)
			return true;
	return false;
}
#else
bool exit_comes_from_mpi(void)
{
	return false;
}
#endif
