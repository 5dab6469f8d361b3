/*
 * The uncertain properties of a plant: the salinity and the temperature of its
 * sea on the day, and the state of its membranes after years in service.
 * One seed gives one possible plant, always the same one.
 */
#ifndef RO_UNCERTAIN_H
#define RO_UNCERTAIN_H

#include "model.h"

#include <stdint.h>

struct uncertainty {
	double salinity_sd;       /* g/kg */
	double temperature_swing; /* C: half of the range over the year */
	double membrane_life;     /* years until a membrane is replaced */
};

extern const struct uncertainty uncertainty_typical;

/* A plant on a day. */
struct drawn {
	double age; /* of the membranes, years */
	struct ro_case point;
};

/**
 * Draw one. `expected` has the annual means of the sea, and the permeabilities
 * of a new membrane.
 */
struct drawn uncertain_draw(const struct uncertainty *uncertainty,
                            const struct ro_case *expected, uint64_t seed);

#endif
