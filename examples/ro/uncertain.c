/*
 * Where the distributions are from.
 *
 * Salinity: normal about the annual mean. F. M. Bingham, G. R. Foltz and M. J.
 * McPhaden, Ocean Science 8 (2012) 915-929: where the surface's salinity has
 * an annual cycle, its median amplitude is 0.19; in most places there is none
 * that stands out from the other variation. 0.19 is the standard deviation
 * here.
 *
 * Temperature: the annual mean and a cosine over the year, of which each day is
 * as likely. G. L. Pickard and W. J. Emery, Descriptive Physical Oceanography:
 * over the year the surface's temperature ranges over 1 to 2 C at the equator,
 * 5 to 10 at 40 degrees in the open ocean, 10 to 20 near coasts that are
 * sheltered. Plants are on coasts: 10, which is a swing of 5.
 *
 * Membranes: each age up to the one at which they are replaced is as likely,
 * as it is where every year as many are replaced. Y. Du, L. Xie, J. Liu, Y.
 * Wang, Y. Xu and S. Wang, Desalination 333 (2014) 66-81, take 7 % less water
 * and 10 % more salt from year to year, compounded. Plants differ: the rates
 * are uniform about these, over widths that are this example's own choice.
 *
 * All of them are taken to be independent.
 */
#include "uncertain.h"

#include <Random123/threefry.h>
#include <Random123/u01fixedpt.h>

#include <math.h>

#define TWO_PI 6.283185307179586476925

/* Each random number has its place, so that a further one changes no other. */
enum {
	SALINITY_LENGTH,
	SALINITY_ANGLE,
	SEASON,
	AGE,
	WATER_LOSS,
	SALT_RISE,
	DRAWS = 8
};

struct interval {
	double low, high;
};

/* By year. */
static const struct interval water_loss = {0.04, 0.10};
static const struct interval salt_rise = {0.03, 0.17};

const struct uncertainty uncertainty_typical = {
    .salinity_sd = 0.19,
    .temperature_swing = 5.0,
    .membrane_life = 5.0,
};

/* Threefry4x64-20 of Random123, with the seed as its key: a function of seed
 * and place, without a state that could depend on what was drawn before. Above
 * 0 and below 1. */
static void draw_uniforms(uint64_t seed, double out[DRAWS])
{
	const threefry4x64_key_t key = {{seed}};

	for (unsigned i = 0; i < DRAWS; i += 4) {
		const threefry4x64_ctr_t place = {{i / 4}};
		const threefry4x64_ctr_t words = threefry4x64(place, key);

		for (unsigned j = 0; j < 4; j++)
			out[i + j] = u01fixedpt_open_open_64_double(words.v[j]);
	}
}

static double within(struct interval interval, double part)
{
	return interval.low + part * (interval.high - interval.low);
}

/* Box and Muller's. */
static double normal(double length, double angle)
{
	return sqrt(-2.0 * log(length)) * cos(TWO_PI * angle);
}

struct drawn uncertain_draw(const struct uncertainty *uncertainty,
                            const struct ro_case *expected, uint64_t seed)
{
	struct drawn drawn = {.point = *expected};
	struct ro_case *point = &drawn.point;
	double u[DRAWS];

	draw_uniforms(seed, u);
	drawn.age = u[AGE] * uncertainty->membrane_life;
	point->salinity += uncertainty->salinity_sd *
	                   normal(u[SALINITY_LENGTH], u[SALINITY_ANGLE]);
	point->temperature +=
	    uncertainty->temperature_swing * cos(TWO_PI * u[SEASON]);
	/* The intake is below the ice. */
	point->temperature = fmax(point->temperature, 0.0);
	point->permeability *=
	    pow(1.0 - within(water_loss, u[WATER_LOSS]), drawn.age);
	point->salt_permeability *=
	    pow(1.0 + within(salt_rise, u[SALT_RISE]), drawn.age);
	return drawn;
}
