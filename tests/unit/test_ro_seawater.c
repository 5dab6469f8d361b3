/* The correlations for sea water, against WaterTAP's and TEOS-10's figures. */
#include "ro_solving.h"
#include "seawater.h"

#include <criterion/criterion.h>

/* The regression values of WaterTAP's sea-water package, which implements
 * the same papers, to the four digits that its tests have. */
Test(ro_seawater, agrees_with_watertap)
{
	static const struct {
		double salinity, celsius;
		double coefficient, pressure, density, viscosity;
	} known[] = {
	    {35, 25, 0.9068, 2.588e6, 1023.5, 9.588e-4},
	    {10, 50, 0.9029, 7.710e5, 995.4, 5.596e-4},
	    {50, 10, 0.9106, 3.591e6, 1039, 1.443e-3},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct seawater sea = seawater_at(known[i].celsius);
		double s = known[i].salinity;

		near(seawater_osmotic_coefficient(&sea, s),
		     known[i].coefficient, 5e-4, "osmotic coefficient");
		near(seawater_osmotic_pressure(&sea, s), known[i].pressure,
		     5e-4, "osmotic pressure");
		near(seawater_density(&sea, s), known[i].density, 5e-4,
		     "density");
		near(seawater_viscosity(&sea, s), known[i].viscosity, 5e-4,
		     "viscosity");
	}
}

/* TEOS-10 is another equation of state, of which the correlation's authors
 * expect no better agreement than some percent: osmotic coefficients from
 * the manual of its GSW toolbox, an osmotic pressure from teospy's. */
Test(ro_seawater, is_within_a_percent_of_teos_10)
{
	static const double known[][3] = {
	    {34.7118, 28.7856, 0.902847177948535},
	    {34.8915, 28.4329, 0.902986238880572},
	    {35.0256, 22.8103, 0.902388659002804},
	    {34.8472, 10.2600, 0.898809266717741},
	    {34.7324, 4.4036, 0.897679115176391},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct seawater sea = seawater_at(known[i][1]);

		near(seawater_osmotic_coefficient(&sea, known[i][0]),
		     known[i][2], 0.01, "osmotic coefficient");
	}

	struct seawater warm = seawater_at(26.85);

	near(seawater_osmotic_pressure(&warm, 35.0), 2594603.20968, 0.01,
	     "osmotic pressure");
}

Test(ro_seawater, is_smooth_down_to_fresh_water)
{
	struct seawater sea = seawater_at(15.0);

	cr_assert(seawater_osmotic_pressure(&sea, 0.0) == 0.0);
	near(seawater_osmotic_coefficient(&sea, 0.0), 1.0, 1e-12,
	     "osmotic coefficient of fresh water");
	near(seawater_osmotic_pressure(&sea, 10.0 - 1e-9),
	     seawater_osmotic_pressure(&sea, 10.0), 1e-9, "pressure below 10");
	near(seawater_osmotic_slope(&sea, 10.0 - 1e-9),
	     seawater_osmotic_slope(&sea, 10.0), 1e-6, "slope below 10");
	for (double s = 0.5; s < 120.0; s += 0.5) {
		double h = 1e-4;
		double rise = seawater_osmotic_pressure(&sea, s + h) -
		              seawater_osmotic_pressure(&sea, s - h);

		near(seawater_osmotic_slope(&sea, s), rise / (2.0 * h), 1e-5,
		     "slope of osmotic pressure");
	}
}
