/*
 * Inside the model: one pressure vessel, SI units but for salinities, which
 * are g/kg. model.h is what others include.
 */
#ifndef RO_VESSEL_H
#define RO_VESSEL_H

#include "model.h"
#include "seawater.h"

struct ro_vessel {
	struct ro_design design;
	double area; /* of the whole vessel, m2 */
	double step; /* m2 */
	int steps;
	double cross_section;      /* of the channel, m2 */
	double hydraulic_diameter; /* m */
	double length_per_area;    /* 1/m */
};

/* One case on its way. */
struct run {
	const struct ro_vessel *vessel;
	struct seawater sea;
	double water_permeability; /* m/(s Pa), at the temperature */
	double salt_permeability;  /* m/s */
	double feed_mass;          /* kg/s */
	double salinity;           /* g/kg */
};

/* What changes along the vessel. */
struct state {
	double mass;     /* kg/s in the channel */
	double salt;     /* g/s */
	double pressure; /* Pa */
};

/* The worst that the membrane sees in the vessel. */
struct peak {
	double polarisation; /* salinity at the membrane by that of the bulk */
	double wall;         /* salinity at the membrane, g/kg */
};

/**
 * Integrate from inlet to outlet. Returns 0, or -1 if the membrane draws more
 * water than there is.
 */
int vessel_run(const struct run *run, double pressure, struct state *outlet,
               struct peak *peak);

/** 0 if low <= value <= high; else -1 and a sentence about `name`. */
int ro_within(double value, double low, double high, const char *name,
              char why[RO_WHY_BYTES]);

#endif
