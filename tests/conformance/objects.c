/* Objects: bytes whose number only their owner knows. */
#include "parts.h"
#include "pattern.h"

#include <stdlib.h>
#include <string.h>

static const size_t sizes[] = {0,  1,  7,  39,   40,   41,    47,
                               48, 49, 64, 4095, 4097, 65536, (1 << 20) + 3};

enum { SIZES = sizeof(sizes) / sizeof(*sizes) };

static bool aligned(const void *at)
{
	return (uintptr_t)at % _Alignof(max_align_t) == 0;
}

static void checks_bcast_root(const struct run *run, size_t bytes, int root)
{
	struct buffer data = buffer_open(bytes, 1);
	cohort_blob object = {bytes ? data.data : NULL, bytes};
	const cohort_blob before = object;

	pattern_fill(data.data, 0, bytes, bytes);
	MUST(cohort_bcast_object(run->group, &object, root));
	CHECK(object.data == before.data && object.bytes == before.bytes,
	      "the root's object was changed");
	pattern_check(data.data, 0, bytes, bytes, "the root's object");
	buffer_close(&data, "the root's object");
}

static void checks_bcast(const struct run *run, size_t bytes, int root)
{
	check_case("bcast_object of %zu bytes from root %d", bytes, root);
	if (run->rank == root) {
		checks_bcast_root(run, bytes, root);
		return;
	}
	/* The call neither reads nor releases the old contents. */
	char litter;
	cohort_blob object = {&litter, 99};
	MUST(cohort_bcast_object(run->group, &object, root));
	CHECK(object.bytes == bytes, "%zu bytes arrived, not %zu", object.bytes,
	      bytes);
	CHECK(object.data != &litter && (object.data == NULL) == (bytes == 0),
	      "data is %p", object.data);
	pattern_check(object.data, 0, bytes, bytes, "the object");
	free(object.data);
}

static void checks_block(const struct run *run, const cohort_blob *all,
                         size_t base)
{
	const uintptr_t head = (uintptr_t)(all + run->size);
	uintptr_t behind = head;

	for (int r = 0; r < run->size; r++) {
		size_t bytes = sizes[(base + (size_t)r) % SIZES];
		uintptr_t at = (uintptr_t)all[r].data;
		CHECK(all[r].bytes == bytes, "rank %d's has %zu bytes, not %zu",
		      r, all[r].bytes, bytes);
		CHECK((all[r].data == NULL) == (bytes == 0),
		      "rank %d's %zu bytes are at %p", r, bytes, all[r].data);
		if (bytes == 0)
			continue;
		CHECK(aligned(all[r].data), "rank %d's is at %p", r,
		      all[r].data);
		CHECK(at >= behind, "rank %d's lies over what is before it", r);
		behind = at + bytes;
		pattern_check(all[r].data, 0, bytes, base * 1000 + (uint64_t)r,
		              "an object");
	}
}

static void checks_allgather(const struct run *run, size_t base)
{
	const size_t bytes = sizes[(base + (size_t)run->rank) % SIZES];
	struct buffer data = buffer_open(bytes, 3);
	cohort_blob mine = {bytes ? data.data : NULL, bytes};
	cohort_blob *all = NULL;

	check_case("allgather_objects, %zu bytes from rank 0", sizes[base]);
	pattern_fill(data.data, 0, bytes, base * 1000 + (uint64_t)run->rank);
	MUST(cohort_allgather_objects(run->group, mine, &all));
	CHECK(all != NULL, "no block");
	checks_block(run, all, base);
	pattern_check(data.data, 0, bytes, base * 1000 + (uint64_t)run->rank,
	              "mine, afterwards");
	/* The caller may write to all of it, and releases it. */
	for (int r = 0; r < run->size; r++)
		if (all[r].bytes > 0)
			memset(all[r].data, 0, all[r].bytes);
	free(all);
	buffer_close(&data, "mine");
}

/* How an object is divided: sizes of pieces, repeated until its end. */
static const struct division {
	const char *name;
	size_t sizes[6]; /* up to the first 0 behind the first one */
} divisions[] = {
    {"bytes", {1, 0, 1}},
    {"small pieces", {1000, 0, 17, 300}},
    {"large pieces", {65536, 70000}},
    {"both", {40, 65537, 3, 0, 200000, 65535}},
};

enum {
	DIVISIONS = sizeof(divisions) / sizeof(*divisions),
	DIVISION_SIZES = 6,
	PIECES_MOST = 70000
};

