#include "ro_solving.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

const struct ro_case ocean = {
    .salinity = 35.0,
    .temperature = 25.0,
    .recovery = 0.45,
    .permeability = 1.5,
};

void near(double found, double expected, double relative, const char *what)
{
	cr_assert(fabs(found - expected) <= relative * fabs(expected),
	          "%s is %.10g, not %.10g within %g", what, found, expected,
	          relative);
}

int solve(const struct ro_design *design, struct ro_case point,
          struct ro_result *out, char why[RO_WHY_BYTES])
{
	struct ro_vessel *vessel = ro_vessel_new(design, why);

	cr_assert(vessel != NULL, "%s", why);

	int status = ro_solve(vessel, &point, out, why);

	free(vessel);
	return status;
}

struct ro_result solved(const struct ro_design *design, struct ro_case point)
{
	struct ro_result result;
	char why[RO_WHY_BYTES];

	cr_assert(solve(design, point, &result, why) == 0, "%s", why);
	return result;
}
