/* The memory that a process may write and shares with others, for tests that
 * destroy it. */
#ifndef COHORT_TESTS_FAULT_SHARED_MAPPINGS_H
#define COHORT_TESTS_FAULT_SHARED_MAPPINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHARED_MAPPINGS_MOST = 256 };

struct shared_mapping {
	uintptr_t begin;
	uintptr_t end;
};

/*
 * List them, and return how many there are. They are of no particular order, and
 * are all known before the caller destroys any. Ends the program if there are
 * more than SHARED_MAPPINGS_MOST, or if they cannot be read.
 *
 *   is_own  whether the mapping with this line of /proc/self/maps is the test's
 *           own, and is left out; NULL: none is
 */
size_t shared_mappings(struct shared_mapping out[SHARED_MAPPINGS_MOST],
                       bool (*is_own)(const char *line, uintptr_t begin));

#endif
