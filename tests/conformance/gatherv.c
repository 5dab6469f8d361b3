/* Gathers by type, root and parting; in place; and arguments that are ignored. */
#include "parting.h"
#include "parts.h"

/* The recv and counts that a rank passes. */
enum manner {
	SEPARATE, /* off the root: no recv, no counts */
	IN_PLACE, /* on the root */
	LITTER,   /* off the root: a recv and counts that must not matter */
	MANNERS
};

static void checks_root(const struct run *run, const struct parting_case *parts,
                        enum manner manner)
{
	const size_t width = cohort_type_size(parts->type);
	struct buffer send = buffer_open(parts->mine * width, 1);
	struct buffer recv = buffer_open(parts->total * width, 3);
	const void *from = send.data;

	if (manner == IN_PLACE) {
		from = COHORT_IN_PLACE;
		parting_fill(parts, run->rank,
		             recv.data + parts->before * width);
	} else {
		parting_fill(parts, run->rank, send.data);
	}
	MUST(cohort_gatherv(run->group, from, parts->mine, recv.data,
	                    parts->counts, parts->type, run->rank));
	parting_check(run, parts, recv.data);
	if (manner != IN_PLACE)
		pattern_check(send.data, 0, send.bytes,
		              parts->seed * 4096 + (uint64_t)run->rank,
		              "send, afterwards");
	buffer_close(&recv, "recv");
	buffer_close(&send, "send");
}

static void checks_sender(const struct run *run,
                          const struct parting_case *parts, int root,
                          enum manner manner)
{
	const size_t width = cohort_type_size(parts->type);
	struct buffer send = buffer_open(parts->mine * width, 2);
	struct buffer recv = buffer_open(parts->total * width, 0);
	const size_t litter[] = {~(size_t)0};

	parting_fill(parts, run->rank, send.data);
	MUST(cohort_gatherv(run->group, parts->mine ? send.data : NULL,
	                    parts->mine, manner == LITTER ? recv.data : NULL,
	                    manner == LITTER ? litter : NULL, parts->type,
	                    root));
	pattern_check(send.data, 0, send.bytes,
	              parts->seed * 4096 + (uint64_t)run->rank,
	              "send, afterwards");
	buffer_untouched(&recv, "recv off the root");
	buffer_close(&recv, "recv");
	buffer_close(&send, "send");
}

static void checks_in_manner(const struct run *run, cohort_type type,
                             enum parting parting, size_t count, int root,
                             enum manner manner)
{
	struct parting_case parts = parting_open(run, type, parting, count);

	check_case("gatherv of %zu of type %d, parting %d, manner %d, root %d",
	           count, (int)type, (int)parting, (int)manner, root);
	if (run->rank == root)
		checks_root(run, &parts, manner);
	else
		checks_sender(run, &parts, root, manner);
	parting_close(&parts);
}

static void checks_one(const struct run *run, cohort_type type,
                       enum parting parting, size_t count, int root)
{
	const size_t sum = count + (size_t)parting + (size_t)root;

	checks_in_manner(run, type, parting, count, root,
	                 (enum manner)(sum % MANNERS));
}

static void checks_partings(const struct run *run, cohort_type type,
                            size_t count, int root)
{
	for (int parting = 0; parting < PARTINGS; parting++)
		checks_one(run, type, (enum parting)parting, count, root);
}

static void checks_type(const struct run *run, cohort_type type)
{
	const struct sizes sizes = sizes_of(type, run);

	for (size_t i = 0; i < sizes.count; i++) {
		size_t count = sizes.list[i];
		int root = (int)((size_t)type + i) % run->size;
		/* Large parts from every rank would be too much memory. */
		if (parting_large(run, type, count))
			checks_one(run, type, PARTING_LAST, count, root);
		else if (run->quick && i % 3 > 0)
			checks_one(run, type, PARTING_STEPS, count, root);
		else
			checks_partings(run, type, count, root);
	}
}

static void checks_nothing(const struct run *run)
{
	struct parting_case parts =
	    parting_open(run, COHORT_DOUBLE, PARTING_EVEN, 0);

	check_case("gatherv of nothing, at NULL");
	MUST(cohort_gatherv(run->group, NULL, 0, NULL,
	                    run->rank ? NULL : parts.counts, COHORT_DOUBLE, 0));
	check_case("gatherv of nothing, in place at NULL");
	MUST(cohort_gatherv(run->group, run->rank ? NULL : COHORT_IN_PLACE, 0,
	                    NULL, parts.counts, COHORT_DOUBLE, 0));
	parting_close(&parts);
}

/* Parts that end in different passes over the rings, to a root with a large part,
 * and to one with a small or no part. */
static void checks_rounds(const struct run *run)
{
	for (int root = 0; root < run->size && root < 2; root++)
		for (int p = PARTING_HALVES; p <= PARTING_UNEVEN; p++)
			checks_in_manner(run, COHORT_UINT8, (enum parting)p,
			                 PARTING_ROUND_ONE, root,
			                 (enum manner)((root + p) % LITTER));
}

void part_gatherv(const struct run *run)
{
	for (int type = COHORT_INT8; type <= COHORT_DOUBLE; type++)
		if (!run->quick || type % 4 == 1)
			checks_type(run, (cohort_type)type);
	for (int root = 0; root < run->size; root++)
		for (size_t count = 0; count < 6; count++)
			checks_partings(run, COHORT_INT32, count, root);
	checks_rounds(run);
	checks_nothing(run);
}
