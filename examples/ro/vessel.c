#include "vessel.h"

#include <math.h>

#define BAR 1e5 /* Pa */

/* The membrane at one place. */
struct flux {
	double water; /* m/s */
	double wall;  /* g/kg at the membrane */
	double past;  /* g/kg behind it */
};

/* The channel at one place. */
struct channel {
	double salinity;
	double density;
	double mass_transfer; /* m/s; infinite without a film */
	double pressure_loss; /* Pa per m2 of membrane */
};

static struct channel channel_at(const struct run *run,
                                 const struct state *state)
{
	const struct ro_vessel *vessel = run->vessel;
	struct channel here = {.salinity = state->salt / state->mass};
	double size = vessel->hydraulic_diameter;
	double viscosity = seawater_viscosity(&run->sea, here.salinity);
	double diffusivity = seawater_diffusivity(&run->sea, here.salinity);

	here.density = seawater_density(&run->sea, here.salinity);

	double speed = state->mass / (here.density * vessel->cross_section);
	double reynolds = here.density * speed * size / viscosity;
	double schmidt = viscosity / (here.density * diffusivity);

	/* Schock and Miquel again. */
	double sherwood = 0.065 * pow(reynolds, 0.875) * pow(schmidt, 0.25);
	double friction = 6.23 * pow(reynolds, -0.3);

	here.mass_transfer =
	    sherwood * diffusivity / size / vessel->design.polarisation;
	here.pressure_loss = vessel->design.friction * friction * here.density *
	                     speed * speed / (2.0 * size) *
	                     vessel->length_per_area;
	return here;
}

/* Assume a water flux, and compute the flux that the membrane lets pass then.
 * Returns how much that is above the assumed one; *slope is its derivative. */
static double excess_at(const struct run *run, const struct channel *here,
                        double pressure, struct flux *flux, double *slope)
{
	const struct seawater *sea = &run->sea;
	double a = run->water_permeability;
	double b = run->salt_permeability * here->density / sea->density[0];
	double bulk = here->salinity;
	double film = exp(flux->water / here->mass_transfer);
	double leak = b * film / (flux->water + b * film);
	double d_leak = leak * (1.0 - leak) *
	                (1.0 / here->mass_transfer - 1.0 / flux->water);

	flux->past = bulk * leak;
	flux->wall = flux->past + (bulk - flux->past) * film;

	double d_wall = bulk * (d_leak * (1.0 - film) +
	                        (1.0 - leak) * film / here->mass_transfer);

	*slope = a * (bulk * d_leak * seawater_osmotic_slope(sea, flux->past) -
	              d_wall * seawater_osmotic_slope(sea, flux->wall)) -
	         1.0;
	return a * (pressure - seawater_osmotic_pressure(sea, flux->wall) +
	            seawater_osmotic_pressure(sea, flux->past)) -
	       flux->water;
}

/* Solution-diffusion against the film: the water flux without excess, which
 * falls steadily as the flux grows. Newton's method between two bounds, the
 * upper one short of dry salt; where it does not halve its steps, bisection.
 * Begins at *out. */
static void flux_at(const struct run *run, const struct channel *here,
                    double pressure, struct flux *out)
{
	double drive = run->water_permeability * fmax(pressure, 0.0);
	double film = here->mass_transfer * log(900.0 / here->salinity);
	double low = 0.0, high = fmin(drive, film), last = high, slope;

	if (!(out->water > low && out->water < high))
		out->water = 0.5 * high;
	while (out->water > 0.0) {
		double excess = excess_at(run, here, pressure, out, &slope);
		double next = out->water - excess / slope;

		if (excess > 0.0)
			low = out->water;
		else
			high = out->water;
		if (!(next > low && next < high) ||
		    fabs(next - out->water) > 0.5 * last)
			next = 0.5 * (low + high);
		last = fabs(next - out->water);
		if (last <= 1e-12 * run->water_permeability * BAR)
			return;
		out->water = next;
	}
	out->past = here->salinity;
	out->wall = here->salinity;
}

static struct state slope_at(const struct run *run, const struct state *state,
                             struct flux *flux)
{
	struct channel here = channel_at(run, state);

	flux_at(run, &here, state->pressure, flux);

	double mass = run->sea.density[0] * flux->water;

	return (struct state){-mass, -mass * flux->past, -here.pressure_loss};
}

static struct state moved(const struct state *from, const struct state *slope,
                          double step)
{
	return (struct state){from->mass + step * slope->mass,
	                      from->salt + step * slope->salt,
	                      from->pressure + step * slope->pressure};
}

/* Brine that is half salt: far beyond what any pressure allowed here can do,
 * so only the steps on the way to it get there. */
static int is_dry(const struct state *state)
{
	return !(state->mass > 0.0 && state->salt < 500.0 * state->mass);
}

static void note_peak(const struct state *at, const struct flux *flux,
                      struct peak *peak)
{
	peak->polarisation =
	    fmax(peak->polarisation, flux->wall * at->mass / at->salt);
	peak->wall = fmax(peak->wall, flux->wall);
}

/* Runge and Kutta's fourth order, in equal steps of membrane area. */
int vessel_run(const struct run *run, double pressure, struct state *outlet,
               struct peak *peak)
{
	struct state now = {run->feed_mass, run->feed_mass * run->salinity,
	                    pressure};
	struct flux flux = {0};
	double step = run->vessel->step;

	*peak = (struct peak){1.0, run->salinity};
	for (int i = 0; i < run->vessel->steps; i++) {
		struct state k[4], at = now;
		const double reach[] = {0.5, 0.5, 1.0};

		for (int j = 0; j < 4; j++) {
			if (is_dry(&at))
				return -1;
			k[j] = slope_at(run, &at, &flux);
			if (j == 0)
				note_peak(&at, &flux, peak);
			if (j < 3)
				at = moved(&now, &k[j], reach[j] * step);
		}
		now = moved(&now, &k[0], step / 6.0);
		now = moved(&now, &k[1], step / 3.0);
		now = moved(&now, &k[2], step / 3.0);
		now = moved(&now, &k[3], step / 6.0);
	}
	*outlet = now;
	return is_dry(&now) ? -1 : 0;
}
