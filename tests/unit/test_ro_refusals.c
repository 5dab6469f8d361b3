/* Cases and designs that the reverse osmosis model cannot solve: each fails with a
 * sentence, and writes no result. */
#include "ro_solving.h"

#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

static void fails(const struct ro_design *design, struct ro_case point,
                  const char *sentence)
{
	struct ro_result result, before;
	char why[RO_WHY_BYTES] = "";

	memset(&result, 0x5a, sizeof result);
	before = result;
	cr_assert(solve(design, point, &result, why) != 0);
	cr_assert(strstr(why, sentence) != NULL, "\"%s\" lacks \"%s\"", why,
	          sentence);
	cr_assert(memcmp(&result, &before, sizeof result) == 0,
	          "a failure wrote a result");
}

Test(ro_refusals, pressure_limit_is_a_failure_with_a_sentence)
{
	struct ro_case point = ocean;

	point.recovery = 0.75;
	fails(&ro_design_typical, point, "needs more than the 83 bar");

	struct ro_design weak = ro_design_typical;

	weak.max_pressure = 20.0; /* below the sea's osmotic pressure */
	fails(&weak, ocean, "needs more than the 20 bar");
}

Test(ro_refusals, refuses_what_it_does_not_cover)
{
	struct ro_case point = ocean;

	point.salinity = 0.0;
	fails(&ro_design_typical, point, "the salinity is 0");
	point.salinity = (double)NAN;
	fails(&ro_design_typical, point, "the salinity is nan");
	point = ocean;
	point.temperature = -2.0;
	fails(&ro_design_typical, point, "the temperature is -2");
	point = ocean;
	point.recovery = 1.0;
	fails(&ro_design_typical, point, "the recovery is 1");
	point = ocean;
	point.salt_permeability = -0.01;
	fails(&ro_design_typical, point, "salt permeability");
	point = ocean;
	point.permeability = (double)INFINITY;
	fails(&ro_design_typical, point, "the water permeability is inf");
}

Test(ro_refusals, brine_beyond_the_correlation_is_a_failure)
{
	struct ro_case point = {40.0, 25.0, 0.7, 3.0, 0.0};

	fails(&ro_design_ideal, point, "known up to 120");
}

Test(ro_refusals, refuses_a_senseless_design)
{
	struct ro_design design = ro_design_typical;
	char why[RO_WHY_BYTES] = "";

	design.feed_flow = -8.0;
	cr_assert(ro_vessel_new(&design, why) == NULL);
	cr_assert(strstr(why, "the feed flow is -8") != NULL, "%s", why);
}
