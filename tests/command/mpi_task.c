/* A task that is an MPI program: its first rank prints the number of ranks, the sum
 * of 1 to that number, and the argument. */
#include <mpi.h>
#include <stdio.h>

int main(int argc, char *argv[])
{
	int rank = 0;
	int size = 0;
	int sum = 0;

	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	const int one = rank + 1;
	MPI_Reduce(&one, &sum, 1, MPI_INT, MPI_SUM, 0, MPI_COMM_WORLD);
	if (rank == 0)
		printf("%d %d %s\n", size, sum, argc > 1 ? argv[1] : "");
	MPI_Finalize();
	return 0;
}
