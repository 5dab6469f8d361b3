#include "seawater.h"

#include <math.h>

#define GAS_CONSTANT 8.314462618

/* Moles of ions in a kilogram of sea salt of the reference composition
 * (Millero et al. 2008): 31.404 g/mol. */
#define MOLES_PER_KG 31.843280

/* Where the correlation ends, and its extension to fresh water begins. */
#define DILUTE 10.0

static double molality(double salinity)
{
	return MOLES_PER_KG * salinity / (1000.0 - salinity);
}

static double molality_slope(double salinity)
{
	double water = 1000.0 - salinity;

	return MOLES_PER_KG * 1000.0 / (water * water);
}

static double quadratic(const double c[3], double x)
{
	return c[0] + x * (c[1] + x * c[2]);
}

static void osmotic_at(double t, struct seawater *sea)
{
	sea->osmotic[0] = 8.9453233003e-1 + 4.1560737424e-4 * t -
	                  4.6262121398e-6 * t * t +
	                  2.2211195897e-11 * t * t * t * t;
	sea->osmotic[1] = -1.1445456438e-4 - 1.4783462366e-6 * t -
	                  1.3526263499e-11 * t * t * t;
	sea->osmotic[2] =
	    7.0132355546e-6 + 5.6960486681e-8 * t - 2.8624032584e-10 * t * t;

	/* Pitzer and Bronsted: 1 + a sqrt(m) + b m, which is 1 in pure water;
	 * a and b such that value and slope are continuous. */
	double m = molality(DILUTE);
	double chord = (quadratic(sea->osmotic, DILUTE) - 1.0) / m;
	double slope = (sea->osmotic[1] + 2.0 * DILUTE * sea->osmotic[2]) /
	               molality_slope(DILUTE);

	sea->dilute[0] = 2.0 * sqrt(m) * (chord - slope);
	sea->dilute[1] = 2.0 * slope - chord;
}

struct seawater seawater_at(double t)
{
	struct seawater sea = {.kelvin = t + 273.15};
	double s = 1e-3; /* the papers have kg/kg here */
	double u = t + 64.993;
	double water = 4.2844e-5 + 1.0 / (0.157 * u * u - 91.296);

	osmotic_at(t, &sea);
	sea.density[0] =
	    9.999e2 +
	    t * (2.034e-2 + t * (-6.162e-3 + t * (2.261e-5 - t * 4.657e-8)));
	sea.density[1] =
	    s * (8.020e2 + t * (-2.001 + t * (1.677e-2 - t * 3.060e-5)));
	sea.density[2] = s * s * -1.613e-5 * t * t;
	sea.viscosity[0] = water;
	sea.viscosity[1] = water * s * (1.541 + t * (1.998e-2 - t * 9.52e-5));
	sea.viscosity[2] =
	    water * s * s * (7.974 + t * (-7.561e-2 + t * 4.724e-4));
	return sea;
}

double seawater_osmotic_coefficient(const struct seawater *sea, double salinity)
{
	if (salinity >= DILUTE)
		return quadratic(sea->osmotic, salinity);

	double m = molality(salinity);

	return 1.0 + sea->dilute[0] * sqrt(m) + sea->dilute[1] * m;
}

/* Osmotic pressure of an osmotic coefficient times molality of 1. */
static double osmotic_unit(const struct seawater *sea)
{
	return GAS_CONSTANT * sea->kelvin * sea->density[0];
}

double seawater_osmotic_pressure(const struct seawater *sea, double salinity)
{
	return osmotic_unit(sea) * molality(salinity) *
	       seawater_osmotic_coefficient(sea, salinity);
}

double seawater_osmotic_slope(const struct seawater *sea, double salinity)
{
	double m = molality(salinity);
	double dm = molality_slope(salinity);
	double phi = seawater_osmotic_coefficient(sea, salinity);
	double m_dphi;

	if (salinity >= DILUTE)
		m_dphi =
		    m * (sea->osmotic[1] + 2.0 * salinity * sea->osmotic[2]);
	else
		m_dphi =
		    dm * (0.5 * sea->dilute[0] * sqrt(m) + sea->dilute[1] * m);
	return osmotic_unit(sea) * (dm * phi + m_dphi);
}

double seawater_density(const struct seawater *sea, double salinity)
{
	return quadratic(sea->density, salinity);
}

double seawater_viscosity(const struct seawater *sea, double salinity)
{
	return quadratic(sea->viscosity, salinity);
}

/* Sodium chloride in sea water at 25 C, carried to other temperatures and
 * salinities as Stokes and Einstein have it: D viscosity / T is constant. */
double seawater_diffusivity(const struct seawater *sea, double salinity)
{
	const double at_25 = 1.47e-9 * 0.9588e-3 / 298.15;

	return at_25 * sea->kelvin / seawater_viscosity(sea, salinity);
}
