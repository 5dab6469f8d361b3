/* A program that is linked with this decides how many cores the library
 * believes in. With more ranks than cores the library would not use the flat
 * barrier, nor anything else that is for ranks that fit. */
#ifndef COHORT_TESTS_CORES_H
#define COHORT_TESTS_CORES_H

#include <stddef.h>

/* Before cohort_open. 0: as many as there are. */
void cores_pretend(size_t cores);

#endif