/* The pieces lie apart, each in memory of its own. */
static size_t divide(const struct division *division, size_t bytes,
                     uint64_t seed, cohort_blob *pieces)
{
	size_t count = 0;

	for (size_t at = 0; at < bytes && count < PIECES_MOST;) {
		size_t size = division->sizes[count % DIVISION_SIZES];
		if (size > bytes - at || count == PIECES_MOST - 1)
			size = bytes - at;
		pieces[count] =
		    (cohort_blob){size ? check_alloc(size) : NULL, size};
		pattern_fill(pieces[count].data, at, size, seed);
		at += size;
		count++;
	}
	return count;
}

static void release_pieces(cohort_blob *pieces, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(pieces[i].data);
}

/* A rank may make either of the two calls that match each other. */
static void checks_bcast_pieces(const struct run *run, size_t bytes, int root,
                                const struct division *division)
{
	cohort_blob *pieces = check_alloc(PIECES_MOST * sizeof(*pieces));
	cohort_blob object = {NULL, 99};
	size_t count = 0;

	check_case("bcast_pieces of %zu bytes in %s from root %d", bytes,
	           division->name, root);
	if (run->rank == root) {
		count = divide(division, bytes, bytes, pieces);
		MUST(
		    cohort_bcast_pieces(run->group, pieces, count, NULL, root));
	} else if ((size_t)run->rank % 2 == bytes % 2) {
		MUST(cohort_bcast_object(run->group, &object, root));
	} else {
		MUST(cohort_bcast_pieces(run->group, NULL, 77, &object, root));
	}
	if (run->rank != root) {
		CHECK(object.bytes == bytes, "%zu bytes", object.bytes);
		pattern_check(object.data, 0, bytes, bytes, "the object");
		free(object.data);
	}
	release_pieces(pieces, count);
	free(pieces);
}

static void checks_allgather_pieces(const struct run *run, size_t base,
                                    const struct division *division)
{
	const size_t bytes = sizes[(base + (size_t)run->rank) % SIZES];
	cohort_blob *pieces = check_alloc(PIECES_MOST * sizeof(*pieces));
	const size_t count =
	    divide(division, bytes, base * 1000 + (uint64_t)run->rank, pieces);
	cohort_blob *all = NULL;

	check_case("allgather_pieces in %s, %zu bytes from rank 0",
	           division->name, sizes[base]);
	if (run->rank % 3 == 1 && count == 1)
		MUST(cohort_allgather_objects(run->group, pieces[0], &all));
	else
		MUST(cohort_allgather_pieces(run->group, count ? pieces : NULL,
		                             count, &all));
	checks_block(run, all, base);
	free(all);
	release_pieces(pieces, count);
	free(pieces);
}

/* Many large pieces: the sizes of the segments do not fit into the header. */
static void checks_pieces(const struct run *run)
{
	const size_t many = 40 * 65536 + 11;

	for (size_t d = 0; d < DIVISIONS; d++) {
		for (size_t i = 0; i < SIZES; i += run->quick ? 3 : 1) {
			if (d == 0 && sizes[i] > 5000)
				continue;
			checks_bcast_pieces(run, sizes[i], (int)i % run->size,
			                    &divisions[d]);
			checks_allgather_pieces(run, i, &divisions[d]);
		}
		if (d > 0)
			checks_bcast_pieces(run, many, run->size - 1,
			                    &divisions[d]);
	}
}

/* The same size on every rank. */
static void checks_alike(const struct run *run, size_t bytes)
{
	struct buffer data = buffer_open(bytes, 0);
	cohort_blob *all = NULL;

	check_case("allgather_objects of %zu bytes from all", bytes);
	pattern_fill(data.data, 0, bytes, (uint64_t)run->rank);
	MUST(cohort_allgather_objects(run->group,
	                              (cohort_blob){data.data, bytes}, &all));
	for (int r = 0; r < run->size; r++) {
		CHECK(all[r].bytes == bytes, "%zu", all[r].bytes);
		CHECK(bytes == 0 || aligned(all[r].data), "%p", all[r].data);
		pattern_check(all[r].data, 0, bytes, (uint64_t)r, "an object");
	}
	free(all);
	buffer_close(&data, "mine");
}

void part_objects(const struct run *run)
{
	for (size_t i = 0; i < SIZES; i += run->quick ? 3 : 1) {
		for (int root = 0; root < run->size; root++)
			if (root < 4 || root == run->size - 1)
				checks_bcast(run, sizes[i], root);
		checks_allgather(run, i);
		if (sizes[i] < 100000)
			checks_alike(run, sizes[i]);
	}
	checks_pieces(run);
	checks_bcast(run, sizes[SIZES - 1], run->size - 1);
	checks_allgather(run, SIZES - 1);
}
