/* For tests of mp: which way large data goes (mp/shm/single_copy.h). */
#ifndef COHORT_COMMON_BASE_TEST_SINGLE_COPY_H
#define COHORT_COMMON_BASE_TEST_SINGLE_COPY_H

enum test_single_copy {
	TEST_SINGLE_COPY_MEASURED, /* whichever is faster */
	TEST_SINGLE_COPY_ALWAYS,
	TEST_SINGLE_COPY_NEVER
};

/* COHORT_TEST_SINGLE_COPY: "always" or "never"; anything else counts as
 * unset. */
enum test_single_copy test_single_copy_read(void);

#endif
