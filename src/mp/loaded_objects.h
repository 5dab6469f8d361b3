/* Where the program and its shared objects are in memory. */
#ifndef COHORT_MP_LOADED_OBJECTS_H
#define COHORT_MP_LOADED_OBJECTS_H

#include "common/base/mapping.h"

enum { LOADED_OBJECTS_MOST = 512 };

struct loaded_objects {
	struct {
		uintptr_t begin;
		uintptr_t end;
	} at[LOADED_OBJECTS_MOST];
	int count;
	bool complete; /* there are no more than these */
	bool valgrind; /* one of them is Valgrind's */
	int passed;    /* of them lie below the mapping asked for last */
};

/* An object is a row of neighbouring private mappings of one file, at least one
 * of which is executable. */
void loaded_objects_find(struct loaded_objects *out);

/* Whether the mapping belongs to an object, or is less than `distance` away
 * from one. The mappings asked for come in the order of their addresses. */
bool loaded_objects_near(struct loaded_objects *objects,
                         const struct mapping *mapping, uintptr_t distance);

#endif
