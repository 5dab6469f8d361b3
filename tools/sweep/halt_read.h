/* The option --halt. */
#ifndef TOOLS_SWEEP_HALT_READ_H
#define TOOLS_SWEEP_HALT_READ_H

#include "plan.h"

/* Reads now|soon,fail=N|N%, or nothing, if it is NULL. False with a sentence if
 * it is none of them. */
bool halt_read(const char *text, struct sweep_plan *plan);

#endif
