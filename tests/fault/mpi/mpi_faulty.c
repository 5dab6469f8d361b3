/* To be preloaded: an MPI that fails, as a variable says. The functions never return
 * on the rank that the variable names.
 *
 *	HANGS        MPI_Finalize; on all ranks if it names none
 *	PROBE_HANGS  MPI_Iprobe
 *	SPLIT_HANGS  the second MPI_Comm_split_type
 *	ONE_THREAD   MPI_Init_thread allows one thread, whatever is asked for
 *
 * Without any of them MPI_Finalize hangs on all ranks. */
#define _POSIX_C_SOURCE 200809L
#include <mpi.h>
#include <stdlib.h>
#include <unistd.h>

static int own_rank(void)
{
	int rank;

	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	return rank;
}

static void hang(void)
{
	for (;;)
		pause();
}

int MPI_Finalize(void)
{
	const char *hangs = getenv("HANGS");

	if (getenv("PROBE_HANGS") || getenv("SPLIT_HANGS") ||
	    getenv("ONE_THREAD") ||
	    (hangs && strtol(hangs, NULL, 10) != own_rank()))
		return PMPI_Finalize();
	hang();
	return MPI_SUCCESS;
}

int MPI_Iprobe(int from, int tag, MPI_Comm comm, int *flag, MPI_Status *status)
{
	const char *hangs = getenv("PROBE_HANGS");

	if (hangs && strtol(hangs, NULL, 10) == own_rank())
		hang();
	return PMPI_Iprobe(from, tag, comm, flag, status);
}

int MPI_Comm_split_type(MPI_Comm comm, int type, int key, MPI_Info info,
                        MPI_Comm *out)
{
	static int calls;
	const char *hangs = getenv("SPLIT_HANGS");

	if (hangs && strtol(hangs, NULL, 10) == own_rank() && ++calls == 2)
		hang();
	return PMPI_Comm_split_type(comm, type, key, info, out);
}

int MPI_Init_thread(int *argc, char ***argv, int required, int *provided)
{
	if (getenv("ONE_THREAD"))
		required = MPI_THREAD_SINGLE;
	const int code = PMPI_Init_thread(argc, argv, required, provided);
	if (getenv("ONE_THREAD"))
		*provided = MPI_THREAD_SINGLE;
	return code;
}
