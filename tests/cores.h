/* A program that is linked with this decides how many cores the library
 * believes in. With more ranks than cores the library would not use the flat
 * barrier, nor anything else that is for ranks that fit. */
#ifndef COHORT_TESTS_CORES_H
#define COHORT_TESTS_CORES_H

#include <stddef.h>

/* Call it before cohort_open. 0: the real number of cores. */
void cores_pretend(size_t cores);

#endif
