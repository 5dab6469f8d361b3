#include "vessel.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

const struct ro_design ro_design_typical = {
    .elements = 7,
    .element_area = 37.0,
    .element_length = 1.0,
    .channel_height = 0.71e-3, /* a 28 mil spacer */
    .channel_porosity = 0.88,
    .feed_flow = 8.0,
    .salt_permeability = 0.06,
    .max_pressure = 83.0,
    .pump_efficiency = 0.88,
    .exchanger_efficiency = 0.96,
    .friction = 1.0,
    .polarisation = 1.0,
    .cells = 4,
};

const struct ro_design ro_design_ideal = {
    .elements = 28,
    .element_area = 37.0,
    .element_length = 1.0,
    .channel_height = 0.71e-3,
    .channel_porosity = 0.88,
    .feed_flow = 8.0,
    .salt_permeability = 0.0,
    .max_pressure = 300.0,
    .pump_efficiency = 1.0,
    .exchanger_efficiency = 1.0,
    .friction = 0.0,
    .polarisation = 0.0,
    .cells = 4,
};

/* Each number of a design: its name in sentences, and the limits. */
static const struct limit {
	const char *name;
	size_t offset;
	double low, high;
} limits[] = {
#define LIMIT(field, name, low, high)                              \
	{                                                          \
		name, offsetof(struct ro_design, field), low, high \
	}
    LIMIT(elements, "number of elements", 1, 100),
    LIMIT(element_area, "area of an element", 0.1, 1000),
    LIMIT(element_length, "length of an element", 0.1, 10),
    LIMIT(channel_height, "height of the channel", 1e-4, 1e-2),
    LIMIT(channel_porosity, "porosity of the spacer", 0.1, 1),
    LIMIT(feed_flow, "feed flow", 0.1, 1000),
    LIMIT(salt_permeability, "salt permeability", 0, 10),
    LIMIT(max_pressure, "pressure limit", 1, 300),
    LIMIT(pump_efficiency, "efficiency of the pumps", 0.01, 1),
    LIMIT(exchanger_efficiency, "efficiency of the exchanger", 0, 1),
    LIMIT(friction, "factor of friction", 0, 100),
    LIMIT(polarisation, "factor of polarisation", 0, 100),
    LIMIT(cells, "number of cells", 1, 1000),
#undef LIMIT
};

int ro_within(double value, double low, double high, const char *name,
              char why[RO_WHY_BYTES])
{
	if (value >= low && value <= high) /* false for NaN */
		return 0;
	snprintf(why, RO_WHY_BYTES, "the %s is %g; the model covers %g to %g",
	         name, value, low, high);
	return -1;
}

struct ro_vessel *ro_vessel_new(const struct ro_design *design,
                                char why[RO_WHY_BYTES])
{
	struct ro_vessel *vessel;
	double porosity = design->channel_porosity;
	double height = design->channel_height;

	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		const char *field = (const char *)design + limits[i].offset;

		if (ro_within(*(const double *)field, limits[i].low,
		              limits[i].high, limits[i].name, why))
			return NULL;
	}
	vessel = calloc(1, sizeof *vessel);
	if (!vessel) {
		snprintf(why, RO_WHY_BYTES, "no memory for the vessel");
		return NULL;
	}
	vessel->design = *design;
	vessel->area = design->elements * design->element_area;
	vessel->steps = (int)(design->elements * design->cells);
	vessel->step = vessel->area / vessel->steps;
	/* One sheet of membrane above and one below the channel. */
	vessel->cross_section = porosity * height * design->element_area /
	                        (2.0 * design->element_length);
	vessel->length_per_area = design->element_length / design->element_area;
	/* G. Schock, A. Miquel, Desalination 64 (1987) 339-352, for a spacer
	 * of filaments half as thick as the channel. */
	vessel->hydraulic_diameter =
	    4.0 * porosity * height / (2.0 + 8.0 * (1.0 - porosity));
	return vessel;
}
