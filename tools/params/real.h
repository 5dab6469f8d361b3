/*
 * Functions of real numbers with the same bits on every machine: they add,
 * multiply and divide in a fixed order, and nothing else. Those of the C
 * library may differ in the last bit from one processor to another. The errors
 * are a few units in the last place.
 */
#ifndef TOOLS_PARAMS_REAL_H
#define TOOLS_PARAMS_REAL_H

/* e^x for |x| at most 700. */
double real_exp(double x);

/* The natural logarithm of a positive, normal number. */
double real_log(double x);

/* 10^x for |x| at most 300; exact where x is a whole number. */
double real_power_of_ten(double x);

/*
 * The quantile of the standard normal distribution at p, between 0 and 1 and
 * not equal to either. Wichura, Algorithm AS 241: the percentage points of the
 * normal distribution, Applied Statistics 37 (1988); PPND16, about 1 part in
 * 10^16.
 */
double real_normal_quantile(double p);

#endif
