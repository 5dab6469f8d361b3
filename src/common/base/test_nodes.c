#include "test_nodes.h"

#include "environment.h"
#include "error.h"

#include <stdlib.h>

enum { NODES_MOST = 4096 };

cohort_status test_nodes_read(int *out)
{
	static const char name[] = "COHORT_TEST_NODES";
	const char *value = environment_get(name);
	char *end = NULL;
	const long nodes = value ? strtol(value, &end, 10) : 0;

	if (value && (*value < '0' || *value > '9' || *end || nodes < 0 ||
	              nodes > NODES_MOST))
		return error_set(COHORT_ECONFIG,
		                 "%s is \"%s\", which is not allowed: set it "
		                 "to a number of nodes to pretend, or unset it",
		                 name, value);
	*out = (int)nodes;
	return COHORT_OK;
}
