/*
 * Shared by all parts of the conformance program: the run, and checks. A failed
 * check prints the rank, the case, the expected and the found value, and ends all
 * ranks: the others would only report the first one's end.
 */
#ifndef CONFORMANCE_CHECK_H
#define CONFORMANCE_CHECK_H

#include "clock.h"
#include "cohort.h"

#include <stdbool.h>
#include <stddef.h>

struct run {
	cohort *group;
	int rank;
	int size;
	bool quick;   /* fewer cases, because calls take milliseconds */
	bool slow;    /* quick, and fewer still: instructions take long */
	bool ordered; /* sums of floats are taken in rank order: not mpi */
};

#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* Failures are reported with this group's rank from now on; may be NULL. */
void check_begin(cohort *group);

/* Name the case that is checked, for failures. */
void check_case(const char *format, ...) PRINTF_LIKE(1, 2);

/* How many checks this rank has made. */
unsigned long long check_count(void);

/* Fail unless the condition holds; the rest is printed. */
#define CHECK(condition, ...) \
	check_that(!!(condition), __FILE__, __LINE__, #condition, __VA_ARGS__)

/* The call returns this status. If it fails, its sentence begins with its
 * name. */
#define CHECK_STATUS(expected, call) \
	check_status(__FILE__, __LINE__, #call, (expected), (call))

/* The call succeeds. */
#define MUST(call) CHECK_STATUS(COHORT_OK, call)

/* The last sentence contains `word`. */
#define CHECK_NAMES(word) check_names(__FILE__, __LINE__, (word))

void check_that(bool holds, const char *file, int line, const char *condition,
                const char *format, ...) PRINTF_LIKE(5, 6);
void check_status(const char *file, int line, const char *call,
                  cohort_status expected, cohort_status found);
void check_names(const char *file, int line, const char *word);

/* malloc that cannot fail; `bytes` may be 0. */
void *check_alloc(size_t bytes);

#endif
