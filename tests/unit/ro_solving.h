/* Solve cases of the reverse osmosis model: functions that its tests share. */
#ifndef UNIT_RO_SOLVING_H
#define UNIT_RO_SOLVING_H

#include "model.h"

/* Sea water, at a recovery that plants of today have. */
extern const struct ro_case ocean;

/* Expect that the two differ by less than `relative` of the expected one. */
void near(double found, double expected, double relative, const char *what);

/* 0, or another number with a sentence in `why`. */
int solve(const struct ro_design *design, struct ro_case point,
          struct ro_result *out, char why[RO_WHY_BYTES]);

/* The result of a case that can be solved. */
struct ro_result solved(const struct ro_design *design, struct ro_case point);

#endif
