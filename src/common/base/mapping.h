/* The mappings of this process, in the order of their addresses. */
#ifndef COHORT_COMMON_BASE_MAPPING_H
#define COHORT_COMMON_BASE_MAPPING_H

#include <stdbool.h>
#include <stdint.h>

struct mapping {
	uintptr_t begin;
	uintptr_t end;
	bool shared;
	bool executable;
	bool writable;
	unsigned long long inode; /* 0: it has no file */
	char device[16];          /* of the file */
	const char *name;         /* "": it has none */
};

/* Call `act(mapping, arg)` for each mapping, until it returns false. Allocates
 * no memory. `act` may change mappings; whether it is called for one that
 * appears meanwhile is not defined. */
void mapping_each(bool (*act)(const struct mapping *mapping, void *arg),
                  void *arg);

#endif
