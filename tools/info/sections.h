/*
 * The sections of what `cohort info` prints, as objects of JSON. Each function
 * returns a new reference. What is not known or does not exist is null; keys
 * that end with _bytes are sizes.
 */
#ifndef TOOLS_INFO_SECTIONS_H
#define TOOLS_INFO_SECTIONS_H

#include <cohort.h>
#include <jansson.h>

/* ---- sections_cohort.c ---- */

json_t *section_cohort(void);
json_t *section_built_with(void);
/* The COHORT_ variables that are set. */
json_t *section_variables(void);

/* ---- sections_machine.c ---- */

json_t *section_cores(const cohort_prediction *prediction);
json_t *section_memory(void);
json_t *section_limits(void);

/* ---- sections_mpi.c ---- */

json_t *section_launcher(const cohort_prediction *prediction);

/* One object for each module, under the name of its MPI. */
json_t *section_modules(const cohort_prediction *prediction);

/* The object in `modules` of the module that mpi would load; NULL, with the
 * sentence of a failure, if none of those that it would try loads. */
const json_t *section_modules_choice(const json_t *modules,
                                     const cohort_prediction *prediction);

#endif
