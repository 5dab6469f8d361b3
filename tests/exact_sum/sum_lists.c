/*
 * Reads a file of lists of doubles, a line each, every value as the hexadecimal
 * number that its bits make; prints the bits of each list's sum. The first number of a line
 * says how the list is split among the ranks.
 */
#define _POSIX_C_SOURCE 200809L
#include "cohort.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(cohort_status status)
{
	if (status == COHORT_OK)
		return;
	fprintf(stderr, "sum_lists: %s\n", cohort_error());
	exit(2);
}

/* The file, on every rank, with a '\0' at the end. */
static cohort_blob read_lists(cohort *group, const char *path)
{
	cohort_blob text = {NULL, 0};
	size_t room = 0;
	FILE *file = cohort_is_root(group) ? fopen(path, "r") : NULL;

	if (file) {
		/* No list has this character. */
		const ssize_t got =
		    getdelim((char **)&text.data, &room, '\0', file);
		text.bytes = got < 0 ? 0 : (size_t)got + 1;
		fclose(file);
	}
	must(cohort_bcast_object(group, &text, 0));
	return text;
}

/* Who has value i of a list that is split in this way. */
static int owner(uint64_t way, uint64_t i, int size)
{
	uint64_t x = (way << 32 ^ i) * UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	return (int)((x >> 32) % (uint64_t)size);
}

/* Puts this rank's values of the line at `mine`, which has room for them. */
static size_t take_own(const cohort *group, char *line, double mine[])
{
	char *rest = line;
	const uint64_t way = strtoull(line, &rest, 10);
	size_t count = 0;
	uint64_t i = 0;

	while (*rest == ' ') {
		char *end;
		const uint64_t bits = strtoull(rest + 1, &end, 16);
		if (end == rest + 1)
			break;
		rest = end;
		if (owner(way, i++, cohort_size(group)) == cohort_rank(group))
			memcpy(&mine[count++], &bits, sizeof(bits));
	}
	return count;
}

int main(int argc, char **argv)
{
	cohort *group;
	char *rest = NULL;

	must(cohort_open(NULL, &group));
	cohort_blob text = read_lists(group, argc > 1 ? argv[1] : "");
	double *mine = malloc(text.bytes * sizeof(*mine));
	if (!mine || text.bytes == 0)
		exit(2);
	for (char *line = strtok_r(text.data, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		const size_t count = take_own(group, line, mine);
		double sum;
		uint64_t bits;
		must(cohort_sum(group, mine, count, &sum));
		memcpy(&bits, &sum, sizeof(bits));
		if (cohort_is_root(group))
			printf("%016" PRIx64 "\n", bits);
	}
	free(mine);
	free(text.data);
	must(cohort_close(group));
	return 0;
}
