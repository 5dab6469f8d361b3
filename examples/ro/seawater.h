/*
 * Properties of sea water at one temperature, as functions of its salinity
 * in g/kg. Good for 0 to 120 g/kg and for 0 to 45 C and beyond, at the
 * pressure of the atmosphere.
 *
 * M. H. Sharqawy, J. H. Lienhard V, S. M. Zubair, Desalination and Water
 * Treatment 16 (2010) 354-380: density (8), viscosity (22, 23), osmotic
 * coefficient (49). Below 10 g/kg the osmotic coefficient continues as in
 * K. G. Nayar et al., Desalination 390 (2016) 1-24.
 */
#ifndef RO_SEAWATER_H
#define RO_SEAWATER_H

#define SEAWATER_MAX_SALINITY 120.0

/* What depends on the temperature alone, worked out once. */
struct seawater {
	double kelvin;
	double osmotic[3]; /* osmotic coefficient: powers of the salinity */
	double dilute[2];  /* below 10 g/kg: powers 1/2 and 1 of molality */
	double density[3];
	double viscosity[3];
};

struct seawater seawater_at(double celsius);

double seawater_osmotic_coefficient(const struct seawater *sea,
                                    double salinity);

/** Pa. */
double seawater_osmotic_pressure(const struct seawater *sea, double salinity);

/** Its derivative, Pa per g/kg. */
double seawater_osmotic_slope(const struct seawater *sea, double salinity);

/** kg/m3. */
double seawater_density(const struct seawater *sea, double salinity);

/** Pa s. */
double seawater_viscosity(const struct seawater *sea, double salinity);

/** Of salt, m2/s. */
double seawater_diffusivity(const struct seawater *sea, double salinity);

#endif
