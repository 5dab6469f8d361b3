/*
 * mpi_strays program | cohort: an isolated task overwrites all memory that it
 * shares with other processes, in a program whose MPI the program itself or cohort
 * has started. MPI works afterwards, no other task has a wrong result, and shared
 * memory of the program's own can be written by all tasks. Built with the compiler
 * of each MPI.
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "cohort.h"
#include "shared_mappings.h"

#include <mpi.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition)) {                                            \
			fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, \
			        #condition, cohort_error());                   \
			MPI_Abort(MPI_COMM_WORLD, 99);                         \
		}                                                              \
	} while (0)

enum {
	TASKS = 40,
	BAD = 7,
	SWEEPS = 4,
	PAGE = 4096,
	LINE = 64,
	MOST = 8 << 20, /* bytes; a rank's room for results has gigabytes */
	MESSAGE = 1 << 18
};

/* The program's own: mapped before MPI starts, before the group is opened, and
 * after that. */
enum { OWN_FIRST, OWN_SECOND, OWN_THIRD, OWN };

static _Atomic int *own[OWN];
static bool crashes;

static void map_own(int which)
{
	void *memory = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(memory != MAP_FAILED);
	own[which] = memory;
}

static bool is_own(uintptr_t begin, uintptr_t end)
{
	for (int i = 0; i < OWN; i++)
		if ((uintptr_t)own[i] >= begin && (uintptr_t)own[i] < end)
			return true;
	return false;
}

/* Other mappings of the program's may follow its own one without a gap. */
static void destroy(uintptr_t begin, uintptr_t end)
{
	for (uintptr_t at = begin; at < end && at < begin + MOST; at += PAGE)
		if (!is_own(at, at + PAGE))
			for (uintptr_t i = at; i < at + PAGE; i += LINE)
				memset((void *)i, 0xEE, LINE / 2);
}

static void destroy_all(void)
{
	static struct shared_mapping found[SHARED_MAPPINGS_MOST];
	const size_t count = shared_mappings(found, NULL);

	for (size_t i = 0; i < count; i++)
		destroy(found[i].begin, found[i].end);
}

static int stray(cohort_task *task)
{
	const size_t i = cohort_task_index(task);
	size_t *result = cohort_task_result(task, sizeof(*result));

	for (int k = 0; k < OWN; k++)
		atomic_fetch_add(own[k], 1);
	*result = i * i;
	if (i == BAD)
		destroy_all();
	if (i == BAD && crashes)
		abort();
	return 0;
}

static void sweep(cohort *group)
{
	const cohort_job job = {.execute = stray, .isolate = true};
	cohort_results *results = NULL;
	size_t count = 0;

	CHECK(cohort_scatter(group, &job, NULL, TASKS) == COHORT_OK);
	CHECK(cohort_gather(group, &results) == COHORT_OK);
	const cohort_result *all = cohort_results_all(results, &count);
	CHECK(count == TASKS);
	for (size_t i = 0; i < count; i++)
		CHECK(i == BAD || (all[i].status == COHORT_OK &&
		                   *(const size_t *)all[i].data == i * i));
	cohort_results_free(results);
}

/* Each rank sends to the next one, short and long messages. */
static void check_mpi(void)
{
	static int sent[MESSAGE];
	static int got[MESSAGE];
	int rank;
	int size;

	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	for (int i = 0; i < MESSAGE; i++)
		sent[i] = rank * MESSAGE + i;
	const int from = (rank + size - 1) % size;
	for (int count = 1; count <= MESSAGE; count *= 8) {
		memset(got, 0, sizeof(got));
		MPI_Sendrecv(sent, count, MPI_INT, (rank + 1) % size, 1, got,
		             count, MPI_INT, from, 1, MPI_COMM_WORLD,
		             MPI_STATUS_IGNORE);
		for (int i = 0; i < count; i++)
			CHECK(got[i] == from * MESSAGE + i);
	}
}

/* Every task was begun, and one that ran again more than once. */
static void check_own(void)
{
	for (int k = 0; k < OWN; k++) {
		const int mine = atomic_load(own[k]);
		int all = 0;
		MPI_Allreduce(&mine, &all, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
		CHECK(all >= SWEEPS * TASKS);
	}
}

int main(int argc, char *argv[])
{
	const bool starts = argc > 1 && !strcmp(argv[1], "program");
	cohort *group = NULL;

	map_own(OWN_FIRST);
	if (starts)
		MPI_Init(NULL, NULL);
	map_own(OWN_SECOND);
	CHECK(cohort_open(NULL, &group) == COHORT_OK);
	map_own(OWN_THIRD);
	for (int i = 0; i < SWEEPS; i++) {
		crashes = i % 2;
		sweep(group);
		check_mpi();
	}
	check_own();
	CHECK(cohort_close(group) == COHORT_OK);
	if (starts)
		MPI_Finalize();
	puts("unharmed");
	return 0;
}
