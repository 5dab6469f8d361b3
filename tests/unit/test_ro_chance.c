/*
 * The example's random plants and its statistics. What is expected: moments of
 * the distributions from their formulas, quantiles and the deviation from those
 * of numpy.quantile, and numpy.std with ddof=1.
 */
#include "statistics.h"
#include "uncertain.h"

#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

enum { MANY = 100000 };

static const struct ro_case expected = {
    .salinity = 35.0,
    .temperature = 20.0,
    .recovery = 0.42,
    .permeability = 2.0,
    .salt_permeability = 0.06,
};

static struct drawn draw(uint64_t seed)
{
	return uncertain_draw(&uncertainty_typical, &expected, seed);
}

static void near(double found, double wanted, double tolerance,
                 const char *what)
{
	cr_assert(fabs(found - wanted) <= tolerance,
	          "%s is %.6g, not %.6g within %g", what, found, wanted,
	          tolerance);
}

/* Tolerances are five standard errors and more. */
static void has(double (*value)(const struct drawn *), double mean,
                double deviation, const char *what)
{
	static double values[MANY];

	for (uint64_t i = 0; i < MANY; i++) {
		struct drawn drawn = draw(i);

		values[i] = value(&drawn);
	}
	near(statistics_mean(values, MANY), mean, 0.02 * deviation, what);
	near(statistics_deviation(values, MANY), deviation, 0.02 * deviation,
	     what);
}

static double age(const struct drawn *drawn)
{
	return drawn->age;
}

static double salinity(const struct drawn *drawn)
{
	return drawn->point.salinity;
}

static double temperature(const struct drawn *drawn)
{
	return drawn->point.temperature;
}

Test(ro_chance, draws_have_the_moments_of_their_distributions)
{
	has(age, 2.5, 5.0 / sqrt(12.0), "age");
	has(salinity, 35.0, 0.19, "salinity");
	has(temperature, 20.0, 5.0 / sqrt(2.0), "temperature");
}

/* The yearly rates that a membrane has had. */
Test(ro_chance, membranes_age_within_their_rates)
{
	double low = 1.0, high = 0.0, least = 1.0, most = 0.0;

	for (uint64_t i = 0; i < MANY; i++) {
		struct drawn drawn = draw(i);
		double a = drawn.point.permeability / 2.0;
		double b = drawn.point.salt_permeability / 0.06;

		if (drawn.age < 0.1)
			continue;
		a = 1.0 - pow(a, 1.0 / drawn.age);
		b = pow(b, 1.0 / drawn.age) - 1.0;
		low = fmin(low, a);
		high = fmax(high, a);
		least = fmin(least, b);
		most = fmax(most, b);
	}
	near(low, 0.04, 1e-4, "least loss");
	near(high, 0.10, 1e-4, "most loss");
	near(least, 0.03, 1e-4, "least rise");
	near(most, 0.17, 1e-4, "most rise");
}

Test(ro_chance, a_seed_gives_one_plant)
{
	struct drawn one = draw(1), again = draw(1), other = draw(2);

	cr_assert(memcmp(&one, &again, sizeof one) == 0);
	cr_assert(memcmp(&one, &other, sizeof one) != 0);
	cr_assert(one.point.recovery == expected.recovery);
}

Test(ro_chance, nothing_uncertain_is_what_was_expected)
{
	const struct uncertainty none = {0};
	struct drawn drawn = uncertain_draw(&none, &expected, 1);

	cr_assert(drawn.age == 0.0);
	cr_assert(memcmp(&drawn.point, &expected, sizeof expected) == 0);
}

Test(ro_chance, seas_do_not_freeze)
{
	struct ro_case cold = expected;
	double least = 1.0;

	cold.temperature = 1.0;
	for (uint64_t i = 0; i < 100; i++)
		least =
		    fmin(least, uncertain_draw(&uncertainty_typical, &cold, i)
		                    .point.temperature);
	cr_assert(least == 0.0);
}

Test(ro_chance, statistics_are_numpys)
{
	double values[] = {3, 1, 4, 1, 5, 9, 2, 6};

	near(statistics_mean(values, 8), 3.875, 1e-12, "mean");
	near(statistics_deviation(values, 8), 2.748376143938713, 1e-12,
	     "deviation");
	statistics_sort(values, 8);
	near(statistics_quantile(values, 8, 0.05), 1.0, 1e-12, "5 %");
	near(statistics_quantile(values, 8, 0.25), 1.75, 1e-12, "25 %");
	near(statistics_quantile(values, 8, 0.5), 3.5, 1e-12, "50 %");
	near(statistics_quantile(values, 8, 0.75), 5.25, 1e-12, "75 %");
	near(statistics_quantile(values, 8, 0.95), 7.95, 1e-12, "95 %");
	near(statistics_quantile(values, 8, 1.0), 9.0, 1e-12, "all");
	near(statistics_quantile(values, 1, 0.5), 1.0, 1e-12, "one");
}
