/* Descriptions of calls: when two of them match, and the sentences that they
 * make. */
#include "common/base/call.h"

#include <criterion/criterion.h>

#include <string.h>

static const struct call bcast = {
    .kind = CALL_BCAST, .type = COHORT_DOUBLE, .root = 2, .count = 10};

static const struct call allreduce = {.kind = CALL_ALLREDUCE,
                                      .group = 3,
                                      .type = COHORT_INT32,
                                      .op = COHORT_MAX,
                                      .count = 7};

Test(call, the_same_call_matches)
{
	struct call copy = bcast;

	cr_expect(call_matches(&bcast, &copy));
	cr_expect(call_matches(&bcast, &bcast));
	copy = allreduce;
	cr_expect(call_matches(&allreduce, &copy));
	cr_expect(!call_matches(&bcast, &allreduce));
}

/* Two calls that differ in any field do not match, in either order. */
Test(call, each_difference_is_seen)
{
	struct call other[8];

	for (size_t i = 0; i < 8; i++)
		other[i] = allreduce;
	other[0].kind = CALL_BCAST;
	other[1].group = 2;
	other[2].type = COHORT_UINT32;
	other[3].op = COHORT_MIN;
	other[4].root = 1;
	other[5].count = 8;
	other[6].detail = 1;
	other[7].count = allreduce.count + ((uint64_t)1 << 32);
	for (size_t i = 0; i < 8; i++) {
		cr_expect(!call_matches(&allreduce, &other[i]), "%zu", i);
		cr_expect(!call_matches(&other[i], &allreduce), "%zu", i);
	}
}

Test(call, one_byte_is_not_bytes)
{
	struct call call = {.kind = CALL_SCATTER, .op = COHORT_GUIDED};
	char text[CALL_TEXT_BYTES];

	call.count = 1;
	cr_expect_str_eq(call_describe(&call, text),
	                 "cohort_scatter of parameter sets of 1 byte, schedule "
	                 "guided, chunk 0");
	call.count = 2;
	cr_expect_str_eq(call_describe(&call, text),
	                 "cohort_scatter of parameter sets of 2 bytes, "
	                 "schedule guided, chunk 0");
}

Test(call, counts_of_ones_own_may_differ)
{
	struct call a = {.kind = CALL_GATHERV,
	                 .type = COHORT_FLOAT,
	                 .root = 1,
	                 .counts = COUNTS_OWN,
	                 .count = 5};
	struct call b = a;

	b.count = 6;
	cr_expect(call_matches(&a, &b));
	b.root = 0;
	cr_expect(!call_matches(&a, &b));
	b = a;
	b.detail = 9;
	cr_expect(!call_matches(&a, &b));
}

Test(call, functions_are_named_as_in_the_header)
{
	static const struct {
		enum call_kind kind;
		const char *function;
	} known[] = {
	    {CALL_OPEN, "cohort_open"},
	    {CALL_CLOSE, "cohort_close"},
	    {CALL_BARRIER, "cohort_barrier"},
	    {CALL_BCAST, "cohort_bcast"},
	    {CALL_GATHERV, "cohort_gatherv"},
	    {CALL_ALLGATHERV, "cohort_allgatherv"},
	    {CALL_ALLREDUCE, "cohort_allreduce"},
	    {CALL_SUM, "cohort_sum"},
	    {CALL_BCAST_OBJECT, "cohort_bcast_object"},
	    {CALL_ALLGATHER_OBJECTS, "cohort_allgather_objects"},
	    {CALL_SCATTER, "cohort_scatter"},
	    {CALL_GATHER, "cohort_gather"},
	    {CALL_GATHER_TO_ROOT, "cohort_gather_to_root"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		struct call call = {.kind = known[i].kind};
		char text[CALL_TEXT_BYTES];
		cr_expect_str_eq(call_function(&call), known[i].function);
		cr_expect(call_describe(&call, text) == text);
		cr_expect(strstr(text, known[i].function) == text, "%s", text);
	}
}

static void says(struct call call, const char *expected)
{
	char text[CALL_TEXT_BYTES];

	cr_expect_str_eq(call_describe(&call, text), expected);
}

/* A sentence shows the fields that its kind of call uses, and no others. */
Test(call, descriptions_show_what_matters)
{
	struct call gatherv = bcast;
	struct call elements = allreduce;

	says(bcast, "cohort_bcast of 10 COHORT_DOUBLE with root 2");
	gatherv.kind = CALL_GATHERV;
	says(gatherv, "cohort_gatherv of 10 COHORT_DOUBLE with root 2");
	says(allreduce,
	     "cohort_allreduce of 7 COHORT_INT32 with COHORT_MAX on group 3");
	elements.kind = CALL_ALLGATHERV;
	says(elements, "cohort_allgatherv of 7 COHORT_INT32 on group 3");
	says((struct call){.kind = CALL_BARRIER}, "cohort_barrier");
	says((struct call){.kind = CALL_BARRIER, .group = 1},
	     "cohort_barrier on group 1");
	says((struct call){.kind = CALL_BCAST_OBJECT, .root = 4},
	     "cohort_bcast_object from root 4");
}

Test(call, a_scatter_shows_its_job)
{
	struct call call = {.kind = CALL_SCATTER,
	                    .op = COHORT_GUIDED,
	                    .count = 24,
	                    .detail = 5};
	char text[CALL_TEXT_BYTES];

	call_describe(&call, text);
	cr_expect(strstr(text, "24 bytes") != NULL, "%s", text);
	cr_expect(strstr(text, "chunk 5") != NULL, "%s", text);
}

Test(call, the_longest_descriptions_fit)
{
	for (uint32_t kind = CALL_NONE; kind <= CALL_GATHER_TO_ROOT; kind++) {
		struct call call = {.kind = kind,
		                    .group = UINT32_MAX,
		                    .type = COHORT_UINT16,
		                    .op = COHORT_PROD,
		                    .root = INT32_MIN,
		                    .count = UINT64_MAX,
		                    .detail = UINT64_MAX};
		char text[CALL_TEXT_BYTES + 1];
		text[CALL_TEXT_BYTES] = '#';
		call_describe(&call, text);
		cr_expect(text[CALL_TEXT_BYTES] == '#');
		cr_expect(strlen(text) < CALL_TEXT_BYTES - 1, "\"%s\" was cut",
		          text);
		cr_expect(strstr(text, "on group 4294967295") != NULL, "%s",
		          text);
	}
}
