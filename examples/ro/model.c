#include "vessel.h"

#include <math.h>
#include <stdio.h>

#define BAR 1e5             /* Pa */
#define KWH 3.6e6           /* J */
#define LMH (1e-3 / 3600.0) /* m/s in one L/(m2 h) */
#define LMH_PER_BAR (LMH / BAR)

/* How much more a membrane lets pass than at 25 C: the rule of FilmTec's
 * technical manual, which is for water. Used for salt too. */
static double temperature_factor(double kelvin)
{
	double sensitivity = kelvin >= 298.15 ? 2640.0 : 3020.0;

	return exp(sensitivity * (1.0 / 298.15 - 1.0 / kelvin));
}

/* Recovery at one pressure, above the one asked for. Grows with pressure;
 * a vessel that falls dry has recovered everything. */
static double surplus(const struct run *run, double pressure, double recovery)
{
	struct state outlet;
	struct peak peak;

	if (vessel_run(run, pressure, &outlet, &peak))
		return 1.0 - recovery;
	return 1.0 - outlet.mass / run->feed_mass - recovery;
}

/* Two pressures, and the surplus of recovery at each. */
struct bracket {
	double low, at_low;
	double high, at_high;
};

/* From the ideal pressure upwards. Recovery without pressure is none. */
static int bracket_pressure(const struct run *run, double recovery,
                            struct bracket *out, char why[RO_WHY_BYTES])
{
	double limit = run->vessel->design.max_pressure * BAR;
	double brine = run->salinity / (1.0 - recovery);
	double next = seawater_osmotic_pressure(&run->sea, brine);

	*out = (struct bracket){.at_high = -recovery};
	for (; out->at_high < 0.0; next *= 1.1) {
		if (out->high >= limit) {
			snprintf(why, RO_WHY_BYTES,
			         "%.1f %% recovery needs more than the %.0f "
			         "bar that the membrane bears, which reach "
			         "%.1f %%",
			         100.0 * recovery, limit / BAR,
			         100.0 * (recovery + out->at_high));
			return -1;
		}
		out->low = out->high;
		out->at_low = out->at_high;
		out->high = fmin(next, limit);
		out->at_high = surplus(run, out->high, recovery);
	}
	return 0;
}

/* Regula falsi with Illinois's halving. */
static int find_pressure(const struct run *run, double recovery, double *out,
                         char why[RO_WHY_BYTES])
{
	struct bracket in;

	if (bracket_pressure(run, recovery, &in, why))
		return -1;
	for (int i = 0; i < 100; i++) {
		double next = (in.low * in.at_high - in.high * in.at_low) /
		              (in.at_high - in.at_low);
		double at_next = surplus(run, next, recovery);

		if (fabs(at_next) <= 1e-11) {
			*out = next;
			return 0;
		}
		if (at_next * in.at_high < 0.0) {
			in.low = in.high;
			in.at_low = in.at_high;
		} else {
			in.at_low *= 0.5;
		}
		in.high = next;
		in.at_high = at_next;
	}
	snprintf(why, RO_WHY_BYTES,
	         "no feed pressure was found that recovers %.1f %%; the search "
	         "ended between %.3f and %.3f bar",
	         100.0 * recovery, fmin(in.low, in.high) / BAR,
	         fmax(in.low, in.high) / BAR);
	return -1;
}

/* The high-pressure pump lifts what leaves as product; as much feed as
 * leaves as brine takes its pressure from the brine in the exchanger, and
 * the booster pump adds what is missing. J per m3 of product. */
static double specific_energy(const struct run *run, double pressure,
                              const struct state *brine, double product)
{
	const struct ro_design *design = &run->vessel->design;
	double salinity = brine->salt / brine->mass;
	double feed =
	    run->feed_mass / seawater_density(&run->sea, run->salinity);
	double reject = brine->mass / seawater_density(&run->sea, salinity);
	double handed = design->exchanger_efficiency * brine->pressure;
	double power =
	    (feed - reject) * pressure + reject * (pressure - handed);

	return power / design->pump_efficiency / product;
}

