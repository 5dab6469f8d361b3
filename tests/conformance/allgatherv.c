/* Gathers to every rank, by type and parting, in place and not. */
#include "parting.h"
#include "parts.h"

/* Which ranks have their part in recv already. */
enum placed { NOBODY, EVERYBODY, ODD_RANKS, PLACED };

static void checks_buffers(const struct run *run,
                           const struct parting_case *parts, bool in_place)
{
	const size_t width = cohort_type_size(parts->type);
	const size_t shift = (size_t)run->rank % 4;
	struct buffer send = buffer_open(parts->mine * width, 1);
	struct buffer recv = buffer_open(parts->total * width, shift);
	const void *from = parts->mine ? send.data : NULL;

	parting_fill(parts, run->rank, send.data);
	if (in_place) {
		from = COHORT_IN_PLACE;
		parting_fill(parts, run->rank,
		             recv.data + parts->before * width);
	}
	MUST(cohort_allgatherv(run->group, from, parts->mine, recv.data,
	                       parts->counts, parts->type));
	parting_check(run, parts, recv.data);
	pattern_check(send.data, 0, send.bytes,
	              parts->seed * 4096 + (uint64_t)run->rank,
	              "send, afterwards");
	buffer_close(&recv, "recv");
	buffer_close(&send, "send");
}

static void checks_placed(const struct run *run, cohort_type type,
                          enum parting parting, size_t count,
                          enum placed placed)
{
	struct parting_case parts = parting_open(run, type, parting, count);

	check_case("allgatherv of %zu of type %d, parting %d, placed %d", count,
	           (int)type, (int)parting, (int)placed);
	checks_buffers(run, &parts,
	               placed == EVERYBODY ||
	                   (placed == ODD_RANKS && run->rank % 2 == 1));
	parting_close(&parts);
}

static void checks_one(const struct run *run, cohort_type type,
                       enum parting parting, size_t count)
{
	checks_placed(run, type, parting, count,
	              (enum placed)((count + (size_t)parting) % PLACED));
}

static void checks_type(const struct run *run, cohort_type type)
{
	const struct sizes sizes = sizes_of(type, run);

	for (size_t i = 0; i < sizes.count; i++) {
		size_t count = sizes.list[i];
		if (parting_large(run, type, count)) {
			checks_one(run, type, PARTING_LAST, count);
			checks_one(run, type, PARTING_EVEN,
			           count / (size_t)run->size + 1);
		} else if (run->quick && i % 3 > 0) {
			checks_one(run, type, PARTING_STEPS, count);
		} else {
			for (int p = 0; p < PARTINGS; p++)
				checks_one(run, type, (enum parting)p, count);
		}
	}
}

static void checks_nothing(const struct run *run)
{
	struct parting_case parts =
	    parting_open(run, COHORT_INT16, PARTING_EVEN, 0);

	check_case("allgatherv of nothing, at NULL");
	MUST(cohort_allgatherv(run->group, NULL, 0, NULL, parts.counts,
	                       COHORT_INT16));
	MUST(cohort_allgatherv(run->group, COHORT_IN_PLACE, 0, NULL,
	                       parts.counts, COHORT_INT16));
	parting_close(&parts);
}

/* Parts that end in different passes over the rings. */
static void checks_rounds(const struct run *run)
{
	for (int placed = 0; placed < PLACED; placed++)
		for (int p = PARTING_HALVES; p <= PARTING_UNEVEN; p++)
			checks_placed(run, COHORT_UINT8, (enum parting)p,
			              PARTING_ROUND_ALL, (enum placed)placed);
}

void part_allgatherv(const struct run *run)
{
	for (int type = COHORT_INT8; type <= COHORT_DOUBLE; type++)
		if (!run->quick || type % 4 == 1)
			checks_type(run, (cohort_type)type);
	for (size_t count = 0; count < 9; count++)
		for (int p = 0; p < PARTINGS; p++)
			checks_one(run, COHORT_INT64, (enum parting)p, count);
	checks_rounds(run);
	checks_nothing(run);
}
