#include "parting.h"

#include <stdio.h>
#include <stdlib.h>

static size_t uneven(size_t count, int r)
{
	const size_t parts[] = {count, 0, 1, count / 24 + 1, count / 12 + 1};

	return parts[(size_t)r % (sizeof(parts) / sizeof(*parts))];
}

static size_t share(const struct run *run, enum parting parting, size_t count,
                    int r)
{
	switch (parting) {
	case PARTING_EVEN:
		return count;
	case PARTING_STEPS:
		return count + (size_t)r;
	case PARTING_GAPS:
		return r % 2 ? count : 0;
	case PARTING_LAST:
		return r == run->size - 1 ? count : 0;
	case PARTING_HALVES:
		return r < 64 ? count >> r : 0;
	case PARTING_UNEVEN:
		return uneven(count, r);
	case PARTING_FIRST:
	case PARTINGS:
		break;
	}
	return r == 0 ? count : 0;
}

struct parting_case parting_open(const struct run *run, cohort_type type,
                                 enum parting parting, size_t count)
{
	struct parting_case parts = {
	    .type = type,
	    .counts = check_alloc((size_t)run->size * sizeof(*parts.counts)),
	    .seed = count * 64 + (uint64_t)type * 8 + (uint64_t)parting,
	};

	for (int r = 0; r < run->size; r++) {
		parts.counts[r] = share(run, parting, count, r);
		if (r == run->rank)
			parts.before = parts.total;
		parts.total += parts.counts[r];
	}
	parts.mine = parts.counts[run->rank];
	return parts;
}

void parting_close(struct parting_case *parts)
{
	free(parts->counts);
	parts->counts = NULL;
}

bool parting_large(const struct run *run, cohort_type type, size_t count)
{
	return count * cohort_type_size(type) * (size_t)run->size > (size_t)2
	                                                                << 20;
}

static uint64_t seed_of(const struct parting_case *parts, int r)
{
	return parts->seed * 4096 + (uint64_t)r;
}

void parting_fill(const struct parting_case *parts, int r, void *at)
{
	pattern_fill(at, 0, parts->counts[r] * cohort_type_size(parts->type),
	             seed_of(parts, r));
}

void parting_check(const struct run *run, const struct parting_case *parts,
                   const void *recv)
{
	const unsigned char *at = recv;
	char what[32];

	for (int r = 0; r < run->size; r++) {
		size_t bytes = parts->counts[r] * cohort_type_size(parts->type);
		snprintf(what, sizeof(what), "the part of rank %d", r);
		pattern_check(at, 0, bytes, seed_of(parts, r), what);
		at += bytes;
	}
}