static int run_begin(const struct ro_vessel *vessel,
                     const struct ro_case *point, struct run *out,
                     char why[RO_WHY_BYTES])
{
	if (ro_within(point->salinity, 0.1, 60.0, "salinity", why) ||
	    ro_within(point->temperature, 0.0, 45.0, "temperature", why) ||
	    ro_within(point->recovery, 0.01, 0.9, "recovery", why) ||
	    ro_within(point->permeability, 0.01, 10.0, "water permeability",
	              why) ||
	    ro_within(point->salt_permeability, 0.0, 10.0, "salt permeability",
	              why))
		return -1;

	struct seawater sea = seawater_at(point->temperature);
	double warmth = temperature_factor(sea.kelvin);
	double feed = vessel->design.feed_flow / 3600.0;
	double salt = point->salt_permeability;

	if (salt == 0.0)
		salt = vessel->design.salt_permeability;
	*out = (struct run){
	    .vessel = vessel,
	    .sea = sea,
	    .water_permeability = point->permeability * LMH_PER_BAR * warmth,
	    .salt_permeability = salt * LMH * warmth,
	    .feed_mass = feed * seawater_density(&sea, point->salinity),
	    .salinity = point->salinity,
	};
	return 0;
}

static struct ro_result result_of(const struct run *run, double pressure,
                                  const struct state *brine)
{
	double mass = run->feed_mass - brine->mass;
	double salt = run->feed_mass * run->salinity - brine->salt;
	double product = mass / seawater_density(&run->sea, salt / mass);

	return (struct ro_result){
	    .feed_pressure = pressure / BAR,
	    .brine_pressure = brine->pressure / BAR,
	    .specific_energy =
	        specific_energy(run, pressure, brine, product) / KWH,
	    .mean_flux = product / run->vessel->area / LMH,
	    .product_salinity = salt / mass,
	    .brine_salinity = brine->salt / brine->mass,
	    .feed_mass = run->feed_mass,
	    .product_mass = mass,
	    .brine_mass = brine->mass,
	};
}

int ro_solve(const struct ro_vessel *vessel, const struct ro_case *point,
             struct ro_result *out, char why[RO_WHY_BYTES])
{
	struct run run;
	struct state brine;
	struct peak peak;
	double pressure;

	if (run_begin(vessel, point, &run, why) ||
	    find_pressure(&run, point->recovery, &pressure, why))
		return -1;
	if (vessel_run(&run, pressure, &brine, &peak) ||
	    brine.pressure <= 0.0) {
		snprintf(why, RO_WHY_BYTES,
		         "the channel takes all of the %.1f bar at the inlet",
		         pressure / BAR);
		return -1;
	}
	if (peak.wall > SEAWATER_MAX_SALINITY) {
		snprintf(why, RO_WHY_BYTES,
		         "the brine reaches %.0f g/kg at the membrane; osmotic "
		         "pressures are known up to %.0f",
		         peak.wall, SEAWATER_MAX_SALINITY);
		return -1;
	}
	*out = result_of(&run, pressure, &brine);
	out->polarisation = peak.polarisation;
	out->least_energy = ro_least_energy(point->salinity, point->temperature,
	                                    point->recovery);
	return 0;
}

/* Each bit of water is drawn against the osmotic pressure that the brine has
 * by then: Simpson's rule over the recovery. */
double ro_least_energy(double salinity, double temperature, double recovery)
{
	enum { PANELS = 64 };
	struct seawater sea = seawater_at(temperature);
	double sum = 0.0;

	for (int i = 0; i <= PANELS; i++) {
		double weight = i == 0 || i == PANELS ? 1 : i % 2 ? 4 : 2;
		double drawn = recovery * i / PANELS;

		sum += weight * seawater_osmotic_pressure(
		                    &sea, salinity / (1.0 - drawn));
	}
	return sum / (3.0 * PANELS) / KWH;
}
